// On a page that waits for the worker: its parts renew themselves until nothing waits. Without this,
// "Look again" does. What is read out is in the page: a part that is a status.
import { parsed } from "./fields.js";

const PAUSE = 2_000; // milliseconds
const MOST = 60; // requests

const partsOf = (page) => [...page.querySelectorAll("[data-renewed]")];
const isWaiting = () => partsOf(document).some((part) => part.hasAttribute("data-waits"));

function showLinks(areShown) {
  for (const link of document.querySelectorAll("[data-look-again]")) link.hidden = !areShown;
}

// What says the same and shows the same stays, and so does an entry in which someone is at work.
const shown = (node) => node.textContent + [...node.querySelectorAll("img")].map((image) => image.getAttribute("src"));
const isInUse = (node) => node.contains(document.activeElement) || node.querySelector("details[open]");
const isSame = (node, fresh) => shown(node) === shown(fresh) || (node.id && node.id === fresh.id && isInUse(node));

function note(words) {
  const made = document.createElement("p");
  made.className = "note note-ok gap-after";
  made.textContent = words;
  return made;
}

function renew(part, fresh) {
  const had = part.contains(document.activeElement);
  let next = part.firstElementChild;
  const removeTo = (end) => {
    while (next !== end) {
      const gone = next;
      next = next.nextElementSibling;
      gone.remove();
    }
  };
  for (const node of [...fresh.children]) {
    let same = next;
    while (same && !isSame(same, node)) same = same.nextElementSibling;
    if (!same) {
      part.insertBefore(node, next);
      continue;
    }
    removeTo(same);
    next = same.nextElementSibling;
  }
  removeTo(null);
  part.toggleAttribute("data-waits", fresh.hasAttribute("data-waits"));
  if (part.dataset.done && !part.childElementCount) part.append(note(part.dataset.done));
  if (!had || part.contains(document.activeElement)) return;
  part.tabIndex = -1; // what had the focus is gone
  part.focus({ preventScroll: true });
}

async function look() {
  const answer = await fetch(location.href, { headers: { "X-Background": "1" } });
  if (!answer.ok || answer.redirected) return false; // desk.js goes to the sign-in page in time
  const parts = partsOf(document);
  const fresh = partsOf(parsed(await answer.text()));
  if (parts.length !== fresh.length) return false;
  parts.forEach((part, index) => renew(part, fresh[index]));
  showLinks(false);
  return true;
}

const paused = () => new Promise((goOn) => setTimeout(goOn, PAUSE));

if (isWaiting()) {
  showLinks(false);
  for (let asked = 0, isFine = true; asked < MOST && isFine && isWaiting(); ) {
    await paused();
    if (document.hidden) continue;
    asked += 1;
    isFine = await look().catch(() => true); // the connection may come back
  }
  showLinks(true);
}
