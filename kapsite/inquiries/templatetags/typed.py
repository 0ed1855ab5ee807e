"""Shows staff what somebody typed."""

from django import template

from kapsite.inquiries import text

register = template.Library()
register.filter("visible", text.visible)
