"""Inputs for sources to cite: found by words of their titles, and shown with them."""

import re
from collections.abc import Mapping
from textwrap import shorten

from django import forms

from .many_inputs import ManyInputs

NAME = re.compile(r"[\[@]*([A-Z]{1,2}[0-9]{1,3})[\]:]*", re.IGNORECASE)
MOST_OFFERED, LENGTH = 5, 50  # of the sources that may be meant, and of a title, in characters


class SourceInputs(ManyInputs):
    """Without script, too, the title of each source stands below its short name."""

    more = 3  # each is as wide as a title

    def __init__(self):
        super().__init__("Source", source_input)
        self.known: Mapping[str, str] = {}  # titles by short names

    def subwidgets(self, name, value, attrs=None):
        for each in super().subwidgets(name, value, attrs):
            yield {**each, "title": self.known.get(str(each["value"] or ""), "")}


class SourceField(forms.Field):
    """A list of short names."""

    widget: SourceInputs

    def __init__(self, **kwargs):
        super().__init__(widget=SourceInputs(), **kwargs)

    @property
    def known(self) -> Mapping[str, str]:
        return self.widget.known

    def clean(self, value):
        return [self.meant(each) for each in super().clean(value) or []]

    def meant(self, typed: str) -> str:
        """The short name, if only one source can be meant; else what was typed."""
        if name := NAME.fullmatch(typed):
            return name[1].upper()
        found = self.fitting(typed)
        return found[0] if len(found) == 1 else typed

    def fitting(self, typed: str) -> list[str]:
        """The sources that have all of these words in their titles."""
        words = typed.casefold().split()
        titles = ((key, f"{key}: {title}".casefold()) for key, title in self.known.items())
        return [key for key, title in titles if all(word in title for word in words)]

    def is_missing(self, typed: str) -> bool:
        """Whether it is the short name of a source that isn't there."""
        return bool(NAME.fullmatch(typed)) and typed not in self.known

    def advice(self, typed: str) -> str:
        """What to choose for words that name no source; "" if it is a short name."""
        if not typed or NAME.fullmatch(typed):
            return ""
        found = self.fitting(typed)
        if not found:
            return f"No source has “{typed}” in its title. Try another word, or add a new source."
        titles = (self.known[key] for key in found[:MOST_OFFERED])
        short = [shorten(title, LENGTH, placeholder=" …") for title in titles]
        offered = ", ".join(f"{key} “{title}”" for key, title in zip(found, short, strict=False))
        more = len(found) - len(short)
        others = f"; or type another word: {more} more have this one" if more else ""
        return f"“{typed}” may be one of several sources. Choose one of these: {offered}{others}."


def source_input(_shown: str) -> forms.Widget:
    """It offers the sources by their names and titles: the page has a list of them."""
    return forms.TextInput({"type": "search", "list": "known-sources", "autocomplete": "off"})
