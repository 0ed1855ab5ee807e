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

const lineOfCursor = () => text.value.slice(0, text.selectionStart).split("\n").length;
const fence = (line) => line.match(/^:{3,}[ \t]*([\w-]*)/);

function blocksAround(lines) {
  const names = [];
  for (const found of lines.map(fence)) {
    if (found?.[1]) names.push(found[1]);
    else if (found) names.pop();
  }
  return names;
}

// Below the paragraph, list or block of the cursor; in a list of the same kind as one more entry. As
// ``with_block`` in pieces.py.
function insertBlock(piece, entry) {
  const lines = text.value.split("\n");
  const top = lines[0] === "---" ? lines.indexOf("---", 1) + 1 : 0;
  const number = Math.max(lineOfCursor(), top);
  const around = blocksAround(lines.slice(0, number));
  const isEntry = entry && around.includes(fence(piece)[1]);
  const sign = `${entry?.split(" ", 1)} `;
  let depth = around.length;
  let at = lines.findIndex((line, index) => {
    const found = fence(line);
    if (isEntry) return index >= number && (line.startsWith(sign) || (found && !found[1]) || (sign === "- " && !line.trim()));
    if (!around.length) return index >= number - 1 && !line.trim();
    if (index >= number && found) depth += found[1] ? 1 : -1;
    return !depth;
  });
  if (at < 0) at = lines.length;
  else if (!isEntry && around.length) at += 1;
  const above = lines.slice(0, at).join("\n").replace(/\n+$/, "");
  const below = lines.slice(at).join("\n").replace(/^\n+/, "");
  const isTight = isEntry && sign === "- ";
  const first = isTight ? "\n" : above && "\n\n";
  const last = isTight || !below || (isEntry && below.startsWith(":::")) ? "\n" : "\n\n";
  text.focus();
  text.setSelectionRange(above.length, text.value.length - below.length);
  const words = isEntry ? entry : piece;
  document.execCommand("insertText", false, first + words + last);
  selectExample(words, above.length + first.length);
}

// The first words of an example, so that typing replaces them
function selectExample(words, start) {
  const found = words.match(/^(?!:::)(?:#+ |- |\*\*|!\[)*([^{}*\n]+?)(?=\s*(?:\{|:?\*\*|\]\(|$))/m);
  if (!found) return;
  const from = start + found.index + found[0].length - found[1].length;
  text.setSelectionRange(from, from + found[1].length);
}

function insert(piece) {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const before = value.slice(0, start);
  const cited = before.match(/\[@[^\]]*\]$/) && piece.startsWith("[@");
  let words = piece;
  if (cited) words = `; ${piece.slice(1)}`;
  else if (start < end) words = piece.replace(/^\[[^@\]][^\]]*\]/, () => `[${value.slice(start, end)}]`);
  else if (/\S$/.test(before)) words = ` ${piece}`;
  text.focus();
  if (cited) text.setSelectionRange(start - 1, start);
  document.execCommand("insertText", false, words); // the one way that can be undone with Ctrl+Z
}

for (const tool of form.querySelectorAll(".tool")) {
  const search = tool.querySelector("[type=search]");
  tool.querySelector(".find-piece").hidden = false;
  tool.addEventListener("toggle", () => {
    if (!tool.open) return;
    const around = blocksAround(text.value.split("\n").slice(0, lineOfCursor()));
    for (const button of tool.querySelectorAll("[data-entry]")) {
      const name = fence(button.value)[1];
      const isHere = around.includes(name);
      button.querySelector("b").textContent = isHere ? `One more entry: ${name}` : name;
      if (isHere) button.closest("ul").prepend(button.closest("li"));
    }
    search.focus();
  });
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
  if (/^(:::|!\[|## |- )/.test(button.value)) insertBlock(button.value, button.dataset.entry);
  else insert(button.value);
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
