// Open the answer that the address names. On paper every answer is open, also in browsers whose
// styles cannot open it, and the day is told.

function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const answer = named?.closest("details");
  if (answer) answer.open = true;
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
const sheet = document.querySelector(".sheet .text");
if (sheet) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet";
  button.textContent = "Print this page";
  button.onclick = () => print();
  sheet.append(button);
}
