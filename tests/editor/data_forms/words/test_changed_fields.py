"""Two texts side by side, for someone who reads no signs."""

import pytest

from kapsite.editor.data_forms.words.changed_fields import file_side_by_side
from tests.pages.samples import make_page

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def after(name, before, text):
    rows = file_side_by_side(name, before, text)
    return [(row.label, "".join(words for _, words in row.after)) for row in rows]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("### When to call {#call}", "Smaller heading: When to call (section call)"),
        ("## When to call", "Heading: When to call"),
        ("It helps [@S1; @S2].", "It helps (sources S1, S2)."),
        ("See [the risks](/risks/).", "See the risks (link to /risks/)."),
        ('::: chart id="quiet-room"', "Chart “quiet-room”"),
        ('::: care level="soon"', "Care (level: soon)"),
        (":::", "End of the block"),
    ],
)
def test_a_line_of_a_page_is_in_words(line, words):
    found = after("risks.md", make_page("Text."), make_page(line))
    assert found[0] == ("", words)


SOURCE = """\
S1:
  title: A trial
  kind: {kind}
  check: {check}
  shows: What it shows.
  details: {details}
"""


def test_a_choice_is_as_in_the_form_and_what_readers_do_not_see_comes_last():
    before = SOURCE.format(kind="trial", check="A", details="One.")
    text = SOURCE.format(kind="review", check="B", details="Two [@S2].")
    rows = file_side_by_side("sources.yaml", before, text)
    assert [row.is_unseen for row in rows] == [False, False, True]
    assert after("sources.yaml", before, text)[1][1] == "B: a report about it"
    assert rows[2].label.endswith("More of what it says")


def test_a_change_that_words_do_not_show_is_shown_as_it_is_written():
    found = after("risks.md", make_page("It helps [@S1;@S2]."), make_page("It helps [@S1; @S2]."))
    assert any("[@S1; @S2]" in words for _, words in found)
