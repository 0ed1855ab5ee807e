"""Filters that split a page, so that templates can put something between its parts."""

from django import template
from django.utils.safestring import SafeString, mark_safe

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
