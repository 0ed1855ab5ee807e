"""What people type, as plain words with known spellings put right. Plain Python."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice

from .cleaning import normalize

MOST_READ = 2_000  # characters, when letters and marks are taken apart and the marks are gone
MIN_TYPO = 5  # letters; shorter words turn into other words with one typo

APOSTROPHES = re.compile("['’‘`´ʼ′＇]")
SPELLED_OUT = re.compile(r"\b[^\W_]([ ._-])[^\W_](?:\1[^\W_]){2,}\b")  # "k.i.l.l"
LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
DISGUISED = re.compile(r"\b(?=\w*[^\W\d_])\w*\d\w*|(?<=[^\W\d_])[@$!](?=[^\W\d_])")
STARRED = r"[^\W_]+(?:\*+[^\W_]+)*"  # a word, perhaps with letters hidden: "k*ll"
SENTENCE_END = r"(?<![.!?])(?!\.\.)[.!?]+(?!\w)|(?<=\bno)[ \t]*[,;:\n]"  # "No, I want to die"
TOKEN = re.compile(f"{STARRED}|{SENTENCE_END}")
DOUBLED = re.compile(r"([^\W\d_])\1+")


def letters_of(text: str, most: int) -> str:
    """The first ``most`` characters: lower case, without accents, each sign in plain letters."""
    letters = normalize("NFKD", APOSTROPHES.sub("", text[:most])).casefold()
    if letters.isascii():  # as most are: nothing in it is invisible or more than one letter
        return letters[:most]
    visible = (letter for letter in letters if unicodedata.category(letter) not in ("Mn", "Cf"))
    return "".join(islice(visible, most))  # one Arabic sign becomes 18


def is_read_whole(text: str) -> bool:
    return len(letters_of(text, MOST_READ + 1)) <= MOST_READ


def words_of(text: str) -> list[str]:
    """Lower-case words without accents and doubled letters; "." where a sentence ends."""
    text = letters_of(text, MOST_READ)
    text = SPELLED_OUT.sub(lambda found: found[0].replace(found[1], ""), text)
    text = DISGUISED.sub(lambda found: found[0].translate(LOOKALIKES), text)
    tokens = [token if token[0].isalnum() else "." for token in TOKEN.findall(text)]
    return DOUBLED.sub(r"\1", " ".join(tokens)).split()


class Reader:
    """Reads text as plain words with a space around each, and puts known spellings right.

    ``also_written`` maps what people type to the usual words, ``misspelled`` holds words to
    know with one letter wrong, and ``hidden`` words to know with letters hidden by stars.
    """

    def __init__(
        self,
        also_written: Mapping[str, str] | None = None,
        misspelled: Iterable[str] = (),
        hidden: Iterable[str] = (),
    ):
        pairs = (also_written or {}).items()
        self.usual = {" ".join(words_of(key)): " ".join(words_of(value)) for key, value in pairs}
        keys = sorted(map(re.escape, self.usual), key=len, reverse=True)
        self.spellings = re.compile(f"(?<= )(?:{'|'.join(keys)})(?= )") if keys else None
        self.misspelled = [word for text in misspelled for word in words_of(text)]
        self.hidden = sorted({word for text in hidden for word in words_of(text)})

    def read(self, text: str) -> str:
        words = words_of(text)
        meant = {word: self.meant(word) for word in set(words)}
        return self.respell(meant[word] for word in words)

    def read_phrase(self, text: str) -> str:
        """The same for what an editor wrote, which has no typos and no hidden letters."""
        return self.respell(words_of(text))

    def respell(self, words: Iterable[str]) -> str:
        plain = f" {' '.join(words)} "
        if not self.spellings:
            return plain
        return self.spellings.sub(lambda found: self.usual[found[0]], plain)

    def meant(self, word: str) -> str:
        """The word that was probably meant by ``word``, often itself."""
        if "*" in word:
            return next(filter(partial(fits, word), self.hidden), word.replace("*", ""))
        if len(word) < MIN_TYPO or word in self.misspelled:
            return word
        return next(filter(partial(is_one_typo_from, word), self.misspelled), word)


def fits(starred: str, word: str) -> bool:
    """Whether ``word`` is ``starred`` with one letter or more for each row of stars."""
    first, *between, last = filter(None, starred.split("*"))
    if not word.startswith(first):
        return False
    place = len(first)
    for part in between:
        place = word.find(part, place + 1) + len(part)
        if place < len(part):
            return False
    return word.endswith(last) and len(word) - len(last) > place


def is_one_typo_from(word: str, meant: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbors are swapped."""
    half = (len(meant) - 1) // 2
    is_half_right = word[:half] == meant[:half] or word[-half:] == meant[-half:]
    if abs(len(word) - len(meant)) > 1 or not is_half_right:
        return False
    start = length_of_same_start(word, meant)
    shortest = min(len(word), len(meant)) - start
    end = min(length_of_same_start(word[::-1], meant[::-1]), shortest)
    typed, right = word[start : len(word) - end], meant[start : len(meant) - end]
    return max(len(typed), len(right)) <= 1 or (len(typed) == 2 and typed == right[::-1])


def length_of_same_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
