// The form works without this. It tells how much room is left, sends a double click once,
// and lets a person leave the page quickly where the clinic offers that.

const message = document.querySelector("[data-limit]");
if (message) {
  const left = document.createElement("p");
  left.setAttribute("aria-live", "polite");
  message.after(left);
  let pause;
  const tell = () => {
    const room = message.dataset.limit - [...message.value.trim()].length;
    const many = Math.abs(room) === 1 ? "character" : "characters";
    left.className = room < 0 ? "error-message" : "hint";
    left.textContent =
      room < 0 ? `You have ${-room} ${many} too many` : room <= 500 ? `You have ${room} ${many} left` : "";
  };
  message.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(tell, 500); // told when typing pauses, not at every key
  });
  tell();
}

let sent = -Infinity;
message?.form.addEventListener("submit", (event) => {
  if (event.timeStamp - sent < 1000) event.preventDefault();
  else sent = event.timeStamp;
});

const ways = document.querySelectorAll("[data-leave]");
if (ways.length) {
  const page = document.documentElement;
  const leave = () => {
    page.classList.add("left");
    location.replace(ways[0].href); // the Back button does not return here
  };
  for (const way of ways) {
    way.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  }
  let presses = [];
  addEventListener("keydown", (event) => {
    // While typing, Shift makes capitals; on phones the keyboard presses it by itself.
    const shift = event.key === "Shift" && !document.activeElement.matches("input, textarea");
    if (event.repeat) return;
    presses = shift ? [...presses.filter((time) => event.timeStamp - time < 5000), event.timeStamp] : [];
    if (presses.length === 3) leave();
  });
  addEventListener("pageshow", () => page.classList.remove("left"));
}
