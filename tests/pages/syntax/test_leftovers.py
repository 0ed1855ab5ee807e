"""Marks that do nothing here are named, with what to type instead; what people write is not."""

import pytest

from tests.pages.conftest import TODAY
from tests.pages.samples import check_content, make_content, make_page


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("See [[history]] now.", "A wiki link cannot be read. Fix: Write it like [History]("),
        ("See [[history|our history]].", "A wiki link cannot be read."),
        ("We said ~~Gone~~ this.", "Words cannot be struck out here. Fix: Remove them"),
        ("This is ==important== now.", "Words cannot be marked with ==. Fix: Write **bold**"),
        ("Rest now[^1].", "There are no footnotes here. Fix: Cite a source like [@S11]"),
        ("[^1]: The note.", "There are no footnotes here."),
        ("- [ ] task", "There are no check boxes here. Fix: Remove the [ ]."),
        ("- [x] task", "There are no check boxes here."),
        (":: note", "A block mark cannot be read. Fix: Begin the block with ::: and its name"),
        ("::note", "A block mark cannot be read."),
        ("：：：note", "A block mark cannot be read."),
        ("::", "A block mark cannot be read."),
        ("!!! note", "A block mark cannot be read."),
        ("> [!NOTE]", "Square brackets stand in the text."),
        ("• One", "A list item cannot be read. Fix: Begin it with a hyphen and a space: - item"),
        ("·\tOne", "A list item cannot be read."),
        ("o One", "A list item cannot be read."),
        ("– One", "A list item cannot be read."),
        ("☐ One", "A list item cannot be read."),
        ("- • One", "A list item cannot be read."),
        ("-One", "A list item cannot be read. Fix: Put a space after its hyphen: - item"),
        ("1.One", "A numbered item cannot be read. Fix: Begin it with its number"),
        ("a) One", "A numbered item cannot be read."),
        ("(1) One", "A numbered item cannot be read."),
        ("***", "A line of signs stands here."),
        ("———", "A line of signs stands here."),
        ("~~~", "A line of signs stands here."),
        ("##1. Heading", "A heading cannot be read."),
        ("(risks)[/risks/]", "A link is the wrong way round. Fix: Write it like [risks](/risks/)"),
        ("[risks]: /risks/", "Square brackets stand in the text."),
        ("Call [clinic phone].", "Square brackets stand in the text. Fix: Write a link like"),
        ("[Home](/ “Home”)", "A link cannot be read."),
        ('[Home](/ "Start")', '"Start" would not be shown. Fix: Write [Home](/)'),
        ("[Home](“/”)", "The link “/” has quotes around it. Fix: Write /"),
        ("[x](https://www.google.com/url?q=https://a.org)", "leads through another site."),
        ("Go to https://example.org now.", "An address stands in the text without a link."),
        ("Go to www.example.org now.", "An address stands in the text without a link."),
        ("Write to a@example.org.", "An email address stands in the text without a link."),
        ("Call {phone} now.", "Braces stand in the text."),
        ("One\ttwo.", "A tab stands in the text."),
        ("One &foo; two.", "A character code cannot be read. Fix: Type the character itself."),
        ("One &amp;nbsp; two.", "A character code cannot be read."),
        ("One &copy two.", "A character code cannot be read."),
        ("This is _important.", "An _ stands in the text."),
        ("Smile :smile: now.", "A code for an emoji stands in the text."),
        ("'''Bold''' words.", "Marks of a wiki stand in the text."),
        ("Five mg/m^2^ now.", "Marks of another program stand in the text."),
        ("One ++two++ three.", "Marks of another program stand in the text."),
        ("One -- two.", "Two hyphens stand in the text."),
        ("H~2~O is water.", "Marks of another program stand in the text."),
        ("One //two// three.", "Marks of another program stand in the text."),
        ("𝗕𝗼𝗹𝗱 words.", "Letters of an odd kind stand here"),
        ("Go to 988lifeline.org now.", "An address stands in the text without a link."),
        ("[x](https://example.org/a b)", "A link cannot be read. Fix: Write it like"),
        ("(risks)(/risks/)", "A link cannot be read."),
        ("DRAFT", '"DRAFT" says that something is still to be written.'),
        ("Our CLINIC HERE.", '"CLINIC HERE" says that something is still to be written.'),
        ("tbd", '"tbd" says that something is still to be written.'),
        ("One | two.", "A | stands in the text."),
        ("TODO", '"TODO" says that something is still to be written. Fix: Write it'),
        ("It costs XXX dollars.", '"XXX" says that something is still to be written.'),
        ("**TBD:** more.", '"TBD" says that something is still to be written.'),
        ("Lorem ipsum dolor.", '"Lorem ipsum" says that something is still to be written.'),
        ("FIXME", '"FIXME" says that something is still to be written.'),
        ("", "The page has no text. Fix: Write it below the second line ---."),
        (" \n\xa0\n", "The page has no text."),
    ],
)
def test_what_does_nothing_is_named_once_with_its_fix(problems_with, body, message):
    [problem] = problems_with(body)
    assert problem.startswith("content/page.md:5: ")
    assert message in problem


def test_a_numbered_line_inside_a_paragraph_is_no_list(problems_with):
    [problem] = problems_with("We rest:\n2. at home")
    assert problem.startswith("content/page.md:6: A numbered item stands inside a paragraph.")


def test_each_kind_on_a_line_is_named(problems_with):
    assert len(problems_with("- [ ] ==one== and ~~two~~ and [[three]]")) == 4


def test_a_line_with_a_slip_is_not_told_of_its_full_stop(problems_with):
    [problem] = problems_with("| one of the two cells | another one of the two |\nThen a line.")
    assert "A table cannot be read." in problem


@pytest.mark.parametrize(
    "body",
    [
        "At 9:30 (or 9-10) we rest: all of us.",
        "“Rest,” she said – then left.",
        "A 50/50 chance, 5 < 6, 3 = 3, A+ and $5.",
        "Dr. A. Smith & Q&A.",
        "#1 of two.",
        "1970. It began.",
        "- 5 is less than 6.",
        "-5 degrees.",
        "1. One\n2. Two",
        "1) One\n2) Two",
        "An _emphasis_ and a **bold _word_**.",
        "A snake\\_case word.",
        "Go to <https://example.org>.",
        "[https://example.org](https://example.org)",
        "| A | B |\n|---|---|\n| – | a \\| b |\n| 1. x | o y |",
        "**Label**: text.",
        "One, two … and so on.",
        "What to do: rest.",
    ],
)
def test_what_people_write_is_fine(problems_with, body):
    assert problems_with(body) == []


@pytest.mark.parametrize("text", ["TODO: write this", "Todo: x", "Lorem ipsum dolor sit amet"])
def test_unfinished_words_are_found_beside_the_text_too(tmp_path, text):
    page = make_page(title=f'"{text}"', changes=f'[{{on: 2026-11-22, note: "{text}"}}]')
    content = make_content(tmp_path, page=page)
    (content / "glossary.yaml").write_text(f'Placebo: {{meaning: "{text}."}}\n')
    found = [(problem.file, problem.line) for problem in check_content(content, TODAY)]
    assert found == [("content/glossary.yaml", 1), ("content/page.md", 2), ("content/page.md", 4)]
