// The page of an editor: what stands beside the text follows the text. Without this, its buttons do.
import { parsed, showChecking, showErrors } from "./fields.js";
import "./inserting.js";
import { place } from "./place.js";

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

// What is beside the text

const beside = form.querySelector("[data-beside]");
const around = beside.parentElement;
const live = form.querySelector(".live");
const frame = live.querySelector("iframe");
const stale = live.querySelector("[data-stale]");
const unshown = live.querySelector("[data-unshown]");
let timer;
let flight;

async function look() {
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
    unshown.textContent = found.unshown;
    unshown.hidden = Boolean(found.page);
    stale.hidden = true;
    around.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name === "AbortError") return;
    stale.hidden = false;
    showChecking(around, "Not checked yet");
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
place(form, text, frame);

for (const kind of ["input", "change"]) {
  form.addEventListener(kind, ({ target }) => {
    if (!target.name) return; // it only finds something
    clearTimeout(timer);
    flight?.abort(); // one at a time: an answer about an older text is of no use
    if (isTooLong()) return showChecking(around, "Not checked yet");
    showChecking(around);
    timer = setTimeout(look, PAUSE);
  });
}
live.hidden = false;
look();
const line = location.hash.match(/^#line-(\d+)$/);
if (line) selectLine(line[1]);
