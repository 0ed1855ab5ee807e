// A problem leads to its line in the text. Without this, its number does.
const text = document.getElementById("id_text");

addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  const lines = text.value.split("\n");
  const line = Math.min(link.dataset.line, lines.length) - 1;
  const start = lines.slice(0, line).join("\n").length + (line && 1);
  text.focus();
  text.setSelectionRange(start, start + lines[line].length);
  text.scrollTop = (text.scrollHeight / lines.length) * (line - 5);
});
