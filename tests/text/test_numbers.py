"""Numbers that a page wrote into a form come back as numbers, and nothing else does."""

import pytest

from kapsite.text.numbers import number_in


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("42", 42), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "one", "٣", "²", "9" * 19])
def test_anything_else_is_none(text):
    assert number_in(text) == -1
