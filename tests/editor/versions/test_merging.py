"""Two changes of one text are kept both, or not merged at all."""

import pytest

from kapsite.editor.versions.merging import with_both_lines

BEFORE = "one\ntwo\nthree\nfour\n"


@pytest.mark.parametrize(
    ("own", "theirs", "both"),
    [
        ("ONE\ntwo\nthree\nfour\n", "one\ntwo\nthree\nFOUR\n", "ONE\ntwo\nthree\nFOUR\n"),
        ("ONE\ntwo\nthree\nfour\n", "one\nTWO\nthree\nfour\n", "ONE\nTWO\nthree\nfour\n"),
        ("two\nthree\nfour\n", "one\ntwo\nthree\nfour\nfive\n", "two\nthree\nfour\nfive\n"),
        ("one\nTWO\nthree\nfour\n", "one\nTWO\nthree\n", "one\nTWO\nthree\n"),
        ("one\ntwo\nthree\nFOUR\n", "ONE\ntwo\nthree\nfour", "ONE\ntwo\nthree\nFOUR\n"),
    ],
)
def test_changes_of_different_lines_are_both_kept(own, theirs, both):
    assert with_both_lines(BEFORE, own, theirs) == both
    assert with_both_lines(BEFORE, theirs, own) == both


@pytest.mark.parametrize(
    ("published", "written_on"),
    [
        ("one\nA\ntwo\nthree\nfour\n", "one\nA\nB\ntwo\nthree\nfour\n"),
        ("one\nA\ntwo\nthree\nfour\n", "one\nB\nA\ntwo\nthree\nfour\n"),
        ("one\nTWO\nthree\nfour\n", "one\nTWO\nand more\nthree\nfour\n"),
        ("one\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nfive\nsix\n"),
    ],
)
def test_what_was_written_on_while_it_was_published_keeps_all_of_it(published, written_on):
    assert with_both_lines(BEFORE, written_on, published) == written_on
    assert with_both_lines(BEFORE, published, written_on) == written_on


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        ("ONE\ntwo\nthree\nfour\n", "uno\ntwo\nthree\nfour\n"),
        ("two\nthree\nfour\n", "uno\ntwo\nthree\nfour\n"),
        ("one\nmine\ntwo\nthree\nfour\n", "one\ntheirs\ntwo\nthree\nfour\n"),
        ("one\nmine\ntwo\nthree\nfour\n", "one\nTWO\nthree\nfour\n"),
        ("ONE\ntwo\nthree\nfour\n", ""),
    ],
)
def test_changes_of_the_same_lines_are_for_a_person_to_decide(own, theirs):
    assert with_both_lines(BEFORE, own, theirs) is None
    assert with_both_lines(BEFORE, theirs, own) is None
