import io
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from kapsite.pages.publish.document.social_card import MARGIN, PAPER, social_card

STATIC = Path(settings.BASE_DIR, "static")


def card(name="Test Clinic", title="Talk therapy, explained"):
    return Image.open(io.BytesIO(social_card(name, title, STATIC)))


def test_the_card_has_the_size_that_networks_ask_for():
    assert (card().format, card().size) == ("PNG", (1200, 630))


def test_another_name_or_title_makes_another_card():
    cards = {
        social_card("A", "Title", STATIC),
        social_card("B", "Title", STATIC),
        social_card("A", "Other", STATIC),
    }
    assert len(cards) == 3


def test_the_same_words_make_the_same_bytes_so_that_nothing_is_published_twice():
    first = social_card("A", "Title", STATIC)
    social_card.cache_clear()
    assert social_card("A", "Title", STATIC) == first


@pytest.mark.parametrize(
    ("name", "title"), [("Clinic " * 8, "Title"), ("Clinic", "Explained plainly " * 4)]
)
def test_long_words_stay_on_the_card(name, title):
    image = card(name.strip(), title.strip()[:70]).convert("RGB")
    right = image.crop((1200 - MARGIN // 2, 0, 1200, 600))
    above = image.crop((0, 0, 1200, MARGIN // 2))
    for edge in (right, above):
        assert edge.getcolors() == [(edge.width * edge.height, tuple(bytes.fromhex(PAPER[1:])))]
