// On paper every answer is open, also in browsers whose styles cannot open it, and the day is told.

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
