"""Whether links that say the old title of a page say its new one."""

from collections.abc import Mapping, Sequence
from typing import Any

from .link_words import with_new_title
from .mention import Mention
from .mentions import link_as
from .places_form import KEEP, PlacesForm

NEW_TITLE = "title"


class NewTitleForm(PlacesForm):
    """For each place that links to the page ``name`` as ``old``: whether it says ``new``."""

    def __init__(
        self,
        data: Any,
        found: Sequence[Mention],
        titles: Mapping[str, str],
        name: str,
        old: str,
    ):
        self.link, new = link_as(name, old), titles[name]
        self.said = {
            each: each.saying(with_new_title(each.written, name, old, new)) for each in found
        }
        super().__init__(data, found, titles)

    def options(self, each: Mention) -> list[tuple[str, str, str]]:
        said = self.said[each]
        label = f"Say the new title: “{said.words}”"
        return [*super().options(each), (NEW_TITLE, label, said.written)]

    def proposed(self, each: Mention) -> str:
        """Where it comes first a title reads well; within a sentence seldom: "the Your plan"."""
        return NEW_TITLE if self.link.match(each.written.lstrip("*| ")) else KEEP

    def in_box(self, each: Mention) -> Mention:
        return self.said[each]

    def worded(self, each: Mention, words: str) -> Mention:
        """Its link is on the new title, or on the old one where the words still say that."""
        return min(self.said[each], each, key=lambda place: len(place.lost(words)))

    def clean(self) -> None:
        super().clean()
        if not self.errors and not self.chosen():
            self.add_error(None, "Each place stays as it is, so there is nothing to publish.")
