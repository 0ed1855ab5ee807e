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

    def options(self, each: Mention) -> list[tuple[str, str]]:
        return [(KEEP, self.kept(each)), (REMOVE, f"Remove this {each.thing}")]

    def proposed(self, each: Mention) -> str:
        return REMOVE if each.is_only_link else KEEP

    def result(self, each: Mention, choice: str) -> str:
        return "" if choice == REMOVE else each.written

    def kept(self, each: Mention) -> str:
        if each.is_linked and each.file == self.instead:
            return "Keep the words, without the link"
        if each.is_linked:
            return f"Keep the words, with the link to “{self.titles[self.instead]}”"
        return "Keep it as it is"

    def sources_stay(self, each: Mention) -> str:
        return f"{{}}, unless you remove the {each.thing}."

    def goes(self, mark: Mark, each: Mention) -> bool:
        return self.leads_to_it(mark) and each.file == self.instead

    def leads_to_it(self, mark: Mark) -> bool:
        return bool(link_to(self.path).fullmatch(mark.target))

    def named(self, mark: Mark) -> str:
        if self.leads_to_it(mark):
            return f"{mark.name} (which then leads to “{self.titles[self.instead]}”)"
        return mark.name
