"""Filters that divide a page's HTML, so that templates can stand something in between."""

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
FIRST_PART = "<h2"


@register.filter
def opening(html: str) -> SafeString:
    """What stands before the first h2: the key facts or a note, in most pages."""
    return mark_safe(html.partition(FIRST_PART)[0])  # noqa: S308 -- made by our own renderer


@register.filter
def after_opening(html: str) -> SafeString:
    """The first h2 and all that follows."""
    _, tag, rest = html.partition(FIRST_PART)
    return mark_safe(tag + rest)  # noqa: S308 -- made by our own renderer


@register.filter
def cited_in(catalog, page) -> list[tuple]:
    """The sources of ``page`` as (id, source, ids of its marks), numbered as in the text."""
    return [(key, catalog.sources[key], marks) for key, marks in page.citations.items()]
