"""Another address for a page, or none: what links to it changes too."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.editor.versions.titles import called, titles_of
from kapsite.editor.view_base import editor_view, open_page, shown
from kapsite.editor.writing.drafts import Editing
from kapsite.editor.writing.forms import NewAddressForm

from . import page_changes
from .page_changes import Changes, Proposal, Refused, Texts, path_of
from .review import review

TYPED = ("name", "instead")  # in the two forms


class InsteadForm(forms.Form):
    instead = forms.ChoiceField(
        label="What should readers see instead?",
        help_text="Anyone who comes to the old address is led there, and so are the links on other "
        "pages. If those say more about this page, change their words first.",
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
    rename, remove = forms_for(request, name, titles)
    answer = None if editing.draft else reviewed(request, editing, texts, titles, rename, remove)
    if answer:
        return answer
    context = {
        "editing": editing,
        "path": path_of(name),
        "links": [
            (editor_of(each), called(each, texts[each]), count)
            for each, count in page_changes.linking(texts, name).items()
        ],
        "page_title": titles[name],
        "rename": rename,
        "remove": remove,
    }
    return shown(request, "address.html", f"Address of “{titles[name]}”", **context)


def forms_for(
    request: StaffRequest, name: str, titles: Mapping[str, str]
) -> tuple[NewAddressForm, InsteadForm]:
    others = sorted((each, title) for each, title in titles.items() if each != name)
    data = request.POST or None
    renames, removes = (data if each in request.POST else None for each in ("rename", "remove"))
    typed = {key: request.GET.get(key, "") for key in TYPED}
    rename = NewAddressForm(
        renames, present=name, titles=titles, typed=typed["name"], auto_id="id_rename_%s"
    )
    return rename, InsteadForm(removes, pages=others, initial=typed, auto_id="id_remove_%s")


def reviewed(
    request: StaffRequest,
    editing: Editing,
    texts: Texts,
    titles: Mapping[str, str],
    rename: NewAddressForm,
    remove: InsteadForm,
) -> HttpResponse | None:
    """What one of the forms asks for, to look at before it is published."""
    title = titles[editing.file]
    typed = {key: request.POST[key] for key in TYPED if key in request.POST}
    cancel = f"{request.path}?{urlencode(typed)}"
    for form, change, heading in (
        (rename, page_changes.renamed, f"Address of “{title}”"),
        (remove, page_changes.removed, f"Remove “{title}”"),
    ):
        if changes := accepted(form, change, texts, editing.file):
            proposal = Proposal(changes)
            return review(request, heading, editing.current, texts, proposal, cancel=cancel)
    return None


def editor_of(name: str) -> str:
    """Where a file is changed; "" if that is not in the browser."""
    is_open = name.endswith(".md") or data_file(name)
    return reverse("editor:page", args=[name]) if is_open else ""


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
