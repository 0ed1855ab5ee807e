// On every page of a signed-in person. Warns before the site signs them out, goes to the sign-in
// page when it has, and keeps what is being written. Pages work without it.
import * as drafts from "./drafts.js";

const { session, signIn, here, user, key } = document.getElementById("desk").dataset;
const WARN = 120; // seconds before the end
const CHECK = 20; // seconds between looks at the clock, which also runs while a computer sleeps

// Time left

let end = Infinity; // in milliseconds of the clock
let asked = 0;
let active = false;
let last = 0;

async function ask(method) {
  asked = Date.now();
  const mine = ++last;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = method === "POST" ? { "X-CSRFToken": token } : { "X-Background": "1" };
  const answer = await fetch(session, { method, headers, body: method === "POST" ? new URLSearchParams() : null });
  if (answer.status === 401 || answer.redirected) return leave();
  const seconds = answer.ok ? (await answer.json()).seconds : 0;
  if (answer.ok && mine === last) end = Date.now() + seconds * 1000; // a later answer knows more
  return show();
}

function leave() {
  location.assign(`${signIn}?${new URLSearchParams({ next: here })}`);
}

const bar = document.createElement("div");
bar.className = "time-left";
bar.setAttribute("role", "alert");

function show() {
  const left = (end - Date.now()) / 1000;
  if (left > WARN) return bar.replaceChildren();
  if (bar.childElementCount) return null;
  const words = document.createElement("p");
  const isKept = !document.querySelector("textarea[data-no-draft]");
  const kept = isKept ? "What you haven’t saved stays in this tab." : "Save what you typed.";
  words.textContent = `You’ll be signed out in less than two minutes. ${kept}`;
  const stay = document.createElement("button");
  stay.type = "button";
  stay.className = "btn";
  stay.textContent = "Stay signed in";
  stay.addEventListener("click", () => ask("POST"));
  return bar.replaceChildren(words, stay);
}

async function look() {
  const now = Date.now();
  const isOver = end - now < WARN * 1000;
  try {
    // Someone who writes for a long time sends nothing, yet is there.
    if (active && now - asked > 60_000) await ask("POST");
    else if (isOver) await ask("GET"); // another tab may have gone on
    active = false;
  } catch {
    if (end < now) leave(); // no network: nothing private stays on the screen
  }
}

document.body.prepend(bar);
for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, () => (active = true), { passive: true });
addEventListener("visibilitychange", () => document.hidden || look());
setInterval(look, CHECK * 1000);
ask("GET").catch(() => {});

// Drafts

// After a save the server leads to "#saved-", the request and the step. Nothing else confirms a save.
const [hash, request, saved] = location.hash.match(/^#saved-(\d+)-(\w+)$/) ?? [];
if (saved) {
  drafts.forgetSaved(location.pathname.replace(/(\d+\/change\/)?$/, `${request}/step/${saved}/`));
  history.replaceState(history.state, "", location.pathname + location.search); // or a reload says so again
  document.querySelector(`${hash}, .messages`)?.focus(); // a browser that saw the "#" left the messages out
}
if (location.hash === "#saved-page") {
  drafts.forgetSaved(); // of "Edit site": whatever was sent was accepted
  history.replaceState(history.state, "", location.pathname + location.search);
  if (!document.activeElement.matches("textarea")) document.querySelector(".messages")?.focus();
}
drafts.forgetOthers(user);

// Of the forms of "Edit site", choices too.
const KEPT =
  "form[method=post] textarea:not([data-no-draft]), form[data-draft] :is(input[type=text], input[type=date]), " +
  "form[data-restored] :is(select, input:not([type=hidden], [type=file], [type=search], [readonly]))[name]";
const fields = [...document.querySelectorAll(KEPT)];
if (fields.length && crypto.subtle) {
  const secret = await drafts.keyFrom(key);
  for (const field of fields) {
    const name = drafts.nameOf(user, field);
    const kept = await drafts.read(secret, name);
    const version = field.form.elements.began_with; // so that a colleague's newer text is seen
    const shown = drafts.valueOf(field);
    if (kept && shown === drafts.firstOf(field) && kept.trimEnd() !== shown.trimEnd()) {
      if (version) version.value = (await drafts.read(secret, drafts.versionOf(name))) || version.value;
      putBack(field, kept);
    }
    field.addEventListener("input", () => {
      const alike = field.type === "radio" ? fields.filter((each) => each.form === field.form && each.name === field.name) : [field];
      for (const each of alike) drafts.save(secret, drafts.nameOf(user, each), drafts.valueOf(each));
      if (version) drafts.save(secret, drafts.versionOf(name), version.value);
    });
  }
}
// Of every form, so that what is accepted of one never forgets another.
addEventListener("submit", ({ defaultPrevented, submitter, target: form }) => {
  if (defaultPrevented || form.getAttribute("method") !== "post" || form.matches("[data-sign-out]")) return;
  const to = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  const names = fields.filter((field) => field.form === form).map((field) => drafts.nameOf(user, field));
  drafts.sent(new URL(to, location.href).pathname, [...names, ...names.map(drafts.versionOf)]);
});

// Notes, and texts of "Edit site", that are not saved

function nounOf(field) {
  return field.form.dataset.restored ?? "note";
}
function isUnsaved(field) {
  const value = drafts.valueOf(field);
  return value.trim() && (value !== drafts.firstOf(field) || sessionStorage.getItem(drafts.nameOf(user, field)));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (event.ctrlKey || event.metaKey || event.shiftKey || !link || link.target || !/^http/.test(link.protocol)) return;
  const unsaved = fields.find(isUnsaved);
  if (!unsaved || link.href.split("#")[0] === location.href.split("#")[0]) return;
  if (!confirm(`Your ${nounOf(unsaved)} isn’t saved yet. It stays in this tab until you sign out. Leave this page?`)) event.preventDefault();
});

for (const form of document.querySelectorAll("[data-sign-out]")) {
  form.addEventListener("submit", (event) => {
    const unsaved = fields.find(isUnsaved);
    const what = unsaved ? `Your ${nounOf(unsaved)}` : drafts.all().length && "Something you wrote in this tab";
    if (what && !confirm(`${what} isn’t saved yet. Signing out deletes it. Sign out anyway?`)) event.preventDefault();
    else drafts.forgetAll();
  });
}

// A form that answers with a file leaves its page as it was: what was wrong before is not any more.
for (const form of document.querySelectorAll("[data-download]")) {
  form.addEventListener("submit", () => {
    for (const error of document.querySelectorAll(".error-summary, .error-message")) error.remove();
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    document.title = document.title.replace(/^Error: /, "");
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const said = [...button.closest("details").querySelectorAll(".say")].map((words) => words.value ?? words.textContent);
    await navigator.clipboard.writeText(said.join("\n\n"));
    button.textContent = "Copied";
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

function putBack(field, kept) {
  drafts.setValue(field, kept);
  field.closest("details")?.setAttribute("open", "");
  if (!field.form.querySelector(".restored")) sayRestored(field);
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true })); // what follows it
}

function sayRestored(field) {
  const words = document.createElement("p");
  words.className = "note note-info restored";
  words.setAttribute("role", "status");
  words.textContent = `Your unsaved ${nounOf(field)} was restored. It isn’t saved yet.`;
  (field.matches("textarea") ? field : (field.closest(".field, fieldset, label") ?? field)).before(words);
}
