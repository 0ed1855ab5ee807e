// Buttons of the page editor that put something in at the cursor. Without this, after a line.

const text = document.getElementById("id_text");
const form = text.form;

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
// ``with_block`` in inserting.py.
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
  const words = isEntry ? entry.replace(/(?<=^### )[12]\d{3}(?=: )/, (year) => yearAt(lines, at) ?? year) : piece;
  document.execCommand("insertText", false, first + words + last);
  selectExample(words, above.length + first.length);
}

// The year of the entry above, or else of the one below: they stand in order.
function yearAt(lines, at) {
  const own = (part) => part.slice(0, part.concat(":::").findIndex(fence));
  const near = [...own(lines.slice(0, at).reverse()), ...own(lines.slice(at))];
  return near.map((line) => line.match(/^### [^:]*?(\d{4})(?!\d| ?BCE)[^:\d]*:/)?.[1]).find(Boolean);
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
      const label = button.querySelector("b");
      label.dataset.name ??= label.textContent;
      label.textContent = isHere ? `One more entry: ${label.dataset.name}` : label.dataset.name;
      if (isHere) button.closest("ul").prepend(button.closest("li"));
    }
    search.focus();
  });
  tool.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      tool.open = false;
      text.focus(); // where the cursor was
    }
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
