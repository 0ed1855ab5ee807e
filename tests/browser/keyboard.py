"""A reader who has keys alone. Wherever the focus stops, it must be marked and in plain view."""

# Points well inside the stop: the padding of a link may reach into the lines beside it.
# Only what is neither in the stop nor around it can lie over it.
LOOK = """selector => {
  const stop = document.activeElement, style = getComputedStyle(stop);
  const points = [...stop.getClientRects()].flatMap(box =>
    [[.5, .5], [.3, .3], [.7, .3], [.3, .7], [.7, .7]].map(
      ([x, y]) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y)));
  return {
    name: stop.outerHTML.slice(0, 90),
    isThere: stop.matches(selector),
    marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inView: points.some(top => top),
    covered: points.some(top => top && !stop.contains(top) && !top.contains(stop)),
  };
}"""
FAR = 500  # stops; more than any page has


class Keyboard:
    def __init__(self, page):
        self.page = page
        self.faults: list[str] = []

    def is_on(self, selector: str) -> bool:
        return self.page.evaluate("selector => document.activeElement.matches(selector)", selector)

    def look(self, selector: str = "*") -> bool:
        """Note what is wrong with the focus where it is now; whether it is on ``selector``."""
        stop = self.page.evaluate(LOOK, selector)
        if not stop["marked"]:
            self.faults.append(f"{self.page.url} not marked: {stop['name']}")
        if not stop["inView"]:
            self.faults.append(f"{self.page.url} out of view: {stop['name']}")
        if stop["covered"]:
            self.faults.append(f"{self.page.url} covered: {stop['name']}")
        return stop["isThere"]

    def tab(self, selector: str = "*") -> bool:
        self.page.keyboard.press("Tab")
        return self.look(selector)

    def tab_to(self, selector: str):
        """Continue, looking at each stop, until the focus is on ``selector``."""
        for _ in range(FAR):
            if self.tab(selector):
                return
        raise AssertionError(f"{self.page.url}: no way to {selector} with Tab")

    def press(self, *keys: str):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str):
        self.page.keyboard.type(text)

    def follow(self):
        """Press Enter on a link or button that opens a page, and wait for it."""
        with self.page.expect_navigation():
            self.press("Enter")
