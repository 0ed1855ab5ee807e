"""What comes from Word with a text becomes what the site's files have."""

import pytest

from kapsite.editor.data_forms.files import front_matter
from kapsite.editor.writing.pasted import tidied
from kapsite.pages.load.page_file import FRONT_MATTER

HEAD = "---\ntitle: “Home”\n---\n"


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("It’s “good”.", 'It\'s "good".'),
        ("9\u00a0in\u202f100", "9 in 100"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
        ("•\tWater\n•\tBread", "- Water\n- Bread"),
        ("\uf0b7\tWater", "- Water"),
        ("o\tWater", "- Water"),
        ("1.\tCall us", "1. Call us"),
        ("\t- below", "  - below"),
        ("Monday\tRest", "Monday Rest"),
        ("One line\x0banother", "One line\nanother"),
        ("One\r\ntwo\rthree", "One\ntwo\nthree"),
        ("only words", "only words"),
        ("- Water\n\n::: note\nRest.\n:::", "- Water\n\n::: note\nRest.\n:::"),
    ],
)
def test_signs_of_word_become_plain_ones(pasted, kept):
    assert tidied(HEAD + pasted) == f"{HEAD}{kept}\n"
    assert tidied(pasted) == f"{kept}\n"


@pytest.mark.parametrize("end", [front_matter.HEAD, FRONT_MATTER])
def test_the_end_of_front_matter_is_looked_for_once(end):
    """From each of many empty lines it took the square of their number: a quarter of an hour."""
    assert end.match("---" + "\n" * 300_000) is None
