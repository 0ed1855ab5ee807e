"""Filters that split a page, so that templates can put something between its parts; drawings."""

import re
from itertools import pairwise

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from kapsite.pages.render.drawings import draw

STATIC = re.compile(r'(?<= href=")static:([^"#]+)')
register = template.Library()


@register.filter
def opening(page) -> SafeString:
    """The HTML before the first section: the key facts or a note on most pages."""
    return divide(page)[0]


@register.filter
def sections(page) -> SafeString:
    """The HTML from the first section on."""
    return mark_safe("".join(divide(page)[1:]))  # noqa: S308 -- made by our own renderer


@register.filter
def bands(page) -> list[SafeString]:
    """The HTML of each section."""
    return divide(page)[1:]


def divide(page) -> list[SafeString]:
    """The HTML before the first h2 of the text, and from each on; a block may have an h2 too."""
    starts = (page.html.find(f'<h2 id="{heading.id}"') for heading in page.contents)
    places = [0, *(start for start in starts if start >= 0), len(page.html)]
    parts = (page.html[start:end] for start, end in pairwise(places))
    return [addressed(part) for part in parts]


@register.simple_tag
def drawing(name: str) -> SafeString:
    """A drawing from static/img/drawings/. The text beside it says all that it shows."""
    return addressed(draw(name))


def addressed(html: str) -> SafeString:
    return mark_safe(STATIC.sub(lambda name: static(name[1]), html))  # noqa: S308 -- as above
