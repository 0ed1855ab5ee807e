"""The photo of a person: one of the site's images, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from kapsite.editor.images import prepared
from kapsite.editor.models import ContentVersion, Upload
from kapsite.editor.writing.previews.aside import aside, site_aside

from .fields.group_lists import GroupList

PHOTO, SHOWS = "photo", "photo_shows"  # keys of a person


class PhotoInput(forms.Select):
    """Beside the list a small picture of the photo, and a button that leads to the images."""

    template_name = "editor/data/photo.html"

    def __init__(self, choices: list[tuple[str, str]], small: Mapping[str, str]):
        super().__init__(choices=choices)
        self.small = small

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["small"] = self.small.get(str(value), "")
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-small"] = self.small.get(str(value), "")
        return option


def offer_photos(form: GroupList, current: ContentVersion) -> None:
    """The images of the site, to the fields of ``form`` for a photo."""
    fields = [group.fields[PHOTO] for group in form.groups if PHOTO in group.fields]
    if not fields:
        return
    known = Upload.objects.described(current.files)
    small = aside(prepared.small_ones, site_aside(current.pk).images, known)
    for field in fields:
        there = known if field.initial in known else {field.initial: field.initial} | known
        choices = [(name, f"{words} ({name})") for name, words in there.items() if name]
        field.widget = PhotoInput([("", "None"), *choices], small)


def with_words(posted: QueryDict) -> QueryDict:
    """What was sent; where it doesn't say what a photo shows, what was said at its upload."""
    given, known = posted.copy(), Upload.objects.alternatives()
    for name in (each for each in posted if each.endswith(f"-{PHOTO}")):
        shows = name.removesuffix(PHOTO) + SHOWS
        if str(given.get(shows, "")).strip() in ("", *known.values()):
            given[shows] = known.get(str(given[name]), "")
    return given
