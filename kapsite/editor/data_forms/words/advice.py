"""What to do about a problem, for someone who has buttons: no sign of Markdown has to be typed."""

import re

CITE = "Put the cursor before the period, choose “Cite a source”, and type a word of its title."
LINK = "Remove these signs, select the words, choose “Link a page”, and type a word of its name."
INSERT = "Remove the line, and put the block in with “Insert a block”."
IN_BUTTONS = [
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Add its source before the period, like \[@S11\]\.", CITE),
        (r"(text below or beside it), like \[@S11\]\.", r"\1, with “Cite a source”."),
        (
            r'Or list it under `uncited` with `text: "(.*)"`, and say why in `reason`\.',
            r"Or, if it claims nothing about a treatment, list it in `uncited`: write “\1” as its "
            r"first words, and why it needs no source.",
        ),
        (r"Add \[([^\]]+)\] to this sentence\.", rf"Add the source \1. {CITE}"),
        (
            r"Otherwise look in sources\.yaml, or add it there\.",
            "“Cite a source” on a page finds one by a word of its title. A new one goes to "
            "sources.yaml.",
        ),
        (r"Cite it with \[@(\w+)\]", r"Cite it on a page: “Cite a source” finds it by \1"),
        (r"Cite a source like \[@S11\], or say it here\.", f"Remove it. {CITE}"),
        (r"Write it like \[@S11\](?: or \[@S11; @R3\])?\.", f"Remove these signs. {CITE}"),
        (r"Write (?:it|a link) like \[\w+\]\(/\w+/\)(?:, no space)?\.", LINK),
        (
            r"Write a link like \[risks\]\(/risks/\), a citation like \[@S11\], or remove them\.",
            "Remove them. To link or to cite, use “Link a page” and “Cite a source”.",
        ),
        (r"Write \[the text\]\(/its-page/\)\.", LINK),
        (
            r"Write !\[what it shows\]\(address\)\.",
            "Write what the image shows between the square brackets.",
        ),
        (r'Show it with ::: chart id="[\w-]+" and a line :::, or remove the file\.',
         "Put it on a page: choose one under “Put it on a page”."),
        (r"Begin the block with ::: and its name, and end it with a line :::", INSERT),
        (r"Write - \*\*Label:\*\* text\.", "Put it in again with “Insert a block”, Key facts."),
        (r"(?:Or s|S)et `reading:` with a `limit` and a `reason`\.",
         "Or allow a higher grade, with your reason: `reading`."),
        (
            r"Add `hours:` to clinic\.yaml, with a line for each open day, like `monday: (.*?)`\.",
            r"Add `hours` to clinic.yaml, like \1. Leave closed days empty.",
        ),
        (r"Remove `reading:`\.", "Empty `reading`."),
    )
]  # fmt: skip


def in_buttons(fix: str) -> str:
    """``fix`` with the buttons of a page where it names signs to type."""
    for pattern, words in IN_BUTTONS:
        fix = pattern.sub(words, fix)
    return fix
