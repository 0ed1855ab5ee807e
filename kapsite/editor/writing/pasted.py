"""Text from Word and from web pages, with the signs that the site's files have."""

import re

from kapsite.content_files.text_file import INVISIBLE, SPACES, UNPRINTABLE
from kapsite.editor.data_forms.files.front_matter import divided

BULLET = re.compile(r"^([ \t]*)(?:[•▪◦●○■□‣⁃∙·\uf0b7\uf0a7]|o(?=\t))[ \t]*", re.MULTILINE)
NUMBER = re.compile(r"^([ \t]*\d{1,2}\.)\t+", re.MULTILINE)
INDENT = re.compile(r"^\t+", re.MULTILINE)
TAB = re.compile(r"(?<=[^\n\t ])\t+(?=[^\n\t ])")  # between words: a list or a table in Word
QUOTES = str.maketrans("“”„‘’‚", "\"\"\"'''")


def tidied(text: str) -> str:
    """``text`` with plain spaces, quotes, list items and line ends, and one end at its end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n")
    text = NUMBER.sub(r"\1 ", BULLET.sub(r"\1- ", text))
    text = INVISIBLE.sub("", UNPRINTABLE.sub("", SPACES.sub(" ", text)))
    text = TAB.sub(" ", INDENT.sub(lambda tabs: "  " * len(tabs[0]), text))
    *head, body = divided(text) or [text]  # quotes in front matter may be around one another
    return ("".join(head) + body.translate(QUOTES)).rstrip() + "\n"
