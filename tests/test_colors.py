"""Contrast of the colors in static/css/tokens.css, computed as WCAG 2.2 defines it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR, "static", "css")
SURFACES = ["page", "surface", "band"]
TINTS = ["pine-tint", "clay-tint", "honey-tint", "error-tint", "ok-tint", "help-tint"]
TEXTS = ["text", "text-soft", "link", "link-hover", "link-visited", "accent"]
READ = (
    [(text, ground) for text in (*TEXTS, "error", "ok", "help") for ground in SURFACES]
    + [(text, tint) for text in ("text", "text-soft", "link", "accent") for tint in TINTS]
    + [(name, f"{name}-tint") for name in ("error", "ok", "help")]
    + [("on-action", "action"), ("on-action", "action-hover"), ("on-help", "help")]
    + [("on-deep", "deep"), ("on-deep-accent", "deep"), ("surface", "ok")]
)
SEEN = [("edge", ground) for ground in SURFACES] + [
    *(("focus", ground) for ground in (*SURFACES, *TINTS)),
    ("focus", "focus-ring"),
    ("focus-deep", "deep"),
    ("hollow", "deep"),
    ("action", "page"),
]


def declared(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))


def schemes() -> dict[str, dict[str, str]]:
    """The colors of each scheme, as the cascade leaves them."""
    css = (CSS / "tokens.css").read_text(encoding="utf-8")
    light = declared(css.partition("@media")[0])
    media = re.findall(r"@media ([^{]+) \{\s*:root \{(.*?)\}\s*\}", css, flags=re.DOTALL)
    found = {query: declared(block) for query, block in media}
    dark = light | found["screen and (prefers-color-scheme: dark)"]
    more = found["(prefers-contrast: more)"]
    more_dark = found["screen and (prefers-contrast: more) and (prefers-color-scheme: dark)"]
    return {
        "light": light,
        "dark": dark,
        "light, more contrast": light | more,
        "dark, more contrast": dark | more | more_dark,
    }


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * c for part, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def too_weak(pairs, colors, least):
    ratios = {pair: contrast(*(colors[name] for name in pair)) for pair in pairs}
    return {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least}


def test_the_ratio_is_that_of_wcag():
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", schemes())
def test_text_has_a_contrast_of_7_to_1(scheme):
    assert too_weak(READ, schemes()[scheme], 7) == {}


@pytest.mark.parametrize("scheme", schemes())
def test_control_edges_and_the_focus_mark_have_a_contrast_of_3_to_1(scheme):
    assert too_weak(SEEN, schemes()[scheme], 3) == {}


def test_every_color_has_a_dark_counterpart():
    light, dark = schemes()["light"], schemes()["dark"]
    assert [name for name in light if dark[name] == light[name]] == []


def test_every_token_is_declared_and_used():
    css = "".join(file.read_text(encoding="utf-8") for file in CSS.glob("*.css"))
    root = (CSS / "tokens.css").read_text(encoding="utf-8")
    declared_names = set(re.findall(r"--([\w-]+):", css))
    drawings = (CSS.parent / "img/drawings").glob("*.svg")
    css += "".join(file.read_text(encoding="utf-8") for file in drawings)
    used = set(re.findall(r"var\(--([\w-]+)", css))
    assert used - declared_names == set()
    assert set(re.findall(r"--([\w-]+):", root)) - used == set()


def test_colors_are_named_in_the_tokens_only():
    """Print is black on white whatever the scheme."""
    others = [file for file in CSS.glob("*.css") if file.stem not in {"tokens", "print"}]
    found = {file.name: re.findall(r"#[0-9a-fA-F]{3,8}\b", file.read_text()) for file in others}
    assert found == {file.name: [] for file in others}


DESK = CSS / "desk"
DESK_READ = [
    *((text, ground) for text in ("ink", "soft", "pine", "help", "warn", "stop", "ok", "info")
      for ground in ("page", "card")),
    *((text, ground) for text in ("ink", "soft", "pine") for ground in ("band", "pine-tint")),
    *((text, f"{kind}-tint") for kind in ("help", "warn", "stop", "ok", "info")
      for text in (kind, "ink", "soft")),
    ("on-pine", "pine"), ("on-pine", "pine-deep"), ("on-bar", "bar"), ("on-bar", "bar-here"),
]  # fmt: skip
DESK_SEEN = [
    *((edge, ground) for edge in ("edge", "ring") for ground in ("page", "card", "band")),
    ("ring", "ring-inner"),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colors_of_the_desk_have_the_same_contrast(scheme):
    css = (DESK / "tokens.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--([a-z-]+): light-dark\((#\w+), (#\w+)\);", css)
    colors = {name: values[scheme] for name, *values in pairs}
    assert too_weak(DESK_READ, colors, 7) == {}
    assert too_weak(DESK_SEEN, colors, 3) == {}


def test_every_token_of_the_desk_is_declared_and_used():
    css = "".join(file.read_text(encoding="utf-8") for file in DESK.glob("*.css"))
    tokens = re.findall(r"--([\w-]+):", (DESK / "tokens.css").read_text(encoding="utf-8"))
    used = set(re.findall(r"var\(--([\w-]+)", css))
    assert used - set(re.findall(r"--([\w-]+):", css)) == set()
    assert set(tokens) - used == set()
