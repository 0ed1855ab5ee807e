"""Where a piece goes in a text."""

import pytest

from kapsite.content_files.problems import Report
from kapsite.editor.writing.inserting import at_end, inserted
from kapsite.editor.writing.pieces import LISTS
from kapsite.pages.syntax.markdown import parse
from kapsite.pages.syntax.samples import BLOCKS

NOTE = "::: note\nRest.\n:::"


@pytest.mark.parametrize(
    ("piece", "after", "text"),
    [
        ("[@S1]", 1, "One [@S1].\n\nTwo [@S2].\n"),
        ("[@S1]", 3, "One.\n\nTwo [@S2; @S1].\n"),
        ("[@S1]", None, "One.\n\nTwo [@S2; @S1].\n"),
        ("[Risks](/risks/)", 2, "One.\n[Risks](/risks/)\nTwo [@S2].\n"),
        ("[A \\1 b](/risks/)", 99, "One.\n\nTwo [@S2] [A \\1 b](/risks/).\n"),
        (NOTE, 1, f"One.\n\n{NOTE}\n\nTwo [@S2].\n"),
        ("## Three", 1, "One.\n\n## Three\n\nTwo [@S2].\n"),
        ("- a\n- b", None, "One.\n\nTwo [@S2].\n\n- a\n- b\n"),
        (NOTE, None, f"One.\n\nTwo [@S2].\n\n{NOTE}\n"),
    ],
)
def test_without_script_it_goes_in_after_a_line(piece, after, text):
    assert inserted("One.\n\nTwo [@S2].\n", piece, after) == text


BUTTON = "::: action\nAsk us.\n:::\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"One.\n\n{BUTTON}", f"One.\n\n{NOTE}\n\n{BUTTON}"),
        (f"{BUTTON}\n## More\n\nTwo.\n", f"{BUTTON}\n## More\n\nTwo.\n\n{NOTE}\n"),
        ("One.\n", f"One.\n\n{NOTE}\n"),
    ],
)
def test_the_end_of_a_page_is_above_its_button(text, shown):
    assert at_end(text, NOTE) == shown


ASKED = "::: questions\n### One?\nYes.\n\n### Two?\nNo.\n:::\n\nEnd.\n"
FACTS = "::: key-facts\n- **A:** One.\n- **B:** Two.\n:::\n"
LIST = "- One.\n- Two.\n\nEnd.\n"
QUESTION, FACT = BLOCKS["questions"], BLOCKS["key-facts"]
BRING = "- **Name the first fact:** Say it in a few words."
NEW = "### Write a question here?\nWrite its answer here."


@pytest.mark.parametrize(
    ("text", "piece", "after", "found"),
    [
        (ASKED, QUESTION, 2, ASKED.replace("### Two", f"{NEW}\n\n### Two")),
        (ASKED, QUESTION, 6, ASKED.replace("No.\n", f"No.\n\n{NEW}\n")),
        (ASKED, QUESTION, 9, f"{ASKED}\n{QUESTION}\n"),
        (ASKED, NOTE, 2, ASKED.replace("End.", f"{NOTE}\n\nEnd.")),
        (FACTS, FACT, 2, FACTS.replace("- **B", f"{BRING}\n- **B")),
        (LIST, NOTE, 1, LIST.replace("End.", f"{NOTE}\n\nEnd.")),
        ("---\ntitle: A\n---\n\nText.\n", NOTE, 1, f"---\ntitle: A\n---\n\n{NOTE}\n\nText.\n"),
        ("::: note\nNot closed.\n", NOTE, 2, f"::: note\nNot closed.\n\n{NOTE}\n"),
    ],
)
def test_a_block_stands_alone_and_in_a_list_of_its_kind_it_is_one_more_entry(
    text, piece, after, found
):
    assert inserted(text, piece, after) == found


@pytest.mark.parametrize("name", LISTS)
def test_one_more_entry_of_a_list_makes_no_mistake(name):
    report, text = Report("page.md"), inserted(BLOCKS[name], BLOCKS[name], 2)
    parse(text, report)
    assert text.count(f"::: {name}") == 1
    assert report.problems == []


@pytest.mark.parametrize(
    ("events", "after", "year"),
    [
        ("### 1962: A\nOne.\n\n### March 2019: B\nTwo.", 2, "1962"),
        ("### 1962: A\nOne.\n\n### March 2019: B\nTwo.", 6, "2019"),
        ("### 1964 to 1965: A\nOne.", 2, "1965"),
        ("### About 400 BCE: A\nOne.\n\n### 1890s: B\nTwo.", 2, "1890"),
        ("### 1962: A\nOne.", 1, "1962"),
    ],
)
def test_a_new_event_begins_with_the_year_of_its_neighbor(events, after, year):
    text = inserted(f"::: timeline\n{events}\n:::\n", BLOCKS["timeline"], after)
    assert f"### {year}: Name what happened\n" in text
