"""Shows staff what someone typed, and references in groups."""

from django import template

from kapsite.inquiries.models.reference import in_groups
from kapsite.text import cleaning

register = template.Library()
register.filter("visible", cleaning.visible)
register.filter("in_groups", in_groups)
