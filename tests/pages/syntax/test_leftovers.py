"""Marks that do nothing here are named, with what to type instead; what people write is not."""

import pytest

from tests.pages.samples import check_content, make_content, make_page


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("See [[history]] now.", "Wiki links don't work here. Fix: Write it like [History]("),
        ("See [[history|our history]].", "Wiki links don't work here."),
        ("We said ~~Gone~~ this.", "Strikethrough doesn't work here. Fix: Remove the words"),
        (
            "This is ==important== now.",
            "Highlighting with == doesn't work here. Fix: Write **bold**",
        ),
        ("Rest now[^1].", "Footnotes don't work here. Fix: Cite a source like [@S11]"),
        ("[^1]: The note.", "Footnotes don't work here."),
        ("- [ ] task", "Check boxes don't work here. Fix: Remove the [ ]."),
        ("- [x] task", "Check boxes don't work here."),
        (":: note", "This block marker can't be read. Fix: Begin the block with ::: and its name"),
        ("::note", "This block marker can't be read."),
        ("：：：note", "This block marker can't be read."),
        ("::", "This block marker can't be read."),
        ("!!! note", "This block marker can't be read."),
        ("> [!NOTE]", "There are square brackets in the text."),
        ("• One", "This list item can't be read. Fix: Begin it with a hyphen and a space: - item"),
        ("·\tOne", "This list item can't be read."),
        ("o One", "This list item can't be read."),
        ("– One", "This list item can't be read."),
        ("☐ One", "This list item can't be read."),
        ("- • One", "This list item can't be read."),
        ("-One", "This list item can't be read. Fix: Put a space after its hyphen: - item"),
        ("1.One", "This numbered item can't be read. Fix: Begin it with its number"),
        ("a) One", "This numbered item can't be read."),
        ("(1) One", "This numbered item can't be read."),
        ("***", "This line has only symbols."),
        ("———", "This line has only symbols."),
        ("~~~", "This line has only symbols."),
        ("##1. Heading", "This heading can't be read."),
        (
            "(risks)[/risks/]",
            "This link is the wrong way around. Fix: Write it like [risks](/risks/)",
        ),
        ("[risks]: /risks/", "There are square brackets in the text."),
        ("Call [clinic phone].", "There are square brackets in the text. Fix: Write a link like"),
        ("[Home](/ “Home”)", "This link can't be read."),
        ('[Home](/ "Start")', '"Start" wouldn\'t be shown. Fix: Write [Home](/)'),
        ("[Home](“/”)", "The link “/” has quotes around it. Fix: Write /"),
        ("[x](https://www.google.com/url?q=https://a.org)", "goes through another site."),
        ("Go to https://example.org now.", "This web address isn't a link."),
        ("Go to www.example.org now.", "This web address isn't a link."),
        ("Write to a@example.org.", "This email address isn't a link."),
        ("Call {number} now.", "There are braces in the text."),
        ("One\ttwo.", "There is a tab in the text."),
        ("One &foo; two.", "This character code can't be read. Fix: Type the character itself."),
        ("One &amp;nbsp; two.", "This character code can't be read."),
        ("One &copy two.", "This character code can't be read."),
        ("This is _important.", "There is a stray _ in the text."),
        ("Smile :smile: now.", "There is an emoji code in the text."),
        ("'''Bold''' words.", "There is wiki markup in the text."),
        ("Five mg/m^2^ now.", "There is markup from another program in the text."),
        ("One ++two++ three.", "There is markup from another program in the text."),
        ("One -- two.", "There are two hyphens in the text."),
        ("H~2~O is water.", "There is markup from another program in the text."),
        ("One //two// three.", "There is markup from another program in the text."),
        ("𝗕𝗼𝗹𝗱 words.", "These are special letters that screen"),
        ("Go to 988lifeline.org now.", "This web address isn't a link."),
        ("[x](https://example.org/a b)", "This link can't be read. Fix: Write it like"),
        ("(risks)(/risks/)", "This link can't be read."),
        ("DRAFT", '"DRAFT" marks unfinished text.'),
        ("Our CLINIC HERE.", '"CLINIC HERE" marks unfinished text.'),
        ("tbd", '"tbd" marks unfinished text.'),
        ("One | two.", "There is a | in the text."),
        ("TODO", '"TODO" marks unfinished text. Fix: Finish it'),
        ("It costs XXX dollars.", '"XXX" marks unfinished text.'),
        ("**TBD:** more.", '"TBD" marks unfinished text.'),
        ("Lorem ipsum dolor.", '"Lorem ipsum" marks unfinished text.'),
        ("FIXME", '"FIXME" marks unfinished text.'),
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
    assert problem.startswith("content/page.md:6: A numbered item is inside a paragraph.")


def test_each_kind_on_a_line_is_named(problems_with):
    assert len(problems_with("- [ ] ==one== and ~~two~~ and [[three]]")) == 4


def test_a_line_with_a_slip_is_not_told_of_its_full_stop(problems_with):
    [problem] = problems_with("| one of the two cells | another one of the two |\nThen a line.")
    assert "This table can't be read." in problem


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
    found = [(problem.file, problem.line) for problem in check_content(content)]
    assert found == [("content/glossary.yaml", 1), ("content/page.md", 2), ("content/page.md", 4)]
