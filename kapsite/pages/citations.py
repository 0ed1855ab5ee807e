"""Citations in Markdown: ``[@S11]`` or ``[@S11; @R3]``."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

CITATION = re.compile(r"\[@([A-Z]{1,2}\d{1,3}(?:\s*[;,]\s*@[A-Z]{1,2}\d{1,3})*)\]")


def citations(md: MarkdownIt):
    """Markdown-it plugin: a token ``citation`` whose meta has the ``ids``."""
    md.inline.ruler.before("link", "citation", citation)


def citation(state: StateInline, silent: bool) -> bool:
    found = CITATION.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.meta["ids"] = re.findall(r"[A-Z]+\d+", found[1])
        token.content = found[0]
    state.pos = found.end()
    return True
