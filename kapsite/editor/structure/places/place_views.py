"""What becomes of the places that a change of a page concerns: to choose, and to look at."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.http import urlencode

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.models import ContentVersion, changes, with_changes
from kapsite.editor.structure.page_changes import Changes, Proposal, Texts, path_of, removed
from kapsite.editor.structure.review import review
from kapsite.editor.view_base import shown

from . import link_words
from .mentions import links_saying, mentions, reworded
from .mentions_form import MentionsForm
from .new_title_form import NewTitleForm
from .places_form import PlacesForm

TYPED = ("name", "instead")  # on the page of the forms


def removal(
    request: StaffRequest,
    title: str,
    current: ContentVersion,
    texts: Texts,
    titles: Mapping[str, str],
    name: str,
    instead: str,
) -> HttpResponse:
    """What other pages say about the page; and once it is clear what becomes of it, the review."""
    form = MentionsForm(choices(request), mentions(texts, name), titles, path_of(name), instead)
    if is_asked(request, form):
        context = {"sent": {"remove": "1", "instead": instead}, "page_title": titles[name]}
        return asking(request, title, form, **context)
    kept = reworded(texts, form.chosen() if form.fields else {})
    after = with_changes(kept, removed(kept, name, instead))
    return reviewing(request, title, current, texts, changes(texts, after), form)


def retitling(
    request: StaffRequest,
    current: ContentVersion,
    texts: Texts,
    titles: Mapping[str, str],
    name: str,
) -> HttpResponse | None:
    """The links that say the old title; and once it is clear what each is to say, the review."""
    old, title = link_words.title_before(name, titles[name]), f"Links to “{titles[name]}”"
    form = NewTitleForm(choices(request), links_saying(texts, name, old), titles, name, old)
    if not form.fields:
        return None
    if is_asked(request, form):
        context = {"sent": {"retitle": "1"}, "page_title": titles[name], "old_title": old}
        return asking(request, title, form, **context)
    after = reworded(texts, form.chosen())
    return reviewing(request, title, current, texts, changes(texts, after), form)


def reviewing(
    request: StaffRequest,
    title: str,
    current: ContentVersion,
    texts: Texts,
    wanted: Changes,
    form: PlacesForm | None = None,
) -> HttpResponse:
    lost, cancel = list(form.lost()) if form else [], as_typed(request)
    return review(request, title, current, texts, Proposal(wanted), lost=lost, cancel=cancel)


def as_typed(request: StaffRequest) -> str:
    """The page of the forms, with what was typed there."""
    typed = {key: request.POST[key] for key in TYPED if key in request.POST}
    return f"{request.path}?{urlencode(typed)}"


def choices(request: StaffRequest) -> Mapping[str, Any] | None:
    return request.POST if "mentions" in request.POST else None


def is_asked(request: StaffRequest, form: PlacesForm) -> bool:
    """Whether it is still to choose what becomes of the places, or once more."""
    return bool(form.fields) and ("again" in request.POST or not form.is_valid())


def asking(request: StaffRequest, title: str, form: PlacesForm, **context: Any) -> HttpResponse:
    context |= {"form": form, "cancel": as_typed(request)}
    return shown(request, "mentions.html", title, **context)
