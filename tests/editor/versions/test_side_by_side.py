"""What changed between two texts, line by line and word by word."""

from difflib import SequenceMatcher

from kapsite.editor.versions.side_by_side import (
    MOST_LINES,
    MOST_PAIRS,
    MOST_ROWS,
    MOST_WORDS,
    side_by_side,
)


def differing(parts):
    return [text for is_changed, text in parts if is_changed]


def test_the_same_text_has_no_rows():
    assert side_by_side("a\nb\n", "a\nb\n") == []


def test_only_the_words_that_differ_are_marked():
    [row] = side_by_side("It may help some people.", "It may help a few people.")
    assert (differing(row.before), differing(row.after)) == ([" some"], [" a few"])


def test_a_line_of_context_stands_around_a_change_and_the_rest_is_left_out():
    before = [str(number) for number in range(30)]
    after = [*before[:10], "new", *before[11:20], "newer", *before[21:]]
    rows = side_by_side("\n".join(before), "\n".join(after))
    assert [row.number for row in rows] == [10, 11, 12, None, 20, 21, 22]


def test_added_and_removed_lines_have_an_empty_other_side():
    [_, added] = side_by_side("a", "a\nb")
    [_, removed] = side_by_side("a\nb", "a")
    assert (added.before, differing(added.after)) == ((), ["b"])
    assert (differing(removed.before), removed.after) == (["b"], ())


def test_a_removed_line_has_no_number_of_the_line_after_it():
    rows = side_by_side("a\nb\nc", "a\nc")
    assert [row.number for row in rows] == [1, None, 2]
    assert not any(row.is_gap for row in rows)


def test_empty_lines_are_shown_only_if_nothing_else_is_changed():
    [_, added] = side_by_side("a", "a\n\nb")
    assert (added.number, differing(added.after)) == (3, ["b"])
    assert [row.is_blank for row in side_by_side("a\nb", "a\n\nb")] == [False, True, False]


def test_a_very_long_line_is_marked_from_its_first_difference_to_its_last():
    long = "word " * MOST_WORDS
    [row] = side_by_side(f"{long}one, two, three.", f"{long}1, two, 3.")
    assert differing(row.after) == [" 1, two, 3."]


def test_a_text_made_to_be_slow_is_compared_in_a_moment(monkeypatch):
    """Words and lines that match one by one took the cube of their number: hours."""
    longest = []
    compare = SequenceMatcher.get_opcodes
    monkeypatch.setattr(
        SequenceMatcher,
        "get_opcodes",
        lambda made: longest.append(len(made.a) * len(made.b)) or compare(made),
    )
    words = side_by_side("a b " * 1_000, "a c " * 1_000)
    lines = side_by_side("a\nb\n" * 100_000, "a\nc\n" * 100_000)
    many = side_by_side("\n".join(["a b " * 100] * 500), "\n".join(["a c " * 100] * 500))
    assert len(words) == 1
    assert len(lines) == MOST_ROWS + 1
    assert len(many) == 500
    assert sum(longest) <= MOST_LINES**2 + MOST_PAIRS


def test_many_equal_lines_are_compared_in_a_moment():
    """Each with each would be a hundred million comparisons."""
    rows = side_by_side("same\n" * 10_000, "same\n" * 9_999 + "other\n")
    assert differing(rows[-1].after) == ["other"]
