"""axe-core in an open page: every rule at a desk, and at each width and in each look what is new.

No rule but those about color can come to another verdict in another color scheme, and how a color
is judged depends on how an element and what lies around and behind it are painted. So each kind
of paint is judged once in a window, on the first page that shows it. And where a narrower window
shows no kind that is new, only those rules are asked that depend on what stands where.
"""

from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "checks/node_modules/axe-core/axe.min.js"
HOW_TO_GET = "no axe-core; with npm installed, type: npm ci --prefix checks"

WIDTHS = (1280, 768, 320)  # CSS pixels
DESK, _, PHONE = WIDTHS
LOOKS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colors": {"color_scheme": "light", "forced_colors": "active"},
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ABOUT_PLACES = ["target-size", "scrollable-region-focusable", "region"]
ABOUT_PLACES += ["page-has-heading-one", "landmark-one-main"]
CONTRAST = {"AA": "color-contrast", "AAA": "color-contrast-enhanced"}

# What keeps axe from seeing the colors that are painted: Chromium tells the author's
# text-fill-color where forced colors paint another, and a canvas left unpainted is no
# background to axe, so that it takes white. And the stricter contrast rule leaves what fails
# the other one, too, to that; asked to keep it, one of them is enough. A bar that stays on the
# screen hides what happens to lie below it.
PREPARE = """colors => {
  for (const rule of colors.map(each => axe._audit.getRule(each))) {
    const {matches} = rule;
    rule.matches = (element, ...more) => isFresh(element) && matches.call(rule, element, ...more);
  }
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
# Tells each kind of paint that is shown: of an element, its parent and all that lies behind it.
KINDS = """() => {
  document.querySelectorAll('details').forEach(each => each.open = true);
  document.getAnimations().forEach(each => each.finish());
  const behind = new Map(), text = new Map();
  window.kinds = new Map();
  for (const each of document.querySelectorAll('html, body, body *')) {
    const style = getComputedStyle(each), parent = each.parentElement;
    const of = names => names.map(name => style[name]).join(' ');
    const paint = of(['backgroundColor', 'backgroundImage', 'backgroundSize', 'opacity', 'filter']);
    const isClear = parent && paint === 'rgba(0, 0, 0, 0) none auto 1 none';
    behind.set(each, isClear ? behind.get(parent) : `${behind.get(parent)} ${paint}`);
    const size = parseFloat(style.fontSize), isLarge = size >= (style.fontWeight < 700 ? 24 : 18.5);
    text.set(each, isLarge + of(['color', 'fill', 'textShadow', 'textDecoration', 'borderBottom',
      'display', 'position', 'visibility', 'clipPath']));
    if (each.checkVisibility() && [...each.childNodes].some(isText))
      kinds.set(each, [text.get(each), text.get(parent), behind.get(each)].join('|'));
  }
  function isText(node) { return node.nodeType === 3 && node.data.trim(); }
  return [...new Set(kinds.values())];
}"""
RUN = """async ([options, fresh]) => {
  const isJudged = new Set(kinds.values()).difference(new Set(fresh));
  window.isFresh = element => !isJudged.has(kinds.get(element));
  return (await axe.run(document, options)).violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}`));
}"""


def faults(page, contrast="AAA") -> list[str]:
    """What axe objects to, and where it does."""
    if not SCRIPT.exists():
        pytest.skip(HOW_TO_GET)
    colors = [CONTRAST[contrast], "link-in-text-block"]
    page.evaluate(SCRIPT.read_text())  # by the debugger: the content policy stays as it is
    page.evaluate(PREPARE, colors)
    judged = page.__dict__.setdefault("kinds_judged", set())
    found: dict[str, list[str]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for look, media in LOOKS.items():
            page.emulate_media(reduced_motion="reduce", **media)
            kinds = page.evaluate(KINDS)
            fresh = [kind for kind in kinds if kind not in judged]
            is_new = bool(fresh) or (width, look) == (DESK, "light")
            if is_new or (width, look) == (PHONE, "light"):
                for fault in page.evaluate(RUN, [rules_for(look, is_new, colors), fresh]):
                    found.setdefault(fault, []).append(f"{width} {look}")
            judged.update(fresh)
            if not is_new and width != DESK:
                break
    return [f"{fault} ({', '.join(at)})" for fault, at in found.items()]


def rules_for(look: str, is_new: bool, colors: list[str]) -> dict:
    """``preload`` off: with it axe fetches the style sheets, which the content policy refuses."""
    if look == "light" and is_new:
        only = {"type": "tag", "values": TAGS}
        rules = {rule: {"enabled": rule in colors} for rule in CONTRAST.values()}
    else:
        only = {"type": "rule", "values": ABOUT_PLACES if look == "light" else colors}
        rules = {}
    return {"preload": False, "resultTypes": ["violations"], "runOnly": only, "rules": rules}
