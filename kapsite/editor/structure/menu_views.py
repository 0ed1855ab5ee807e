"""The menus, in which pages have their place, and with them the order of the guide."""

from typing import Any, NamedTuple

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.versions import history
from kapsite.editor.view_base import editor_view, shown
from kapsite.editor.writing.forms import MENUS

from . import menu_order, page_changes
from .menu_order import Pages, named
from .page_changes import Proposal, Texts
from .review import review
from .what_changes import has_long_header

LISTS = menu_order.MENUS | {"none": "In no menu"}
NOTHING_MOVES = "Nothing moves: {}"


class Row(NamedTuple):
    name: str  # as readers see it
    title: str  # if it differs
    is_in_guide: bool
    place: forms.BoundField
    menu: forms.BoundField


class MenuForm(forms.Form):
    """For every page its place in its menu, and the menu."""

    def __init__(self, data: Any, pages: Pages):
        super().__init__(data)
        self.pages = pages
        self.lists = {menu: menu_order.in_menu(pages, menu) for menu in LISTS}
        for menu, names in self.lists.items():
            for number, name in enumerate(names, 1):
                place = number if menu != "none" else ""
                self.fields[f"place-{name}"] = place_field(named(pages[name]), place)
                self.fields[f"menu-{name}"] = forms.ChoiceField(choices=MENUS, initial=menu)

    def clean(self) -> dict[str, Any]:
        for name, menu in self.menus().items():
            place, called = f"place-{name}", named(self.pages[name])
            stays = menu == self.fields[f"menu-{name}"].initial != "none"
            if menu == "none" and name in self.numbers():
                self.add_error(place, f"“{called}” is in no menu. Choose the menu for this place.")
            elif stays and place in self.cleaned_data and not self.cleaned_data[place]:
                self.add_error(place, f"Type a number for the place of “{called}”.")
        return self.cleaned_data

    def menus(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(f"menu-{name}", "") for name in self.pages}

    def numbers(self) -> dict[str, int]:
        """Those that were typed; the rest are where they are."""
        given = {name: self.cleaned_data.get(f"place-{name}") for name in self.pages}
        return {
            name: number
            for name, number in given.items()
            if number and number != self.fields[f"place-{name}"].initial
        }

    def why_nothing_moves(self) -> str:
        numbers = self.numbers()
        if not numbers:
            return NOTHING_MOVES.format("each page has the place and the menu that you see.")
        if len(numbers) == 1:
            return NOTHING_MOVES.format(f"“{named(self.pages[min(numbers)])}” is last already.")
        return NOTHING_MOVES.format("with these numbers each page is where it was.")

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Each list with its pages, in the order of readers."""
        return [
            (LISTS[menu], [self.row(name) for name in names]) for menu, names in self.lists.items()
        ]

    def row(self, name: str) -> Row:
        called, title = named(self.pages[name]), str(self.pages[name].get("title", ""))
        return Row(
            called,
            title if title != called else "",
            "guide" in self.pages[name],
            self[f"place-{name}"],
            self[f"menu-{name}"],
        )


def place_field(called: str, place: int | str) -> forms.IntegerField:
    wrong = f"The place of “{called}” has to be a number, such as 3."
    return forms.IntegerField(
        min_value=1,
        initial=place,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "class": "short", "autocomplete": "off"}),
        error_messages={"invalid": wrong, "min_value": wrong},
    )


@editor_view("publish_content")
@require_http_methods(["GET", "HEAD", "POST"])
def menu(request: StaffRequest) -> HttpResponse:
    """Which page is in which menu, and where; what was typed moves pages."""
    current = history.up_to_date()
    texts = page_changes.texts_of(current)
    form = MenuForm(request.POST or None, menu_order.listed(texts))
    if request.method == "POST" and "again" not in request.POST and form.is_valid():
        if changes := changed(texts, form):
            proposal = Proposal(changes)
            way_back = "Change the numbers"
            return review(request, "Menu and guide", current, texts, proposal, way_back=way_back)
        form.add_error(None, form.why_nothing_moves())
    context = {"form": form, "has_long_header": has_long_header(texts)}
    return shown(request, "menu.html", "Menu and guide", **context)


def changed(texts: Texts, form: MenuForm) -> dict[str, str | None]:
    keys = menu_order.rearranged(form.pages, form.menus(), form.numbers())
    return {name: page_changes.with_keys(texts[name], **each) for name, each in keys.items()}
