"""Shows staff what somebody typed."""

from django import template

from kapsite.text import cleaning

register = template.Library()
register.filter("visible", cleaning.visible)
