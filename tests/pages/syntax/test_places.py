import pytest

from kapsite.pages.syntax.places import in_places


@pytest.mark.parametrize(
    ("numbers", "order"),
    [
        ({}, "abcde"),
        ({"d": 1}, "dabce"),
        ({"a": 3}, "bcade"),
        ({"d": 2, "a": 4}, "bdcae"),
        ({"a": 5, "e": 1}, "ebcda"),
        ({"b": 1, "d": 1}, "bdace"),
        ({"a": 99}, "bcdea"),
    ],
    ids=["no numbers", "up", "down", "both", "the ends", "one number twice", "beyond the end"],
)
def test_what_has_a_number_is_at_that_place(numbers, order):
    assert "".join(in_places("abcde", numbers.get)) == order
