"""Markup that was left in the text by a typo or by another program; plain Python.

Each entry is a pattern, a message and a fix. The patterns are tried in order on what the parser
took for plain text. What one matched is hidden from the next, so the precise ones come first.
Most begin with a plain sign and only then look behind it: a text without the sign takes no time.
"""

import re
from collections.abc import Iterator, Set
from functools import cache
from itertools import chain

Leftover = tuple[str, str, str]

AT_THE_START: tuple[Leftover, ...] = (  # of a line of the file
    (r"[-=_*~–—·.]{2,}\s*$", "This line has only symbols.", "Remove it; begin a part with ##."),
    (
        r"#{1,6}[^\s#\d]|#{2,6}\d|#{7}",
        "This heading can't be read.",
        "Write ## , a space, the heading.",
    ),
    (r"\|.*", "This table can't be read.", "Put a line | --- | --- | under its first row."),
    (
        r"(?::{1,2}(?!:)|:*[：∷]+) ?\w+|::\s*$|!!!|\?\?\? ",
        "This block marker can't be read.",
        "Begin the block with ::: and its name, and end it with a line :::",
    ),
    (
        r"(?:[•·◦▪▫●○■□‣⁃∙⋅➢➤→✓✔✗★☐☑–—]\s*|o )(?=\S)",
        "This list item can't be read.",
        "Begin it with a hyphen and a space: - item",
    ),
    (
        r"-(?=[^\W\d_]|[\"'“(]|$)|\+(?=[^\W\d_])",
        "This list item can't be read.",
        "Put a space after its hyphen: - item",
    ),
    (
        r"\d{1,2}[.)](?=[^\W\d_])|\(?(?:\d{1,2}|[a-zA-Z])\) (?=\S)|\(\d{1,2}\)(?=\S)",
        "This numbered item can't be read.",
        "Begin it with its number, a period and a space: 1. item",
    ),
    (
        r"\d{1,2}\. ",
        "A numbered item is inside a paragraph.",
        "Put an empty line above the list. If the number ends a sentence, move it up.",
    ),
)
ANYWHERE: tuple[Leftover, ...] = (
    (r"\[\[[^\]]*\]?\]?", "Wiki links don't work here.", "Write it like [History](/history/)."),
    (r"\[\^[^\]]*\]", "Footnotes don't work here.", "Cite a source like [@S11], or say it here."),
    (r"\[[ xX]?\](?=\s|$)", "Check boxes don't work here.", "Remove the [ ]."),
    (r"\[@|@[A-Z]{1,2}\d", "This citation can't be read.", "Write it like [@S11] or [@S11; @R3]."),
    (r"\[[A-Z]{1,2}\d{1,3}\]", "This source needs an @.", "Write it like [@S11]."),
    (r"\)\[", "This link is the wrong way around.", "Write it like [risks](/risks/)."),
    (r"~~", "Strikethrough doesn't work here.", "Remove the words, or only the ~~ marks."),
    (r"==+", "Highlighting with == doesn't work here.", "Write **bold** for what matters most."),
    (
        r"\*|__",
        "Bold or italic marks don't match.",
        "Write **bold** with no space inside the marks.",
    ),
    (r"_(?:(?<!\w_)(?=\w)|(?<=[\w.!?,]_)(?!\w))", "There is a stray _ in the text.", "Remove it."),
    (r"''+", "There is wiki markup in the text.", "Write **bold**, or one plain quote."),
    (r"`", "There is a backtick in the text; this site has no code.", "Remove it."),
    (r"\\", "There is a backslash in the text.", "Remove it."),
    (
        r":::",
        "There is a block marker inside the text.",
        "Put ::: at the start of a line of its own.",
    ),
    (
        r"[{}]",
        "There are braces in the text.",
        "Only a heading may end in {#its-id}, in small letters.",
    ),
    (
        r"<[A-Za-z/!]|<<|>>",
        "HTML isn't allowed here.",
        "Use Markdown; for a < sign leave a space.",
    ),
    (
        r"&(?:#?\w+;|(?<!\w&)#?\w{2,})",
        "This character code can't be read.",
        "Type the character itself.",
    ),
    (
        r":(?<![\w:]:)[a-z][a-z0-9_+-]*:(?![\w:])",
        "There is an emoji code in the text.",
        "Remove it, or say it in words.",
    ),
    (
        r"\t(?<=\w\t)\t*(?=\w)",
        "There is a tab in the text.",
        "Type a space; for columns, write a table.",
    ),
    (r"(?<=\S) ?--+ ?(?=\S)", "There are two hyphens in the text.", "Write a comma or a period."),
    (
        r"\^|~\w+~|\+\+|\$\$|%%|//(?:(?<![:/\w]//)(?=\w)|(?<=\w//)(?!\w))",
        "There is markup from another program in the text.",
        "Remove them.",
    ),
    (
        "[\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff]+",
        "These are special letters that screen readers can't read aloud.",
        "Type them again.",
    ),
    (r"\ufffd", "A character was lost here.", "Type it again."),
)
OUTSIDE_TABLES: tuple[Leftover, ...] = (
    (r"\|", "There is a | in the text.", "Remove it; each row of a table begins with |."),
)
OUTSIDE_LINKS: tuple[Leftover, ...] = (  # first of all: an address may hold any sign
    (
        r"\]\s?\([^)]*|\]\[|\)\s?\((?=[/#h])",
        "This link can't be read.",
        "Write it like [risks](/risks/), no space.",
    ),
    (
        r"https?:\S*|\bwww\.\S*"
        r"|(?<![\w@.+-])(?:[a-z0-9-]+\.)+(?:com|org|net|gov|edu)\b(?:/\S*)?",
        "This web address isn't a link.",
        "Write it like [the CDC](https://www.cdc.gov/).",
    ),
    (
        r"[\w.+-]+@[\w-]+\.\w+",
        "This email address isn't a link.",
        "Write it like [name@example.org](mailto:name@example.org).",
    ),
)


CELLS = {"th", "td"}
# As most texts are: none of the patterns for the inside of a text matches these signs.
PLAIN = re.compile(r"(?:[A-Za-z0-9 ,;?!’“”–—]|(?<!www)\.(?= |$)|-(?!-))*")


def leftovers(text: str, around: Set[str], starts_a_line: bool) -> Iterator[tuple[str, str]]:
    """The message and fix for each kind of leftover in ``text``.

    ``around`` has the types of the nodes around it.
    """
    in_table, in_link = bool(around & CELLS), "link" in around
    if starts_a_line and not in_table:
        for start, message, fix in AT_THE_START:
            if found := re.match(start, text):
                yield message, fix
                text = text[found.end() :]
                break
    if PLAIN.fullmatch(text):
        return
    for pattern, message, fix in patterns(in_link, in_table):
        text, count = pattern.subn(" ", text)
        if count:
            yield message, fix


@cache
def patterns(in_link: bool, in_table: bool) -> list[tuple[re.Pattern[str], str, str]]:
    wanted = chain(() if in_link else OUTSIDE_LINKS, ANYWHERE, () if in_table else OUTSIDE_TABLES)
    return [(re.compile(pattern), message, fix) for pattern, message, fix in wanted]
