// Open the answer that the address names. On paper every answer is open, also in browsers whose
// styles cannot open it, and the day is told.

function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
}
openNamed();
addEventListener("hashchange", openNamed);

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const each of opened) each.open = true;
  const day = document.querySelector("[data-printed]");
  if (day) day.textContent = `Printed on ${new Date().toLocaleDateString("en-US", { dateStyle: "long" })}`;
});
addEventListener("afterprint", () => {
  for (const each of opened) each.open = false;
});

// A button on pages that are made for paper; without this script none is shown.
const title = document.querySelector(".sheet .title");
if (title) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet";
  button.textContent = "Print this page";
  button.onclick = () => print();
  title.append(button);
}
