"""How a text is written: links, code, random letters, language. Plain Python."""

import re

from kapsite.text.cleaning import normalize

MIN_TO_JUDGE = 20  # letters; shorter texts have no style
SHORTEST_RANDOM = 5  # letters of a word
MIN_RANDOM = 10  # letters of a message

# A bare domain needs an ending that is no word, since people forget the space after a period:
# "mornings.Tuesdays/Thursdays", "No.I/we". RFC 2606 has .example for examples.
ENDINGS = "com|net|org|edu|gov|ly|gl|ru|cn|uk|xyz|icu|example"
LINK = re.compile(
    r"https?://[^\s\]\"'>]+|\bwww\.[^\s\]\"'>]+"
    rf"|(?<![@\w.-])(?:(?:[a-z0-9-]+\.)+(?:{ENDINGS})|t\.me|wa\.me|youtu\.be)/[^\s\]\"'>]*",
    re.IGNORECASE,
)
# What makes a link or runs, and what only shapes the text: an app may add that when pasting.
LINK_TAG = re.compile(
    r"<(?:a|img|iframe|script|form)\s[^<>]*=|</(?:a|iframe|script|form)\s*>|<(?:iframe|script)>"
    r"|\[(?:url|link|img)=|\[/(?:url|link|img)\]",
    re.IGNORECASE,
)
SHAPE_TAG = re.compile(
    r"</?(?:b|i|u|p|br|div|span|strong|em|font|h\d)\s*/?>|\[/?b\]", re.IGNORECASE
)
MESSENGER = re.compile(r"telegram|whats ?app|we ?chat|wickr|\bt\.me\b|телеграм|微信", re.I)
MIXED_WORD = re.compile(r"[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
# Rolled on the keys: neighbors in a row, or no vowel for long. In Welsh w and y are vowels, in
# Czech l and r; German has long runs, but then vowels around them: "Kopfschmerzen".
NEIGHBORS = re.compile("qwert|asdf|sdfg|dfgh|fghj|ghjk|hjkl|zxcv|xcvb|cvbn|lkjh|kjhg|poiu|mnbv")
NO_VOWEL = re.compile("[^aeiouwylr]{5}")
WITHOUT_VOWELS = str.maketrans("", "", "aeiouwy")
FEW_VOWELS = 0.18  # of the letters of a word
RANDOM_CASE = re.compile(r"(?:[a-z]+[A-Z]+){4}")  # "xKdLpQwZr"; "iPhone" has one
# The word lists know English and Spanish only, so a message must show that it is one of them.
ONLY_HERE = re.compile(
    r"\b(?:the|this|that|these|you|your|with|have|has|are|our|from|just|what|here|they|them|there"
    r"|it|want|something|about|any|some|who|would|could|please|off|best|get"
    r"|el|los|las|usted|ustedes|nuestr[oa]s?|muy|hoy)\b"
)
# Their words are not in the lists, and look like some: "sem" is Portuguese for without.
ANOTHER_ALPHABET = re.compile("[àâãäåæçèêëìîïðòôõöøùûýþßÿ\u0100-\u024f\u1e00-\u1eff]")
ALSO_ELSEWHERE = re.compile(r"\b(?:a|at|be|do|i|in|is|me|my|of|on|so|to|we|and|for|now|y|con|de)\b")


def has_random_letters(message: str) -> bool:
    """Whether most of the message are words that nobody would write."""
    letters, words = count_letters(message), WORD.findall(LINK.sub(" ", message))
    random = [len(word) for word in words if is_random(word)]
    return letters >= MIN_RANDOM and len(random) >= 2 and sum(random) > 0.5 * letters


def is_random(word: str) -> bool:
    """Marks are stripped first: most vowels of Vietnamese have one."""
    plain = word
    if not word.isascii():
        plain = "".join(sign for sign in normalize("NFKD", word) if sign.isalpha())
    if not plain.isascii() or len(plain) < SHORTEST_RANDOM:
        return False
    lower = plain.lower()
    vowels = len(lower) - len(lower.translate(WITHOUT_VOWELS))
    mashed = vowels < FEW_VOWELS * len(plain) and NO_VOWEL.search(lower)
    return bool(mashed or NEIGHBORS.search(lower) or RANDOM_CASE.match(plain))


def count_letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def is_in_a_known_language(text: str) -> bool:
    ours = len(ONLY_HERE.findall(text.lower()))
    all_of_them = ours + len(ALSO_ELSEWHERE.findall(text.lower()))
    is_full_of_them = all_of_them >= max(3, 0.4 * len(WORD.findall(text)))
    return (ours >= 2 or is_full_of_them) and count_letters(text) >= MIN_TO_JUDGE
