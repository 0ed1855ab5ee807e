"""What becomes of a page where it named another that is gone."""

import pytest

from kapsite.editor.structure.places.mentions import mentions, reworded
from kapsite.editor.structure.places.mentions_form import MentionsForm
from tests.pages.samples import make_page

GONE = make_page(title="A safety plan")
LINK = "[Fill in a safety plan](/plan/)"


def without_mentions(body: str) -> str:
    texts = {"index.md": make_page(body), "plan.md": GONE}
    after = reworded(texts, dict.fromkeys(mentions(texts, "plan.md"), ""))
    return after["index.md"].split("---\n")[2].strip()


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (f"## One\nText.\n\n## Two\n{LINK}.\n", "## One\nText."),
        (f"## One\n{LINK}.\n\n## Two\nText.\n", "## Two\nText."),
        (f"## One\n\n{LINK}.\n\n### Two\nText.\n", "## One\n\n### Two\nText."),
        (f"::: steps\n### One\nText.\n\n### Two\n{LINK}.\n:::", "::: steps\n### One\nText.\n\n:::"),
        (f"::: steps\n### One\n{LINK}.\n\n### Two\nText.\n:::", "::: steps\n\n### Two\nText.\n:::"),
        (f"## One\n{LINK}. More.\n", "## One\nMore."),
    ],
)
def test_a_heading_goes_with_the_last_that_is_below_it(body, left):
    assert without_mentions(body) == left


def test_an_entry_is_said_in_other_words_without_its_marker():
    body = f"- One.\n- **Before {{hand}}:** {LINK}.\n- Three.\n"
    texts = {"index.md": make_page(body), "plan.md": GONE}
    [place] = mentions(texts, "plan.md")
    assert place.words == "Before: Fill in a safety plan."
    assert place.typed == place.words
    words = place.said_as("Before: Ask someone.")
    after = reworded(texts, {place: words})["index.md"]
    assert "- One.\n- **Before {hand}:** Ask someone.\n- Three.\n" in after


def test_a_row_of_a_table_keeps_its_cells():
    body = f"| A | B |\n|---|---|\n| One [@S1] | {LINK} |\n"
    texts = {"index.md": make_page(body), "plan.md": GONE}
    [place] = mentions(texts, "plan.md")
    assert place.typed == "One | Fill in a safety plan"
    after = reworded(texts, {place: place.said_as("Two | Ask someone")})["index.md"]
    assert "|---|---|\n| Two [@S1] | Ask someone |\n" in after


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"{LINK} [@S1; @S2].", "The sources S1 and S2 stay, unless you remove the sentence."),
        (f"- {LINK} [@S1].", "The source S1 stays, unless you remove the entry."),
        (f"| A |\n|---|\n| {LINK} [@S1] |", "The source S1 stays, unless you remove the row."),
    ],
)
def test_sources_stay_unless_their_place_is_removed(body, said):
    texts = {"index.md": make_page(body), "plan.md": GONE}
    titles = {"index.md": "Home", "plan.md": "Plan"}
    form = MentionsForm(None, mentions(texts, "plan.md"), titles, "/plan/", "index.md")
    [row] = form.rows()
    assert row.carried == said
