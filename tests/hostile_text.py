"""Text that is expensive to read: each kind for something that could take quadratic time over it.

``ALPHABETS`` maps a name to a function that makes as many characters of it as are wanted.
"""

from collections.abc import Callable
from itertools import pairwise, product

Alphabet = Callable[[int], str]
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # one picture of five characters
SYLLABLES = [a + b + c for a, b, c in product("bcdfgklmnp", "aeiou", "lmnrst")]


def again(unit: str) -> Alphabet:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def marks_out_of_order(size: int) -> str:
    """Normal forms sort them by insertion."""
    return "a" + "\u0315" * (size // 2) + "\u0316" * ((size - 1) // 2)


ALPHABETS: dict[str, Alphabet] = {
    "marks out of order": marks_out_of_order,
    "marks in turns": again("\u0315\u0316"),
    "marks, unseen between": again("\u0315" * 15 + "\u0316" * 15 + "\u200b"),
    "marks, apostrophes between": again("\u0315" * 15 + "\u0316" * 15 + "'"),
    "made of marks": again("\u0f73\u0316"),
    "wide and narrow marks": again("\uff9e\u0334"),
    "one sign, 18 letters": again("\ufdfa"),
    "Hangul jamo": again("\u1100\u1161\u11a8"),
    "typed as four": again("\u0391\u0314\u0342\u0345"),
    "folds to three": again("\u0390"),
    "family emoji": again(FAMILY),
    "tags": again("\U000e0041"),
    "flags and tags": again("\U0001f3f4\U000e0067"),
    "directions": again("\u202e\u2066"),
    "joiners": again("\u200da"),
    "not": again("not "),
    "I want": again("I want to "),
    "short words": again(" ".join(SYLLABLES) + " "),
    "long words": again(" ".join(one + two for one, two in pairwise(SYLLABLES)) + " "),
    "hidden letters": again(" ".join("*".join(each) for each in SYLLABLES) + " "),
    "spelled out": again("k.i.l.l. "),
    "underscores": again("a_"),
    "stars": again("a*"),
    "digits in words": again("a1"),
    "digits": again("1"),
    "phone numbers": again("425-555-0142 "),
    "digits and dots": again("12."),
    "plus signs": again("+"),
    "extensions": again("1 ext 2 "),
    "brackets": again("("),
    "at signs": again("a@"),
    "dots": again("a."),
    "no letters of a domain": again("\u4e00."),
    "angle brackets": again("<"),
    "tags of a page": again("<a "),
    "tags of a forum": again("[b "),
    "addresses": again("www.a "),
    "full stops": again(". "),
    "question marks": again("?"),
    "spaces": again(" "),
    "spaces and a letter": lambda size: "a" + " " * (size - 2) + "b",
    "tabs": again("\t"),
    "lines": again("\r\n"),
    "lines and a letter": lambda size: "a" + "\n" * (size - 2) + "b",
    "quotes": again('"'),
    "ampersands": again("&"),
    "percent signs": again("%"),
    "semicolons": again("; "),
    "commas": again(","),
    "equals": again("="),
    "slashes": again("/"),
    "backslashes": again("\\"),
    "open lists": again("["),
    "JSON": again('{"a":['),
}
PLAIN = "plain words"
ALPHABETS[PLAIN] = again("words ")
# One of each kind, where it would take too long to try them all.
SOME = (
    *("marks out of order", "made of marks", "one sign, 18 letters", "Hangul jamo"),
    *("family emoji", "tags", "directions", "not", "digits", "brackets", "at signs", "dots"),
    *("percent signs", "quotes"),
)
FEW = ("marks out of order", "one sign, 18 letters", "quotes")
