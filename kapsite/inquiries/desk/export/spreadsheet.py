"""Text for a cell of a CSV file, so that a spreadsheet shows it and does not work it out.

The rule: what was typed stays as it is, unless a program would take it for a formula, a number or
a date. Then a phone number is written as people dial it, "(425) 555-0133 ext. 12" or
"(+44) 20 7946 0958", which no spreadsheet takes for anything else, and one that nobody can dial
after words that say so. Everything else gets an apostrophe in front, the sign for "this is text".
Our own values, such as dates and numbers of attempts, stay what they are.
"""

import re

from kapsite.text.phone_numbers import phone_numbers, readable

# A formula begins a cell: after spaces and quotes too, and in a part of the world where a
# semicolon or a tab ends a cell, in the middle of a text. OWASP, "CSV Injection"; the wide forms
# are for Excel in East Asia. Of many line breaks only the last counts: looking from each of them
# to the end of all takes quadratic time.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=(?:[^\S\t\r\n]|[\"'])*[=+\-@\t\r＝＋－＠])")
# "0042" would lose its zeros, "1e5" become 100000, "12/5" a day in December, "(425)" minus 425.
NUMBER = re.compile(r"[\s($€£]*[.,]?\d[\d\s.,:/-]*(?:[Ee][+-]?\d+)?[)%]*")
LETTERS = re.compile(r"[^\W\d_]")


def no_formula(text: str) -> str:
    return FORMULA.sub(r"\1'", text)


def as_text(typed: str) -> str:
    text = no_formula(typed)
    return f"'{text}" if NUMBER.fullmatch(text.rstrip()) else text


def phone_as_text(typed: str) -> str:
    """With all that was typed if it says more than the number."""
    if as_text(typed) == typed:
        return typed
    if not (found := phone_numbers(typed)):
        return no_formula(f"Can’t be dialed: {typed.strip()}")
    dialed = to_dial(found)
    words = LETTERS.search(typed)
    return no_formula(f"{dialed} (as entered: {typed.strip()})") if words else dialed


def to_dial(numbers: list[str]) -> str:
    """A country code in parentheses: a plus sign would begin a formula."""
    return " or ".join(re.sub(r"^\+(\d+)", r"(+\1)", readable(number)) for number in numbers)
