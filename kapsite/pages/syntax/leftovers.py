"""What a slip in Markdown, or the markup of another program, leaves in the text; plain Python.

Each is a pattern, what it was, and the fix. The patterns are tried in turn on what the parser
took for plain words, and what one has found is kept from those after it: the precise come first.
"""

import re
from collections.abc import Iterator, Set
from itertools import chain

Slip = tuple[str, str, str]

AT_THE_START: tuple[Slip, ...] = (  # of a line of the file
    (r"[-=_*~–—·.]{2,}\s*$", "A line of signs stands here.", "Remove it; begin a part with ##."),
    (
        r"#{1,6}[^\s#\d]|#{2,6}\d|#{7}",
        "A heading cannot be read.",
        "Write ## , a space, the heading.",
    ),
    (r"\|.*", "A table cannot be read.", "Put a line | --- | --- | under its first row."),
    (
        r"(?::{1,2}(?!:)|:*[：∷]+) ?\w+|::\s*$|!!!|\?\?\? ",
        "A block mark cannot be read.",
        "Begin the block with ::: and its name, and end it with a line :::",
    ),
    (
        r"(?:[•·◦▪▫●○■□‣⁃∙⋅➢➤→✓✔✗★☐☑–—]\s*|o )(?=\S)",
        "A list item cannot be read.",
        "Begin it with a hyphen and a space: - item",
    ),
    (
        r"-(?=[^\W\d_]|[\"'“(]|$)|\+(?=[^\W\d_])",
        "A list item cannot be read.",
        "Put a space after its hyphen: - item",
    ),
    (
        r"\d{1,2}[.)](?=[^\W\d_])|\(?(?:\d{1,2}|[a-zA-Z])\) (?=\S)|\(\d{1,2}\)(?=\S)",
        "A numbered item cannot be read.",
        "Begin it with its number, a period and a space: 1. item",
    ),
    (
        r"\d{1,2}\. ",
        "A numbered item stands inside a paragraph.",
        "Put an empty line above the list. If the number ends a sentence, move it up.",
    ),
)
ANYWHERE: tuple[Slip, ...] = (
    (r"\[\[[^\]]*\]?\]?", "A wiki link cannot be read.", "Write it like [History](/history/)."),
    (r"\[\^[^\]]*\]", "There are no footnotes here.", "Cite a source like [@S11], or say it here."),
    (r"\[[ xX]?\](?=\s|$)", "There are no check boxes here.", "Remove the [ ]."),
    (r"\[@|@[A-Z]{1,2}\d", "A citation cannot be read.", "Write it like [@S11] or [@S11; @R3]."),
    (r"\[[A-Z]{1,2}\d{1,3}\]", "A source is named without @.", "Write it like [@S11]."),
    (r"\)\[", "A link is the wrong way round.", "Write it like [risks](/risks/)."),
    (r"~~", "Words cannot be struck out here.", "Remove them, or only the marks ~~."),
    (r"==+", "Words cannot be marked with ==.", "Write **bold** for what matters most."),
    (r"\*|__", "Bold marks do not pair.", "Write **bold** with no space inside the marks."),
    (r"(?<!\w)_(?=\w)|(?<=[\w.!?,])_(?!\w)", "An _ stands in the text.", "Remove it."),
    (r"''+", "Marks of a wiki stand in the text.", "Write **bold**, or one plain quote."),
    (r"`", "A backtick stands here; there is no code on this site.", "Remove it."),
    (r"\\", "A backslash stands in the text.", "Remove it."),
    (r":::", "A block mark stands inside text.", "Put ::: at the start of a line of its own."),
    (
        r"[{}]",
        "Braces stand in the text.",
        "Only a heading may end in {#its-id}, in small letters.",
    ),
    (
        r"<[A-Za-z/!]|<<|>>",
        "HTML is not allowed here.",
        "Use Markdown; for a < sign leave a space.",
    ),
    (
        r"&#?\w+;|(?<!\w)&#?\w{2,}",
        "A character code cannot be read.",
        "Type the character itself.",
    ),
    (
        r"(?<![\w:]):[a-z][a-z0-9_+-]*:(?![\w:])",
        "A code for an emoji stands in the text.",
        "Remove it, or say it in words.",
    ),
    (r"\w\t+(?=\w)", "A tab stands in the text.", "Type a space; for columns, write a table."),
    (r"(?<=\S) ?--+ ?(?=\S)", "Two hyphens stand in the text.", "Write a comma or a period."),
    (
        r"\^|~\w+~|\+\+|\$\$|%%|(?<![:/\w])//(?=\w)|(?<=\w)//(?!\w)",
        "Marks of another program stand in the text.",
        "Remove them.",
    ),
    (
        "[\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff]+",
        "Letters of an odd kind stand here, which screen readers cannot say.",
        "Type them again.",
    ),
    (r"\ufffd", "A character was lost here.", "Type it again."),
)
OUTSIDE_TABLES: tuple[Slip, ...] = (
    (r"\|", "A | stands in the text.", "Remove it; each row of a table begins with |."),
)
OUTSIDE_LINKS: tuple[Slip, ...] = (  # first of all: an address may hold any sign
    (
        r"\]\s?\([^)]*|\]\[|\)\s?\((?=[/#h])",
        "A link cannot be read.",
        "Write it like [risks](/risks/), no space.",
    ),
    (
        r"https?:\S*|\bwww\.\S*"
        r"|(?<![\w@.+-])(?:[a-z0-9-]+\.)+(?:com|org|net|gov|edu)\b(?:/\S*)?",
        "An address stands in the text without a link.",
        "Write it like [the CDC](https://www.cdc.gov/).",
    ),
    (
        r"[\w.+-]+@[\w-]+\.\w+",
        "An email address stands in the text without a link.",
        "Write it like [name@example.org](mailto:name@example.org).",
    ),
)


CELLS = {"th", "td"}


def leftovers(text: str, around: Set[str], starts_a_line: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with a piece of plain words, and the fix; each kind once.

    ``around`` are the types of the nodes that it stands in.
    """
    in_table, in_link = bool(around & CELLS), "link" in around
    if starts_a_line and not in_table:
        for pattern, message, fix in AT_THE_START:
            if found := re.match(pattern, text):
                yield message, fix
                text = text[found.end() :]
                break
    for pattern, message, fix in chain(
        () if in_link else OUTSIDE_LINKS, ANYWHERE, () if in_table else OUTSIDE_TABLES
    ):
        text, count = re.subn(pattern, " ", text)
        if count:
            yield message, fix
