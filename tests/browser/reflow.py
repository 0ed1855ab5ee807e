"""Whether an open page fits: nothing to the side or cut off, and no line begins with a mark."""

# WCAG 2.2, 1.4.12
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""

OPEN = "document.querySelectorAll('details').forEach(each => each.open = true)"

# What runs out of the window or is cut off by its own box. A table may scroll in a box of its
# own (1.4.10 excepts tables), an input scrolls what is typed, and what is hidden from the eye on
# purpose is 1 px wide.
FAULTS = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = css ? [sheet] : [];
  const width = document.documentElement.clientWidth;
  const name = each => each.outerHTML.slice(0, 80);
  const all = [...document.querySelectorAll('body *')];
  const scrolls = each => ['auto', 'scroll'].includes(getComputedStyle(each).overflowX);
  const cutOff = all.filter(each => !each.matches('input')).filter(each => {
    const style = getComputedStyle(each);
    return each.clientWidth > 1 && ['hidden', 'clip'].includes(style.overflowX)
      && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1);
  });
  const outside = document.documentElement.scrollWidth <= width ? [] : all.filter(each =>
    each.getBoundingClientRect().right > width + 1
      && !(each.parentElement.closest('*') && [...ancestors(each)].some(scrolls)));
  function* ancestors(each) { while (each = each.parentElement) yield each; }
  return [...cutOff.map(each => 'cut off: ' + name(each)),
    ...(document.documentElement.scrollWidth > width
      ? ['wider than the window: ' + outside.slice(0, 3).map(name).join(' ; ')] : [])];
}"""

# A table that has to be moved sideways, and marks that begin a line when lines are broken
# wherever they can be: as some width does with any of them.
CUT_OFF = """() => [...document.querySelectorAll('.table-wrap')]
  .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.ariaLabel)"""
STRAY_MARKS = r"""() => {
  const narrow = new CSSStyleSheet();
  narrow.replaceSync('* { max-inline-size: 1px !important; overflow-wrap: normal !important }');
  document.adoptedStyleSheets = [narrow];
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.parentElement.checkVisibility()) continue;
    let block = text.parentElement;
    while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
    const start = block.getBoundingClientRect().left + block.clientLeft
      + parseFloat(getComputedStyle(block).paddingLeft);
    for (const mark of text.data.matchAll(/[,.;:!?)\]’”…]/g)) {
      const range = document.createRange();
      range.setStart(text, mark.index);
      range.setEnd(text, mark.index + 1);
      const box = range.getBoundingClientRect();
      if (box.width && Math.abs(box.left - start) < 2) found.push(block.textContent.slice(0, 80));
    }
  }
  document.adoptedStyleSheets = [];
  return found;
}"""
HEADER = "() => document.querySelector('header')?.getBoundingClientRect().height"
AT_ONCE = f"() => [({CUT_OFF})(), ({HEADER})()]"
USUAL = (1024, 768, 414, 390, 360, 320)  # CSS pixels


class Reader:
    """A window that is made narrower, zoomed, or given larger and wider set text."""

    def __init__(self, page):
        self.page = page
        self.settings = page.context.new_cdp_session(page)
        self.text = 16
        self.headers: dict[int, set[float]] = {}  # their heights, at each width

    def faults(self, everywhere: bool) -> list[str]:
        """On a phone and with the largest text; ``everywhere`` also in wider windows."""
        has_table = self.page.locator(".table-wrap").count() > 0
        found = [
            *self.at(USUAL if everywhere or has_table else USUAL[-1:]),
            *self.found("wide spacing at 320 px", 320, 800, spacing=SPACING),
            *self.found("text at 200 % at 320 px", 320, 800, text=32),
        ]
        if everywhere:
            found += self.found("text at 200 % at 1280 px", 1280, 900, text=32)
            found += self.found("1280 px at 400 %", 320, 256)
        found += self.found("320 px", 320, 800)
        return found + [f"stray: {each}" for each in self.page.evaluate(STRAY_MARKS)]

    def at(self, widths):
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 800})
            cut_off, header = self.page.evaluate(AT_ONCE)
            if header is not None:
                self.headers.setdefault(width, set()).add(header)
            yield from (f"{width} px: cut off: {each}" for each in cut_off)

    def found(self, what, width, height, spacing="", text=16):
        if text != self.text:
            sizes = {"standard": text, "fixed": text}
            self.settings.send("Page.setFontSizes", {"fontSizes": sizes})
            self.text = text
        self.page.set_viewport_size({"width": width, "height": height})
        return [f"{what}: {fault}" for fault in self.page.evaluate(FAULTS, spacing)]
