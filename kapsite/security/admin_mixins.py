"""Filters of admin lists."""

from django.contrib import admin
from django.http import HttpRequest


class DeclaredFiltersOnly(admin.ModelAdmin):
    """Filters by what ``list_filter`` offers; Django's default lets people probe any column."""

    actions = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        name, _, how = lookup.partition("__")
        return name in self.list_filter and how in {"exact", "isnull", "id__exact"}
