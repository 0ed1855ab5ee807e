"""What counts as a sentence, where it begins, and which citations are its own."""

import pytest

from kapsite.content_files.problems import Report
from kapsite.pages.language.sentences import lead_of, sentences_of
from kapsite.pages.syntax import frontmatter
from kapsite.pages.syntax.markdown import parse


def read(body: str):
    report = Report("page.md")
    return [sentence for sentence in sentences_of(parse(body, report), 1) if sentence.text]


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("One. Two.", [(1, "One.", ()), (1, "Two.", ())]),
        ("One.\nTwo.", [(1, "One.", ()), (2, "Two.", ())]),
        ("One\ngoes on.", [(1, "One goes on.", ())]),
        ("One [@S1]. Two.", [(1, "One.", ("S1",)), (1, "Two.", ())]),
        ("One. [@S1] Two.", [(1, "One.", ("S1",)), (1, "Two.", ())]),
        ("One.[@S1] Two.", [(1, "One.", ("S1",)), (1, "Two.", ())]),
        ("One.\n[@S1] Two.", [(1, "One.", ("S1",)), (2, "Two.", ())]),
        ("One [@S1; @R2], two [@S3].", [(1, "One, two.", ("S1", "R2", "S3"))]),
        ("About 2.5 in 100.", [(1, "About 2.5 in 100.", ())]),
        ("Ask Dr. Jones, e.g. today.", [(1, "Ask Dr. Jones, e.g. today.", ())]),
        ('He said "Yes." She did not.', [(1, 'He said "Yes."', ()), (1, "She did not.", ())]),
        ("Is it? It is!", [(1, "Is it?", ()), (1, "It is!", ())]),
        ("**Bold** and [a link](/x/).", [(1, "Bold and a link.", ())]),
        ("- a\n- b [@S1]", [(1, "a", ()), (2, "b", ("S1",))]),
        ("> Quoted.", [(1, "Quoted.", ())]),
        ("| A | B |\n|---|---|\n| c | d [@S1] |",
         [(1, "A", ()), (1, "B", ()), (3, "c", ()), (3, "d", ("S1",))]),
        ("## A question? Yes.", [(1, "A question? Yes.", ())]),
        ("::: steps\n### Call us\nNow.\n:::", [(2, "Call us", ()), (3, "Now.", ())]),
        ("ther\u00adapy &shy;x", [(1, "therapy x", ())]),
        ("![a drawing of a brain](images/b.png)", [(1, "a drawing of a brain", ())]),
    ],
)  # fmt: skip
def test_a_text_is_divided_into_sentences(body, sentences):
    assert [(s.line, s.text, s.citations) for s in read(body)] == sentences


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("Text.", ["sentence"]),
        ("- a\n  - b", ["list item", "list item"]),
        ("## A", ["heading"]),
        ("| A |\n|---|\n| b |", ["table cell", "table cell"]),
    ],
)
def test_a_sentence_knows_its_place(body, places):
    assert [sentence.place for sentence in read(body)] == places


def test_headings_first_cells_and_bold_beginnings_are_labels():
    body = "## A\n\n| B | C |\n|---|---|\n| d | e |\n\n- **Money.** Some text.\n- **Bold** text."
    labels = [sentence.text for sentence in read(body) if sentence.is_label]
    assert labels == ["A", "B", "C", "d", "Money."]


def test_a_position_in_a_sentence_has_its_line():
    [sentence] = read("One\ntwo three\nfour.")
    assert [sentence.line_at(sentence.text.index(word)) for word in ("One", "three", "four")] == [
        1, 2, 3,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lead", "lines"),
    [
        ("lead: One. Two.", [4, 4]),
        ("lead: >-\n  One is\n  here [@S1].\n  Two *is* here.", [5, 7]),
        ("lead: |\n  One.\n  Two.", [5, 6]),
        ('lead: "One.\n  Two."', [4, 5]),
    ],
)
def test_each_sentence_of_the_lead_has_its_line(lead, lines):
    head = f"---\ntitle: A page\ndescription: {'x' * 60}\n{lead}\n---\nText.\n"
    report = Report("page.md")
    document = frontmatter.read(head, report)
    assert report.problems == []
    assert [sentence.line for sentence in lead_of(document)] == lines
