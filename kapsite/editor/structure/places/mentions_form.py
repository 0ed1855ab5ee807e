"""What becomes of the places that name a page, for someone who removes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from kapsite.editor.structure.page_changes import link_to

from .mention import Mention
from .notation import Mark
from .places_form import KEEP, PlacesForm

REMOVE = "remove"


class MentionsForm(PlacesForm):
    """For each place that links to a page or names it: whether it goes with the page."""

    def __init__(
        self,
        data: Any,
        found: Sequence[Mention],
        titles: Mapping[str, str],
        path: str,
        instead: str,
    ):
        self.path, self.instead = path, instead
        super().__init__(data, found, titles)

    def options(self, each: Mention) -> list[tuple[str, str, str]]:
        return [
            (KEEP, self.kept(each), each.written),
            (REMOVE, f"Remove this {each.thing}", ""),
        ]

    def proposed(self, each: Mention) -> str:
        return REMOVE if each.is_only_link else KEEP

    def kept(self, each: Mention) -> str:
        if each.is_linked and each.file == self.instead:
            return "Keep the words, without the link"
        if each.is_linked:
            return f"Keep the words, with the link to “{self.titles[self.instead]}”"
        return "Keep it as it is"

    def unless(self, each: Mention) -> str:
        return f", unless you remove the {each.thing}"

    def named(self, mark: Mark, each: Mention) -> str:
        if not link_to(self.path).fullmatch(mark.target):
            return mark.name
        if each.file == self.instead:  # no page links to itself
            return ""
        return f"{mark.name} (which then leads to “{self.titles[self.instead]}”)"
