"""What several files are to become, shown before it is published."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.models import ContentVersion, Files, Kind, Publication, with_changes
from kapsite.editor.publication.publish_form import ReasonForm
from kapsite.editor.publication.refusals import refusals
from kapsite.editor.view_base import shown

from .page_changes import Proposal, Texts
from .what_changes import changed_addresses, changed_menus, changed_texts, has_long_header

ALREADY = "This is being published already. Look again in a few seconds."
OWN_FIELDS = {"csrfmiddlewaretoken", "publish", "reason", "seen", "again"}


def review(
    request: StaffRequest,
    title: str,
    current: ContentVersion,
    texts: Texts,
    proposal: Proposal,
    kind: Kind = Kind.EDIT,
    reason: str = "",
    cancel: str = "",
    way_back: str = "",
) -> HttpResponse:
    """What readers will see changed, the reason, and the button. ``way_back`` names the button that
    leads to the form with what was typed."""
    sent = request.POST if "publish" in request.POST else None
    form = ReasonForm(proposal.fingerprint, sent, reason)
    refused = refusals(current, proposal.texts, proposal.images)
    if not refused and form.is_valid():
        publish(request, current, proposal.files(current), form.cleaned_data["reason"], kind)
        return redirect("editor:pages")
    context = {
        "form": form,
        "refused": refused,
        "given": [item for item in request.POST.items() if item[0] not in OWN_FIELDS],
        "cancel": cancel or (request.path if kind == Kind.EDIT else reverse("editor:versions")),
        "way_back": way_back,
        "current": current,
    }
    return shown(request, "review.html", title, **context, **changed(texts, proposal))


def changed(texts: Texts, proposal: Proposal) -> dict[str, Any]:
    after = with_changes(texts, proposal.texts)
    return {
        "addresses": changed_addresses(texts, after),
        "menus": changed_menus(texts, after),
        "has_long_header": has_long_header(after) and not has_long_header(texts),
        "texts": changed_texts(texts, proposal.texts),
        "images": list(proposal.images.items()),
    }


def publish(
    request: StaffRequest, current: ContentVersion, files: Files, reason: str, kind: Kind
) -> None:
    """Ask the worker for it, unless someone has done so already, for example by pressing twice."""
    if Publication.objects.are_on_their_way(files):
        messages.info(request, ALREADY)
        return
    Publication.objects.ask(current, files, request.user, reason, kind)
