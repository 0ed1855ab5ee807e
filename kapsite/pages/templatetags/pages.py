"""Filters that split a page, so that templates can put something between its parts."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from kapsite.pages.syntax.schema import Source

register = template.Library()


@register.filter
def opening(page) -> SafeString:
    """The HTML before the first section: the key facts or a note on most pages."""
    return divide(page)[0]


@register.filter
def sections(page) -> SafeString:
    """The HTML from the first section on."""
    return divide(page)[1]


def divide(page) -> tuple[SafeString, SafeString]:
    """The HTML before and after the first h2 of the text; a block may have an h2 too."""
    start = page.html.find(f'<h2 id="{page.contents[0].id}"') if page.contents else -1
    if start < 0:
        start = len(page.html)
    before, after = page.html[:start], page.html[start:]
    return mark_safe(before), mark_safe(after)  # noqa: S308 -- made by our own renderer


@register.filter
def cited_in(catalog, page) -> list[tuple[str, Source]]:
    """The sources of ``page`` with their ids, in the order of their numbers in the text."""
    known = catalog.sources  # while developing they may have errors, and then there are none
    return [(key, known[key]) for key in page.citations if key in known]
