// The page of an editor: what stands beside the text follows the text. Without this, its buttons do.
import { parsed, showErrors } from "./fields.js";

const PAUSE = 200; // milliseconds without typing until the text is checked

const text = document.getElementById("id_text");
const form = text.form;

// What is pasted from another program can be too long to send

const tooLong = form.querySelector("[data-too-long]");

function isTooLong() {
  tooLong.hidden = text.value.length <= text.dataset.most;
  return !tooLong.hidden;
}
form.addEventListener("submit", (event) => isTooLong() && event.preventDefault());

// A problem leads to its line in the text

addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  selectLine(link.dataset.line);
});

function selectLine(number) {
  const lines = text.value.split("\n");
  const line = Math.min(number, lines.length) - 1;
  const start = lines.slice(0, line).join("\n").length + (line && 1);
  text.focus();
  text.setSelectionRange(start, start + lines[line].length);
  text.scrollTop = (text.scrollHeight / lines.length) * (line - 5);
}

// Buttons that put something in at the cursor

function insert(piece) {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const before = value.slice(0, start);
  const cited = before.match(/\[@[^\]]*\]$/) && piece.startsWith("[@");
  let words = piece;
  if (piece.startsWith(":::")) words = `${before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : ""}${piece}\n\n`;
  else if (cited) words = `; ${piece.slice(1)}`;
  else if (start < end) words = piece.replace(/^\[[^@\]][^\]]*\]/, () => `[${value.slice(start, end)}]`);
  else if (/\S$/.test(before)) words = ` ${piece}`;
  text.focus();
  if (cited) text.setSelectionRange(start - 1, start);
  document.execCommand("insertText", false, words); // the one way that can be undone with Ctrl+Z
}

for (const tool of form.querySelectorAll(".tool")) {
  const search = tool.querySelector("[type=search]");
  tool.querySelector(".find-piece").hidden = false;
  tool.addEventListener("toggle", () => tool.open && search.focus());
  tool.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tool.open = false;
    if (event.key === "Enter" && event.target === search) event.preventDefault(); // it would save
  });
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/);
    for (const item of tool.querySelectorAll("li")) {
      const about = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => about.includes(word));
    }
  });
}
form.querySelector(".after").hidden = true;
addEventListener("click", (event) => {
  for (const tool of form.querySelectorAll(".tool[open]")) tool.open = tool.contains(event.target);
  const button = event.target.closest("[name=insert]");
  if (!button) return;
  event.preventDefault();
  button.closest(".tool").open = false;
  insert(button.value);
});

// What is beside the text

const beside = form.querySelector("[data-beside]");
const live = form.querySelector(".live");
const frame = live.querySelector("iframe");
const stale = live.querySelector("[role=status]");
let timer;
let flight;

async function look() {
  flight?.abort(); // one at a time: an older answer is of no use
  flight = new AbortController();
  const { signal } = flight;
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.live, { method: "POST", body, signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const found = await answer.json();
    const isOpen = beside.querySelector("details")?.open;
    beside.replaceChildren(...parsed(found.beside).body.childNodes);
    beside.querySelector("details")?.toggleAttribute("open", isOpen);
    showErrors(form, found.errors);
    if (found.page) show(found.page);
    stale.hidden = true;
  } catch (error) {
    if (error.name !== "AbortError") stale.hidden = false;
  }
}

const styles = (page) => [...page.querySelectorAll("link[rel=stylesheet]")].map((link) => link.href).join();

// Only the body changes, so that the place in it stays and nothing flickers. The frame runs no scripts,
// and its links open in another tab.
function show(html) {
  const page = parsed(html);
  const shown = frame.contentDocument;
  for (const script of page.querySelectorAll("script")) script.remove();
  for (const link of page.querySelectorAll("a[href]:not([href^='#'])")) link.target = "_blank";
  if (shown?.body.childElementCount && styles(shown) === styles(page)) {
    shown.body.replaceChildren(...page.body.childNodes);
  } else frame.srcdoc = page.documentElement.outerHTML;
}

for (const kind of ["input", "change"]) {
  form.addEventListener(kind, ({ target }) => {
    if (!target.name) return; // it only finds something
    clearTimeout(timer);
    if (!isTooLong()) timer = setTimeout(look, PAUSE);
  });
}
live.hidden = false;
look();
const line = location.hash.match(/^#line-(\d+)$/);
if (line) selectLine(line[1]);
