"""The preview image for links to the site, in messages and on social networks."""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SOCIAL_CARD = "/social-card.png"
SIZE = (1200, 630)
MARGIN = 90
PAPER, INK, PINE = "#fbf8f3", "#1f2a2e", "#0f4c4a"


@lru_cache(maxsize=4)
def social_card(name: str, title: str, static: Path) -> bytes:
    """A PNG with the mark, the clinic's name and the title of its home page."""
    card = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(card)
    mark = Image.open(static / "img/icon-192.png").convert("RGBA").resize((96, 96))
    card.paste(mark, (MARGIN, MARGIN), mark)
    beside_mark = MARGIN + 126
    sizes = (font(static, size) for size in range(44, 15, -4))
    fitting = next(f for f in sizes if f.size == 16 or f.getlength(name) < SIZE[0] - beside_mark)
    draw.text((beside_mark, MARGIN + 48), name, PINE, fitting, anchor="lm")
    large = font(static, 76)
    lines = wrapped(title, large, SIZE[0] - 2 * MARGIN)
    draw.multiline_text(
        (MARGIN, SIZE[1] - MARGIN), "\n".join(lines), INK, large, anchor="ld", spacing=18
    )
    draw.rectangle((0, SIZE[1] - 16, *SIZE), PINE)
    png = io.BytesIO()
    card.save(png, "PNG", optimize=True)
    return png.getvalue()


def font(static: Path, size: int) -> ImageFont.FreeTypeFont:
    """The site's own font, in bold."""
    bold = ImageFont.truetype(static / "fonts/atkinson-hyperlegible-next.woff2", size)
    bold.set_variation_by_axes([700])
    return bold


def wrapped(text: str, with_font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and with_font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
