// Fields of an editor's forms: a link to one opens what it is in, and its error follows what is typed.

function open(hash) {
  const field = hash.startsWith("#id_") && document.getElementById(hash.slice(1));
  if (!field) return;
  for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
}
addEventListener("click", ({ target }) => open(target.closest("a[href^='#id_']")?.hash ?? ""));
open(location.hash);

export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

const ENDING = "_error";

function remove(error) {
  const field = document.getElementById(error.id.slice(0, -ENDING.length));
  field?.removeAttribute("aria-invalid");
  error.remove();
}

function add(id) {
  const field = document.getElementById(id);
  const error = document.createElement("p");
  if (!field || field.contains(document.activeElement)) return error; // who is typing isn't interrupted
  error.className = "error-message";
  error.id = id + ENDING;
  field.setAttribute("aria-invalid", "true");
  const described = field.getAttribute("aria-describedby") ?? "";
  if (!described.includes(error.id)) field.setAttribute("aria-describedby", `${described} ${error.id}`.trim());
  const tick = field.closest("label");
  const above = field.closest(".field").querySelector(".hint, label, legend");
  if (tick) tick.before(error);
  else above.after(error);
  return error;
}

// ``errors`` are the words at each field, as HTML, by its id.
export function showErrors(form, errors) {
  for (const error of form.querySelectorAll(`.field [id^="id_"][id$="${ENDING}"]`)) {
    if (!(error.id.slice(0, -ENDING.length) in errors) && error.id !== `id_text${ENDING}`) remove(error);
  }
  for (const [id, words] of Object.entries(errors)) {
    const error = document.getElementById(id + ENDING) ?? add(id);
    error.replaceChildren(...parsed(words).body.childNodes);
  }
}

// What is known of an older text is no verdict on this one.
export function showChecking(around, words = "Checking …") {
  around.setAttribute("aria-busy", "true");
  const head = around.querySelector("#problems");
  if (head.textContent !== words) head.textContent = words;
}
