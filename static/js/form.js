// The form works without this. It sends in the background, so that Back never asks to send again
// and a failure loses nothing; empties a form that has arrived; and tells how much room is left.

const find = (selector) => document.querySelector(selector);
const formPage = document.body; // as loaded
const [notSent, arrived] = document.querySelectorAll("template");
let sending = false;

// Each time the form is shown: loaded, shown again with errors, or come back to.
function prepare() {
  const form = find("[data-form]")?.form;
  if (!form) return;
  if (hasArrived(form)) return showArrived();
  history.replaceState({ form: idOf(form) }, ""); // stays when the page is loaded again
  countAsTyped(form);
  showRoomLeft(form.elements.message);
  for (const each of [form, form.elements.message]) each.removeAttribute("autocomplete");
}

const idOf = (form) => form.elements.token.dataset.form;

function hasArrived(form) {
  // A link to this same address asks for a new form, though the browser keeps the state.
  const isNew = performance.getEntriesByType("navigation")[0].type === "navigate";
  const known = isNew ? idOf(form) : history.state?.form;
  try {
    return sessionStorage.getItem("sent") === known;
  } catch {
    return false; // storage is switched off
  }
}

// What the server filled in counts as typed: browsers remember only that, and reset() takes it out.
function countAsTyped(form) {
  for (const field of form.querySelectorAll("input:not([type=hidden]), textarea")) {
    const { value, checked } = field;
    field.defaultValue = "";
    field.defaultChecked = false;
    Object.assign(field, { value, checked });
  }
}

function showArrived() {
  const { form } = find("[data-form]");
  countAsTyped(form);
  form.reset();
  const unsent = find("[data-unsent]");
  if (!unsent.hidden) {
    const page = copy(arrived);
    const heading = find("h1");
    document.title = page.dataset.title;
    heading.textContent = document.title.split(" – ")[0];
    page.firstElementChild.prepend(heading);
    unsent.after(page);
    unsent.hidden = true;
  }
  lookAt(unsent.nextElementSibling);
}

const copy = (template) => template.content.firstElementChild.cloneNode(true);

// Sending. XMLHttpRequest, because it parses an answer without a string that becomes HTML, which
// the content policy forbids.

addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  if (sending) return;
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.timeout = 60_000; // milliseconds
  request.onloadend = () => {
    showSending(form, false);
    receive(form, request);
  };
  request.send(new URLSearchParams(new FormData(form)));
  showSending(form, true);
});

function showSending(form, now) {
  sending = now;
  form.querySelector("button").setAttribute("aria-disabled", now);
  const progress = form.querySelector("[data-progress]");
  if (progress) progress.textContent = now ? progress.dataset.progress : "";
}

function receive(form, { response, responseURL }) {
  if (responseURL.startsWith(`${form.action}received/`)) {
    document.body = formPage;
    showArrived();
    location.assign(responseURL);
  } else if (response?.querySelector("main form")) {
    document.title = response.title;
    document.body = response.body;
    prepare();
    lookAt(find("[autofocus]") ?? find("main"));
  } else {
    for (const old of document.querySelectorAll(".error-summary, .notice")) old.remove();
    const notice = copy(notSent);
    const why = response?.querySelector("main p")?.textContent;
    if (why) notice.querySelector("[data-why]").textContent = why;
    find("main > *").prepend(notice);
    document.title = document.title.replace(/^(Error: )?/, "Not sent yet: ");
    lookAt(notice);
  }
}

function lookAt(element) {
  scrollTo(0, 0);
  element.focus({ preventScroll: true });
}

addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a");
  if (!link) return;
  event.preventDefault();
  const control = find(link.hash); // without a step in the history
  control.closest(".field").scrollIntoView();
  control.focus({ preventScroll: true });
});

// The room left for a message

let pause;
addEventListener("input", ({ target }) => {
  clearTimeout(pause);
  if (target.dataset.limit) pause = setTimeout(showRoomLeft, 500, target); // when typing pauses
});

function showRoomLeft(message) {
  let left = message.nextElementSibling;
  if (!left) {
    left = document.createElement("p");
    left.setAttribute("aria-live", "polite");
    message.after(left);
  }
  const room = message.dataset.limit - [...message.value.trim()].length;
  const many = Math.abs(room) === 1 ? "character" : "characters";
  left.className = room < 0 ? "error-message" : "hint";
  left.textContent =
    room < 0 ? `You have ${-room} ${many} too many` : room <= 500 ? `You have ${room} ${many} left` : "";
}

addEventListener("pageshow", prepare);
prepare();
