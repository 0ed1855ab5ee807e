// A form for data: what is wrong follows what is typed. Without this, saving the draft says it.
import { parsed, showChecking, showErrors } from "./fields.js";

const PAUSE = 600; // milliseconds without typing until it is checked

const form = document.querySelector(".edit-data");
const beside = form.querySelector("[data-beside]");
let timer;
let flight;
let typing = ""; // the id of the field that was being typed into when it was checked

const fieldset = (input) => input?.closest(".edit-data .field > fieldset");

async function look() {
  flight = new AbortController();
  typing = fieldset(document.activeElement)?.id ?? "";
  try {
    const body = new URLSearchParams(new FormData(form));
    body.set("typing", typing);
    const answer = await fetch(form.dataset.live, { method: "POST", body, signal: flight.signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const found = await answer.json();
    showErrors(form, found.errors);
    if (!found.beside) return showChecking(beside, "Fix what is marked first");
    beside.replaceChildren(...parsed(found.beside).body.childNodes);
    beside.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") showChecking(beside, "Not checked yet"); // saving will say it
  }
}

// Entries that move or go have other places once that is saved, so that errors would stand at wrong ones.
const isMoved = (input) => (input.type === "checkbox" ? input.checked : input.value !== input.defaultValue);
const isRearranged = () => [...form.querySelectorAll(".arrange input")].some(isMoved);

function lookSoon() {
  clearTimeout(timer);
  flight?.abort(); // one at a time: an answer about older values is of no use
  if (isRearranged()) return showChecking(beside, "Checked when you save");
  showChecking(beside);
  timer = setTimeout(look, PAUSE);
}

// The title of a source stands below its short name.
const titles = new Map();
for (const { value, text } of form.querySelectorAll("#known-sources option")) titles.set(value, text.slice(value.length + 2));

for (const kind of ["input", "change"]) {
  form.addEventListener(kind, ({ target }) => {
    const title = target.parentElement.querySelector("[data-title]");
    if (title) title.textContent = titles.get(target.value.trim()) ?? "";
    lookSoon();
  });
}
// What was left out while someone searched for a source is said once they go on.
form.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (typing && fieldset(target)?.id === typing && !fieldset(target).contains(relatedTarget)) lookSoon();
});
