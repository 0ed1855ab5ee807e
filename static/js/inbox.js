// Shortcuts for the list: "/" to the search, "j" and "k" from request to request.
// They can be switched off, for people whose speech input types such letters: WCAG 2.1.4.
(() => {
  "use strict";
  const place = document.getElementById("shortcuts");
  const search = document.getElementById("find");
  if (!place || !search) return;
  const button = place.querySelector("button");
  const KEPT = "kapsite.shortcuts";
  let areOn = true;
  try {
    areOn = localStorage.getItem(KEPT) !== "off";
  } catch { /* storage is forbidden: they stay on */ }

  function show() {
    button.textContent = areOn ? "Shortcuts are on" : "Shortcuts are off";
    button.setAttribute("aria-pressed", String(areOn));
  }

  button.addEventListener("click", () => {
    areOn = !areOn;
    try {
      localStorage.setItem(KEPT, areOn ? "on" : "off");
    } catch { /* then only until the page is left */ }
    show();
  });

  document.addEventListener("keydown", (event) => {
    const types = event.target.closest("input, select, textarea, [contenteditable]");
    if (!areOn || types || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...document.querySelectorAll(".list th[scope=row] a")];
    const here = links.indexOf(document.activeElement);
    const next = { "/": search, j: links[here + 1], k: links[Math.max(here - 1, 0)] }[event.key];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  show();
  place.hidden = false;
})();

// Each minute: how many wait, in the title, and a link to those that came. The list stays as it is,
// with its place and its ticks, until they are asked for.
(() => {
  "use strict";
  const link = document.getElementById("came");
  if (!link) return;

  async function look() {
    if (document.hidden) return;
    const answer = await fetch(link.dataset.from, { headers: { "X-Background": "1" } });
    if (!answer.ok || answer.redirected) return; // desk.js goes to the sign-in page in time
    const found = await answer.json();
    document.title = document.title.replace(/^(\(.*?\) )?/, `(${found.now}) `);
    for (const count of document.querySelectorAll(".head nav [aria-current=page] span")) count.textContent = found.now;
    link.hidden = found.new === "0";
    link.textContent = `${found.new} new – show`;
  }

  setInterval(() => look().catch(() => {}), 60_000);
})();
