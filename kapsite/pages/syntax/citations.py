"""Citations in Markdown, ``[@S11]`` or ``[@S11; @R3]``, and what may be cited."""

import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from .data_schema import Source, near

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


OTHERWISE = "Otherwise look in sources.yaml, or add it there."


def wrong_with_source(source: str, sources: Mapping[str, Source]) -> tuple[str, str] | None:
    """What is wrong with citing this source and the fix; None when it may be cited."""
    known = sources.get(source)
    if known is None:
        return f'There is no source "{source}".', f"{near(source, sources)} {OTHERWISE}".strip()
    if known.check == "M":
        return (
            f'The source "{source}" is from memory, so pages can\'t cite it.',
            f"Open the source, then write A or B as `check` of {source} in sources.yaml.",
        )
    return None
