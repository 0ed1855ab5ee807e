"""axe-core in an open page: every rule at every width, and those about color in every look.

No other rule can come to another verdict in another color scheme. And no color depends on the
width but by what a phone or a desk shows, so the tablet's is left out there. That makes the full
matrix more than twice as quick.
"""

from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "checks/node_modules/axe-core/axe.min.js"
HOW_TO_GET = "no axe-core; with npm installed, type: npm ci --prefix checks"

WIDTHS = (1280, 768, 320)  # CSS pixels
LOOKS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colors": {"color_scheme": "light", "forced_colors": "active"},
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = {"AA": "color-contrast", "AAA": "color-contrast-enhanced"}

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
SETTLE = """() => {
  document.querySelectorAll('details').forEach(each => each.open = true);
  document.getAnimations().forEach(each => each.finish());
}"""
START = """options => {
  window.running = new Promise(done => setTimeout(() => done(axe.run(document, options))));
}"""
RESULT = """async () => (await window.running).violations.flatMap(
  rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}`))"""


def faults(page, contrast="AAA") -> list[str]:
    """What axe objects to, and where it does."""
    return faults_of([page], contrast)[0]


def faults_of(pages, contrast="AAA") -> list[list[str]]:
    """The same of several windows, all at work at once."""
    if not SCRIPT.exists():
        pytest.skip(HOW_TO_GET)
    for page in pages:
        page.evaluate(SCRIPT.read_text())  # by the debugger: the content policy stays as it is
        page.evaluate(PREPARE)
    found: list[dict[str, list[str]]] = [{} for _ in pages]
    for width in WIDTHS:
        for page in pages:
            page.set_viewport_size({"width": width, "height": 800})
        for look, media in looks_at(width).items():
            for page in pages:
                page.emulate_media(reduced_motion="reduce", **media)
                page.evaluate(SETTLE)
                page.evaluate(START, options(look, CONTRAST[contrast]))
            for page, faults in zip(pages, found, strict=True):
                for fault in page.evaluate(RESULT):
                    faults.setdefault(fault, []).append(f"{width} {look}")
    return [[f"{fault} ({', '.join(at)})" for fault, at in each.items()] for each in found]


def looks_at(width: int) -> dict[str, dict]:
    return LOOKS if width in (WIDTHS[0], WIDTHS[-1]) else {"light": LOOKS["light"]}


def options(look: str, contrast: str) -> dict:
    """``preload`` off: with it axe fetches the style sheets, which the content policy refuses."""
    if look == "light":
        only = {"type": "tag", "values": TAGS}
        rules = {rule: {"enabled": rule == contrast} for rule in CONTRAST.values()}
    else:
        only, rules = {"type": "rule", "values": [contrast, "link-in-text-block"]}, {}
    return {"preload": False, "resultTypes": ["violations"], "runOnly": only, "rules": rules}
