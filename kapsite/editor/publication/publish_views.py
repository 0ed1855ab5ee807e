"""To publish a draft: what readers will see changed, the reason, and the time; or to cancel it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.data_forms.words.changed_fields import file_side_by_side
from kapsite.editor.models import ContentVersion, Publication
from kapsite.editor.versions.side_by_side import Row
from kapsite.editor.versions.titles import title_of
from kapsite.editor.view_base import editor_view, open_file, shown
from kapsite.editor.writing.drafts import Editing
from kapsite.editor.writing.drafts_ahead import published_together
from kapsite.editor.writing.errors_listed import ListedError, listed

from .publish_form import PublishForm
from .refusals import Refusal

if TYPE_CHECKING:
    from kapsite.editor.data_forms.data_check import CheckedData
    from kapsite.editor.writing.previews.preview import Checked

KEEPS = "What keeps the draft of “{}” from being published"
ON_ITS_WAY = "This draft is being published already. Look again in a few seconds."
SCHEDULED = "Readers get it at the time you chose. Until then you can cancel it in this list."


@editor_view("publish_content")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: StaffRequest, name: str) -> HttpResponse:
    """What readers will see changed, side by side; the reason; and the button."""
    editing = open_file(name)
    if editing.draft is None:
        return redirect("editor:page", name)
    if Publication.objects.is_on_its_way(editing.draft):
        messages.info(request, ON_ITS_WAY)
        return redirect("editor:pages")
    drafts, wrong = published_together(editing, days.today())
    names = [title_of(draft) for draft in drafts]
    form = PublishForm(drafts, names[1:], request.POST or None)
    is_ready = not wrong and not editing.is_outdated
    if request.method == "POST" and is_ready and form.is_valid():
        return ask(request, editing.current, drafts, form.cleaned_data)
    changes = list(changes_in(drafts, names, wrong, editing.current))
    context = {
        "editing": editing,
        "form": form,
        "is_ready": is_ready,
        "refused": [
            Refusal(KEEPS.format(name), errors) for _, name, errors, _ in changes if errors
        ],
        "drafts": changes,
    }
    return shown(request, "publish.html", f"Publish “{names[0]}”", **context)


def ask(
    request: StaffRequest,
    current: ContentVersion,
    drafts: list[ContentVersion],
    given: Mapping[str, Any],
) -> HttpResponse:
    """Have the worker publish ``drafts``, all of them or none."""
    Publication.objects.ask(
        current,
        current.files | {draft.file: draft.files[draft.file] for draft in drafts},
        request.user,
        given["reason"],
        drafts=drafts,
        publish_on=given["publish_on"],
    )
    if given["publish_on"]:
        messages.success(request, SCHEDULED)
    return redirect("editor:pages")


def changes_in(
    drafts: list[ContentVersion],
    names: list[str],
    wrong: Mapping[str, Checked | CheckedData],
    current: ContentVersion,
) -> Iterator[tuple[ContentVersion, str, list[ListedError], list[Row]]]:
    """Each draft with its name, what is wrong with it, and both texts."""
    for draft, name in zip(drafts, names, strict=True):
        found = wrong.get(draft.file)
        texts = current.text_of(draft.file), draft.text_of(draft.file)
        rows = file_side_by_side(draft.file, *texts)
        errors = []
        if found:
            editing = Editing(current, draft, draft.file)
            errors = list(listed(editing, texts[1], found.site, found.errors))
        yield draft, name, errors, rows


@editor_view("publish_content")
@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back what is to be published later; drafts stay."""
    if Publication.objects.cancel(Publication.objects.filter(pk=pk), timezone.now(), request.user):
        messages.success(request, "Canceled. What was drafted is kept.")
    else:
        messages.error(request, "It’s too late to cancel it. You can bring the page back instead.")
    return redirect("editor:pages")
