"""The order of the guide and of the menus, and which page is in which."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.versions import history
from kapsite.editor.versions.titles import titles_of
from kapsite.editor.view_base import editor_view, shown
from kapsite.editor.writing.forms import MENUS

from . import page_changes
from .page_changes import Proposal, keys_of
from .review import review
from .what_changes import has_long_header

MOST_PLACES = 99


def place_field(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1,
        max_value=MOST_PLACES,
        widget=forms.TextInput({"inputmode": "numeric", "class": "short"}),
        error_messages={"invalid": "Write a number."},
        **options,
    )


class MenuForm(forms.Form):
    """A place and a menu for every page: in the guide, or one of its ``own`` that can be empty."""

    def __init__(
        self, data: Any, guide: list[str], menus: dict[str, str], own: dict[str, int | None]
    ):
        super().__init__(data)
        self.guide, self.menus, self.own = guide, list(menus), list(own)
        for number, name in enumerate(guide, 1):
            self.fields[f"place {name}"] = place_field(initial=number)
        for name, place in own.items():
            self.fields[f"place {name}"] = place_field(initial=place or "", required=False)
        for name, menu in menus.items():
            self.fields[f"menu {name}"] = forms.ChoiceField(choices=MENUS, initial=menu)

    def order(self) -> list[str]:
        """The guide by the numbers; one that moved up to a number goes before, one that moved down
        goes after the page that has it."""
        place = {name: self.cleaned_data[f"place {name}"] for name in self.guide}
        moved = {name: place[name] - number for number, name in enumerate(self.guide, 1)}
        return sorted(self.guide, key=lambda name: (place[name], moved[name] > 0, moved[name] == 0))

    def own_places(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[f"place {name}"] for name in self.own}

    def chosen(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"menu {name}"] for name in self.menus}


@editor_view("publish_content")
@require_http_methods(["GET", "HEAD", "POST"])
def menu(request: StaffRequest) -> HttpResponse:
    """The order of the guide, and which page is in which menu."""
    current = history.up_to_date()
    texts = page_changes.texts_of(current)
    pages = [name for name, text in page_changes.pages_of(texts) if keys_of(text)]
    titles, guide = titles_of(current, pages), page_changes.in_guide(texts)
    menus = {name: keys_of(texts[name]).get("menu_in", "footer") for name in pages}
    own = {
        name: page_changes.number_in(keys_of(texts[name]), "place")
        for name in pages
        if name not in guide and name != "index.md"
    }
    form = MenuForm(request.POST or None, guide, menus, own)
    if request.method == "POST" and form.is_valid():
        changes = page_changes.arranged(texts, form.order(), form.chosen(), form.own_places())
        if not changes:
            form.add_error(None, "Nothing is different. Change a number or a menu first.")
        else:
            return review(request, "Menu and guide", current, texts, Proposal(changes))
    others = sorted(
        set(pages) - set(guide), key=lambda name: (own.get(name) or MOST_PLACES + 1, titles[name])
    )
    rows = [menu_row(form, name, titles[name], name in guide) for name in [*guide, *others]]
    context = {"form": form, "rows": rows, "has_long_header": has_long_header(texts)}
    return shown(request, "menu.html", "Menu and guide", **context)


def menu_row(form: MenuForm, name: str, title: str, is_in_guide: bool) -> tuple[Any, ...]:
    """The home page, which comes first, has no place to choose."""
    place = form[f"place {name}"] if name != "index.md" else None
    return title, is_in_guide, place, form[f"menu {name}"]
