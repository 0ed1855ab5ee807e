"""Finds the hard words of the glossary in a text and links them to it; plain Python."""

import re
from collections.abc import Mapping
from html import escape

from kapsite.pages.syntax.data_schema import Term
from kapsite.pages.syntax.slugs import slug


class Terms:
    """The words to link, and the address of the ``page`` that explains them."""

    def __init__(self, glossary: Mapping[str, Term], page: str):
        self.page = page
        self.term_of = {
            form.lower(): term
            for term, entry in glossary.items()
            if entry.linked
            for form in (term, *entry.also)
        }
        written = [form for term, entry in glossary.items() for form in (term, *entry.also)]
        forms = sorted(written, key=len, reverse=True)  # "active placebo" before "placebo"
        self.found_in = re.compile(rf"(?<![\w-])(?:{'|'.join(map(pattern_of, forms))})(?![\w-])")

    def link(self, text: str, linked: dict[str, str]) -> str:
        """``text`` as HTML, with a link at each term that is not yet in ``linked``.

        ``linked`` maps terms to the addresses of their entries; new ones are added.
        """
        html, end = "", 0
        for found in self.found_in.finditer(text):
            term = self.term_of.get(found[0].lower())
            if term is None or term in linked:
                continue
            linked[term] = f"{self.page}#{slug(term)}"
            html += escape(text[end : found.start()], quote=False)
            html += f'<a href="{linked[term]}">{escape(found[0], quote=False)}</a>'
            end = found.end()
        return html + escape(text[end:], quote=False)


def pattern_of(form: str) -> str:
    """Capital letters make no difference, except in abbreviations: "PE" is not "pe"."""
    is_abbreviation = len(form) > 1 and form[:2].isupper()
    return re.escape(form) if is_abbreviation else f"(?i:{re.escape(form)})"
