// Leaves a page at once, for people who are watched: the link, or Shift three times. The link works
// without this too; then the Back button returns.

const way = () => document.querySelector("[data-leave]");

function leave() {
  document.documentElement.classList.add("left");
  location.replace(way().href); // the Back button does not return here
}

addEventListener("click", (event) => {
  if (!event.target.closest("[data-leave]")) return;
  event.preventDefault();
  leave();
});

let presses = [];
addEventListener("keydown", (event) => {
  // While typing, Shift makes capitals; on phones the keyboard presses it by itself.
  const shift = event.key === "Shift" && !document.activeElement.matches("input, textarea");
  if (event.repeat) return;
  presses = shift ? [...presses.filter((time) => event.timeStamp - time < 5000), event.timeStamp] : [];
  if (presses.length === 3 && way()) leave();
});

addEventListener("pageshow", () => document.documentElement.classList.remove("left"));
