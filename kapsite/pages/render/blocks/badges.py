"""Approval status and evidence badges as HTML; plain Python."""

import re
from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.render.writer import Writer

STATUS = {
    "approved": "FDA-approved",
    "off-label": "off-label use",
    "not-approved": "not FDA-approved",
}


def status(writer: Writer, block: Node) -> str:
    medicine = getattr(writer.library.medicines, block.meta["attributes"].get("of", ""), None)
    if medicine is None:
        return ""
    numbers = writer.cite(medicine.sources, writer.line_of(block))
    words = writer.citations.marked(
        f"<p><strong>{escape(medicine.name)}: {STATUS[medicine.status]}.</strong> "
        f"{escape(medicine.words)}{numbers}</p>\n"
    )
    return f'<div class="status status-{medicine.status}">{words}</div>\n'


GRADES = {  # words, and how many of four bars are filled
    "strong": ("Strong evidence", 4),
    "moderate": ("Moderate evidence", 3),
    "early": ("Early evidence", 2),
    "not-enough": ("Not enough evidence", 0),
}
GRADED = {
    "esketamine": "Spravato (esketamine)",
    "ketamine": "Ketamine",
    "kap": "Ketamine with therapy (KAP)",
}


def evidence(writer: Writer, block: Node) -> str:
    """A badge for each treatment that has a grade, and the sources."""
    attributes, line = block.meta["attributes"], writer.line_of(block)
    graded = [(GRADED[key], attributes[key]) for key in GRADED if attributes.get(key) in GRADES]
    if not graded:
        writer.error(line, "The badge has no grade.", 'Write ketamine="early" or kap="early".')
        return ""
    section = writer.headings[-1].id if writer.headings else ""
    writer.grades[section] = {key: attributes[key] for key in GRADED if key in attributes}
    ids = re.findall(r"[^\s,;@]+", attributes.get("sources", ""))
    if not ids:
        writer.error(line, "The grades have no sources.", 'Write sources="S11 S43".')
    badges = "".join(badge(name, *GRADES[grade]) for name, grade in graded)
    cited = writer.cite(ids, line) + writer.citations.mark()
    return f'<div class="evidence">\n<dl>\n{badges}</dl>{cited}\n</div>\n'


def badge(name: str, words: str, filled: int) -> str:
    return f'<div class="badge"><dt>{name}</dt>\n<dd>{bars(filled)} {words}</dd></div>\n'


def bars(filled: int) -> str:
    """Four bars, some filled; the word beside them says the same."""
    each = "".join(f'<span class="bar{" filled" * (n < filled)}"></span>' for n in range(4))
    return f'<span class="bars" aria-hidden="true">{each}</span>'
