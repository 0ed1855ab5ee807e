"""What several files are to become, shown before it is published."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.models import ContentVersion, Files, Kind, Publication
from kapsite.editor.publication.publish_form import ReasonForm
from kapsite.editor.publication.publish_views import PUBLISHING
from kapsite.editor.publication.refusals import refusals
from kapsite.editor.view_base import shown

from .page_changes import Proposal, Texts, with_changes
from .what_changes import changed_addresses, changed_menus, changed_texts

NOT_SEEN = "Something was published meanwhile. Look once more at what is shown now."
ALREADY = "This is being published already. Look again in a few seconds."
OWN_FIELDS = {"csrfmiddlewaretoken", "publish", "reason", "seen"}


class ReviewForm(ReasonForm):
    """For the change that is shown; another one must be looked at first."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, fingerprint: str, reason: str, data: Any = None):
        super().__init__(data, initial={"seen": fingerprint, "reason": reason})
        self.is_seen = data is not None and data.get("seen") == fingerprint
        if data is not None:  # the next press is about what is shown now
            self.data = data.dict() | {"seen": fingerprint}

    def clean(self):
        if not self.is_seen:
            raise ValidationError(NOT_SEEN)
        return super().clean()


def review(
    request: StaffRequest,
    title: str,
    current: ContentVersion,
    texts: Texts,
    proposal: Proposal,
    kind: Kind = Kind.EDIT,
    reason: str = "",
) -> HttpResponse:
    """What readers will see changed; the reason; and the button. ``texts`` are those of now."""
    data = request.POST if "publish" in request.POST else None
    form = ReviewForm(proposal.fingerprint, reason, data)
    refused = refusals(current, proposal.texts, proposal.images)
    if not refused and form.is_valid():
        publish(request, current, proposal.files(current), form.cleaned_data["reason"], kind)
        return redirect("editor:pages")
    after = with_changes(texts, proposal.texts)
    context = {
        "form": form,
        "refused": refused,
        "given": [item for item in request.POST.items() if item[0] not in OWN_FIELDS],
        "addresses": changed_addresses(texts, after),
        "menus": changed_menus(texts, after),
        "texts": changed_texts(texts, proposal.texts),
        "images": list(proposal.images.items()),
        "current": current,
    }
    return shown(request, "review.html", title, **context)


def publish(
    request: StaffRequest, current: ContentVersion, files: Files, reason: str, kind: Kind
) -> None:
    """Ask the worker for it, unless someone has done so already, for example by pressing twice."""
    if Publication.objects.are_on_their_way(files):
        messages.info(request, ALREADY)
        return
    Publication.objects.ask(current, files, request.user, reason, kind)
    messages.success(request, PUBLISHING)
