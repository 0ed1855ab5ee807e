"""Pages that take one change back, or bring the whole site back to a version."""

from collections.abc import Collection, Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.data_forms.words.changed_fields import file_side_by_side
from kapsite.editor.models import ContentVersion, Kind
from kapsite.editor.versions import history
from kapsite.editor.versions.titles import called
from kapsite.editor.view_base import editor_view, shown

from . import undoing
from .address_views import InsteadForm
from .page_changes import Proposal, Refused, texts_of
from .review import review

MOST_LATER = 200  # versions that are looked through
UNDO, WHOLE = "Undo this change", "Bring the whole site back"


@editor_view("publish_content")
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Only what this version changed goes back; what can't is shown with what to do."""
    version, current = version_in_folder(pk), history.up_to_date()
    if version.parent is None:
        raise Http404
    try:
        proposal, conflicts = undoing.undone(version, version.parent, current)
    except Refused as refused:
        return shown(request, "undo.html", UNDO, version=version, refused=str(refused))
    if conflicts:
        rows = [conflict(name, version, current) for name in conflicts]
        return shown(request, "undo.html", UNDO, version=version, conflicts=rows)
    reason = Truncator(f"Undid “{version.reason or version.get_kind_display()}”").chars(200)
    return go_back(request, UNDO, version, current, proposal, Kind.UNDO, reason)


@editor_view("publish_content")
@require_http_methods(["GET", "HEAD", "POST"])
def whole_site(request: StaffRequest, pk: int) -> HttpResponse:
    """All pages and data as in this version, also where they were changed since."""
    version, current = version_in_folder(pk), history.up_to_date()
    proposal = undoing.as_in(version, current)
    return go_back(request, WHOLE, version, current, proposal, Kind.BACK, "")


def version_in_folder(pk: int) -> ContentVersion:
    past = ContentVersion.objects.exclude(in_folder_since=None).select_related("author", "parent")
    return get_object_or_404(past, pk=pk)


def go_back(
    request: StaffRequest,
    title: str,
    version: ContentVersion,
    current: ContentVersion,
    proposal: Proposal,
    kind: Kind,
    reason: str,
) -> HttpResponse:
    """Review it, once it is clear where readers of pages that go are led."""
    texts = texts_of(current)
    context: dict[str, Any] = {"version": version}
    if not proposal:
        return shown(request, "undo.html", title, **context, is_nothing=True)
    if gone := undoing.leading_nowhere(texts, proposal.texts):
        form = instead_form(request, gone, {**texts, **proposal.texts})
        context |= {"form": form, "gone": [called(name, texts[name]) for name in gone]}
        if not form.is_valid():
            return shown(request, "undo.html", title, **context)
        instead = form.cleaned_data["instead"]
        try:
            wanted = undoing.led_to(instead, gone, texts, proposal.texts)
        except Refused as refused:
            form.add_error(None, str(refused))
            return shown(request, "undo.html", title, **context)
        proposal = Proposal(wanted, proposal.images)
    return review(request, title, current, texts, proposal, kind, reason)


def instead_form(
    request: StaffRequest, gone: Collection[str], after: Mapping[str, str | None]
) -> InsteadForm:
    """It offers the pages that stay."""
    pages = [
        (name, called(name, text))
        for name, text in after.items()
        if text and name.endswith(".md") and name not in gone
    ]
    return InsteadForm(request.POST if "instead" in request.POST else None, pages=pages)


def conflict(name: str, version: ContentVersion, current: ContentVersion) -> dict[str, Any]:
    """What stands in the way of undoing it in this file: the last change since, and both texts."""
    later = ContentVersion.objects.exclude(in_folder_since=None).filter(
        in_folder_since__gt=version.in_folder_since
    )
    newest = later.select_related("parent").order_by("-in_folder_since")[:MOST_LATER]
    found = {
        "name": name,
        "title": name,
        "later": next((each for each in newest if name in each.changes), None),
    }
    if undoing.is_image(name):
        return found
    now, was = (each.text_of(name) for each in (current, version.parent) if each)
    rows = file_side_by_side(name, now, was) if now or was else []
    return found | {"title": called(name, now or was), "rows": rows, "has_page": now}
