"""Pages for what changes several files at once: an address, the removal of a page, the menu."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.models import ContentVersion
from kapsite.editor.versions import history
from kapsite.editor.versions.titles import titles_of
from kapsite.editor.view_base import editor_view, open_page, shown
from kapsite.editor.writing.forms import MENUS, AddressForm

from . import link_words, page_changes
from .mentions import mentions, reworded
from .mentions_form import MentionsForm
from .page_changes import Changes, Proposal, Refused, Texts, keys_of, path_of
from .review import review
from .what_changes import has_long_header


class InsteadForm(forms.Form):
    instead = forms.ChoiceField(
        label="What should readers see instead?",
        help_text="Anyone who comes to the old address is led there, and so are the links on other "
        "pages.",
        error_messages={"required": "Choose a page."},
    )

    def __init__(self, *args: Any, pages: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["instead"].choices = [("", "Choose a page"), *pages]  # type: ignore[attr-defined]


@editor_view("publish_content")
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: StaffRequest, name: str) -> HttpResponse:
    """What links to a page; a form for another address, and one to remove the page."""
    editing = open_page(name)
    current = editing.current
    if name not in current.files:
        return redirect("editor:page", name)
    texts = page_changes.texts_of(current)
    titles = titles_of(current, [each for each in texts if each.endswith(".md")])
    others = sorted((each, title) for each, title in titles.items() if each != name)
    data = request.POST or None
    renames, removes = (data if each in request.POST else None for each in ("rename", "remove"))
    rename = AddressForm(renames, taken=list(titles), auto_id="id_rename_%s")
    remove = InsteadForm(removes, pages=others, auto_id="id_remove_%s")
    title = f"Address of “{titles[name]}”"
    if not editing.draft:
        if changes := accepted(rename, page_changes.renamed, texts, name):
            return review(request, title, current, texts, Proposal(changes))
        if accepted(remove, page_changes.removed, texts, name):
            title = f"Remove “{titles[name]}”"
            return removal(request, title, current, texts, name, remove.cleaned_data["instead"])
    old_title = link_words.title_before(name, titles[name])
    if old_title and not editing.draft and "retitle" in request.POST:
        changes = link_words.with_new_title(texts, name, old_title, titles[name])
        if changes:
            return review(request, f"Links to {titles[name]}", current, texts, Proposal(changes))
    links = page_changes.linking(texts, name)
    context = {
        "editing": editing,
        "path": path_of(name),
        "links": in_words(links, titles),
        "page_title": titles[name],
        "old_title": old_title,
        "still_called": in_words(link_words.called(texts, name, old_title), titles),
        "rename": rename,
        "remove": remove,
    }
    return shown(request, "address.html", f"Address of “{titles[name]}”", **context)


def in_words(links: Mapping[str, int], titles: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """Each file with its title, and the number of its links."""
    return [(each, titles.get(each, each), count) for each, count in links.items()]


def accepted(
    form: forms.Form, change: Callable[[Texts, str, str], Changes], texts: Texts, name: str
) -> Changes | None:
    """What the form asks for; None, with its error in the form, where it can't be."""
    if form.is_valid():
        [given] = form.cleaned_data.values()
        try:
            return change(texts, name, given)
        except Refused as refused:
            form.add_error(None, str(refused))
    return None


def removal(
    request: StaffRequest,
    title: str,
    current: ContentVersion,
    texts: Texts,
    name: str,
    instead: str,
) -> HttpResponse:
    """What other pages say about the page; and once it is clear what becomes of it, the review."""
    titles = titles_of(current, [each for each in texts if each.endswith(".md")])
    data = request.POST if "mentions" in request.POST else None
    form = MentionsForm(data, mentions(texts, name), titles, path_of(name), instead)
    if form.fields and ("again" in request.POST or not form.is_valid()):
        context = {"form": form, "page_title": titles[name], "instead": instead}
        return shown(request, "mentions.html", title, **context)
    kept = reworded(texts, form.chosen() if form.fields else {})
    after = page_changes.with_changes(kept, page_changes.removed(kept, name, instead))
    proposal, lost = Proposal(page_changes.differing(texts, after)), list(form.lost())
    return review(request, title, current, texts, proposal, lost=lost)


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
    rows = [
        (
            titles[name],
            name in guide,
            form[f"place {name}"] if name != "index.md" else None,
            form[f"menu {name}"],
        )
        for name in [*guide, *others]
    ]
    context = {"form": form, "rows": rows, "has_long_header": has_long_header(texts)}
    return shown(request, "menu.html", "Menu and guide", **context)
