// Where a writer was: the cursor, and how far text and preview were scrolled. Saving loads the page
// again, and leads back there.

export function place(form, text, frame) {
  const name = `place ${location.pathname}`;
  const kept = JSON.parse(sessionStorage.getItem(name) ?? "null");
  sessionStorage.removeItem(name);
  if (kept) putBack(kept, text, frame);
  form.addEventListener("submit", ({ submitter, defaultPrevented }) => {
    if (defaultPrevented || submitter?.hasAttribute("formaction")) return;
    const { selectionStart: start, selectionEnd: end, scrollTop: top } = text;
    const below = frame.contentWindow?.scrollY ?? 0;
    sessionStorage.setItem(name, JSON.stringify({ start, end, top, below }));
  });
}

function putBack({ start, end, top, below }, text, frame) {
  text.setSelectionRange(start, end);
  text.focus({ preventScroll: true });
  text.scrollTop = top;
  // Focus is in the text, so what the save says is read out as a change of the page.
  const said = document.querySelector(".messages");
  said?.setAttribute("role", "status");
  said?.append(...said.childNodes);
  frame.addEventListener("load", function scroll() {
    if (!frame.contentDocument?.body.childElementCount) return; // not the page yet
    frame.removeEventListener("load", scroll);
    frame.contentWindow.scrollTo({ top: below, behavior: "instant" });
  });
}
