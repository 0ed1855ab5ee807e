"""Words that the site does not use, wherever an editor may write them."""

import pytest

from tests.pages.samples import FILES, MEDICINES, check_content, make_content, make_page

SAYS = 'We don\'t say "miracle". It is a promise. Fix: Say instead: may help some people'


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("A miracle.", 5),
        ("It is\na miracle.", 6),
        ("## A miracle", 5),
        ("- one\n- miracle", 6),
        ("| A | B |\n|---|---|\n| c | miracle |", 7),
        ("::: steps\n### A miracle\nText.\n:::", 6),
        ("A **miracle**.", 5),
        ("A mir&shy;acle.", 5),
    ],
)
def test_a_word_to_avoid_is_an_error_where_it_stands(problems_with, body, line):
    expected = f"content/page.md:{line}: {SAYS}"
    assert problems_with(body) == [expected.replace("&shy;", "")]


@pytest.mark.parametrize("word", ["MIRACLE", "Game-changer", "game changer", "game\u2011changer"])
def test_capitals_and_hyphens_make_no_difference(problems_with, word):
    [problem] = problems_with(f"A {word}.")
    assert f'We don\'t say "{word}".' in problem


def test_only_whole_words_count(problems_with):
    assert problems_with("Miraculous miracles.") == []


def test_every_slip_is_named(problems_with):
    assert len(problems_with("A miracle and a game-changer, a miracle.")) == 3


@pytest.mark.parametrize(
    ("front_matter", "line"),
    [
        ({"title": "A miracle page"}, 2),
        ({"menu": "Miracle"}, 4),
        ({"description": "A miracle for everyone, told at length on one page."}, 3),
        ({"lead": "A miracle."}, 4),
        ({"lead": ">-\n  It is\n  a miracle."}, 6),
        ({"changes": "\n  - on: 2026-11-22\n    note: A miracle."}, 6),
        ({"reviewed_by": "Dr. Miracle", "reviewed_on": "2026-11-22", "review_by": "2027-01-01"},
         4),
    ],
)  # fmt: skip
def test_front_matter_is_read_too(problems_with, front_matter, line):
    [problem] = problems_with(**front_matter)
    assert problem.lower().startswith(f'content/page.md:{line}: we don\'t say "miracle".')


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("glossary.yaml", "Dose:\n  meaning: A miracle.\n"),
        ("glossary.yaml", "Cure:\n  meaning: x\nMiracle:\n  meaning: x\n"),
        ("clinic.yaml", FILES["clinic.yaml"].replace("Test Clinic", "Miracle")),
        ("medicines.yaml", MEDICINES.replace("Approved for adults", "A miracle")),
        ("sources.yaml", "C1: {title: x, kind: crisis, check: A, shows: A miracle.}\n"
                         "S1: {title: x, kind: trial, check: A, shows: x}\n"
                         "S2: {title: x, kind: trial, check: A, shows: x}\n"),
    ],
)  # fmt: skip
def test_the_data_that_pages_draw_from_is_read_too(tmp_path, file, text):
    content = make_content(tmp_path)
    (content / file).write_text(text)
    [problem] = check_content(content)
    line = 1 + text.lower()[: text.lower().index("miracle")].count("\n")
    assert (problem.file, problem.line) == (f"content/{file}", line)


def test_the_titles_that_others_gave_are_left_alone(tmp_path):
    content = make_content(tmp_path)
    sources = (content / "sources.yaml").read_text()
    (content / "sources.yaml").write_text(sources.replace("First trial", "A miracle trial"))
    assert check_content(content) == []


@pytest.mark.parametrize(("text", "count"), [("FDA-approved KAP.", 1), ("No FDA-approved KAP.", 0)])
def test_a_word_can_make_the_sentence_right(problems_with, text, count):
    found = [problem for problem in problems_with(f"{text} [@S1]") if "don't say" in problem]
    assert len(found) == count


def test_a_phrase_is_found_across_lines(problems_with):
    [problem] = problems_with("Yes.\nAn FDA-approved\nkap [@S1].")
    assert problem.startswith('content/page.md:6: We don\'t say "FDA-approved kap".')


def test_a_mistake_in_the_list_itself_has_its_line(tmp_path):
    content = make_content(tmp_path, page=make_page())
    (content / "wording.yaml").write_text("- avoid: [a b]\n  say: x\n  wy: y\n")
    assert [str(problem) for problem in check_content(content)] == [
        'content/wording.yaml:1: "why" is missing. Fix: Add a line `why: …`.',
        'content/wording.yaml:3: "wy" isn\'t a known key. Fix: Did you mean "why"?',
    ]
