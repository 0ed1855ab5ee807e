"""axe-core in an open page: every rule at a desk and on a phone, and those about color in the dark
and in forced colors.

No other rule can come to another verdict there, and no color depends on the width but by what a
phone or a desk shows. Forced colors are the system's own wherever they are. Of many pages, one to
which each rule of the style sheets applies is enough for all but the first look at each: which
colors may meet, and that they differ in any scheme, is held by tests/test_colors.py.
"""

from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "checks/node_modules/axe-core/axe.min.js"
HOW_TO_GET = "no axe-core; with npm installed, type: npm ci --prefix checks"

LOOKS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colors": {"color_scheme": "light", "forced_colors": "active"},
}
WIDTHS = (1280, 320)  # CSS pixels: a desk, a phone
PHONE = (320, "light")
NOT_ASKED = (320, "forced colors")
VIEWS = [(width, look) for width in WIDTHS for look in LOOKS if (width, look) != NOT_ASKED]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = {"AA": "color-contrast", "AAA": "color-contrast-enhanced"}

# The rules that apply to something on the page; in a width or color scheme, or in any.
STYLES = """() => {
  const all = rule => rule.cssRules?.length ? [...rule.cssRules].flatMap(all) : rule.selectorText;
  return [...document.styleSheets].flatMap(all).filter(
    each => each && document.querySelector(each));
}"""
# What keeps axe from seeing the colors that are painted: Chromium tells the author's
# text-fill-color where forced colors paint another, and a canvas left unpainted is no
# background to axe, so that it takes white. And the stricter contrast rule leaves what fails
# the other one, too, to that; asked to keep it, one of them is enough. A bar that stays on the
# screen hides what happens to lie below it.
PREPARE = """() => {
  const {contrastRatio} = axe._audit.checks['color-contrast-enhanced'].options;
  for (const size of Object.values(contrastRatio)) delete size.minThreshold;
  const told = CSSStyleDeclaration.prototype.getPropertyValue;
  CSSStyleDeclaration.prototype.getPropertyValue = function (name) {
    return told.call(this, name === '-webkit-text-fill-color' ? 'color' : name);
  };
  const canvas = new CSSStyleSheet();
  canvas.replaceSync('html { background: Canvas } .ask-bar, .head { position: static }');
  document.adoptedStyleSheets.unshift(canvas);
}"""
# Answers and tables behind a summary count too; a color on its way to another one does not.
RUN = """async options => {
  document.querySelectorAll('details').forEach(each => each.open = true);
  document.getAnimations().forEach(each => each.finish());
  return (await axe.run(document, options)).violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}`));
}"""


def has_new_look(page, seen: set[str]) -> bool:
    """Whether a rule of the style sheets applies for the first time; ``seen`` are earlier ones."""
    here = set(page.evaluate(STYLES))
    is_new = not here <= seen
    seen |= here
    return is_new


def faults(page, contrast="AAA", everywhere=True) -> list[str]:
    """What axe objects to, and where it does. The window is a phone's afterwards.

    Not ``everywhere``, it looks at a phone in the light alone.
    """
    if not SCRIPT.exists():
        pytest.skip(HOW_TO_GET)
    page.evaluate(SCRIPT.read_text())  # by the debugger: the content policy stays as it is
    page.evaluate(PREPARE)
    found: dict[str, list[str]] = {}
    for width, look in VIEWS if everywhere else [PHONE]:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(reduced_motion="reduce", **LOOKS[look])
        for fault in page.evaluate(RUN, options(look, CONTRAST[contrast])):
            found.setdefault(fault, []).append(f"{width} {look}")
    return [f"{fault} ({', '.join(at)})" for fault, at in found.items()]


def options(look: str, contrast: str) -> dict:
    """``preload`` off: with it axe fetches the style sheets, which the content policy refuses."""
    if look == "light":
        only = {"type": "tag", "values": TAGS}
        rules = {rule: {"enabled": rule == contrast} for rule in CONTRAST.values()}
    else:
        only, rules = {"type": "rule", "values": [contrast, "link-in-text-block"]}, {}
    return {"preload": False, "resultTypes": ["violations"], "runOnly": only, "rules": rules}
