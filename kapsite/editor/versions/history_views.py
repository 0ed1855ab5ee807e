"""Who changed what and why."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.models import ContentVersion
from kapsite.editor.view_base import editor_view, shown
from kapsite.editor.writing.aside import aside

from . import archive, archive_import, history
from .action_log import Act, ContentAction, log_action
from .side_by_side import Row, side_by_side

ROWS = 50
BETWEEN_DOWNLOADS = timedelta(minutes=1)
JUST_NOW = "Everything was exported a moment ago. Wait a minute, then download it again."
TOO_LARGE = "It is too large to be downloaded here. The server’s operator can export it."
MOST_TEXTS = 20  # on one page
Texts = list[tuple[str, list[Row]]]


@editor_view("view_history")
@require_safe
def versions(request: StaffRequest) -> HttpResponse:
    history.up_to_date()
    made = ContentVersion.objects.shown_in_history()
    rows = [(each, list(each.changes)) for each in made[:ROWS]]
    return shown(request, "versions.html", "History", rows=rows)


@editor_view("view_history")
@require_safe
def version(request: StaffRequest, pk: int) -> HttpResponse:
    """The texts that this version changed."""
    found = get_object_or_404(ContentVersion.objects.shown_in_history(), pk=pk)
    texts = compared(found.parent, found) if found.parent else []
    return shown(request, "version.html", "What changed", version=found, texts=texts)


@editor_view("view_history")
@require_safe
def actions(request: StaffRequest) -> HttpResponse:
    """The log of content actions, the newest first."""
    rows = Paginator(ContentAction.objects.select_related("by"), ROWS)
    page = rows.get_page(request.GET.get("page"))
    return shown(request, "actions.html", "Content log", rows=page)


@editor_view("export_content")
@require_POST
def download(request: StaffRequest) -> HttpResponseBase:
    """The same archive as ``export_content`` writes, sent while it is made."""
    now = timezone.now()
    if ContentAction.objects.filter(act=Act.EXPORTED, at__gt=now - BETWEEN_DOWNLOADS).exists():
        messages.error(request, JUST_NOW)
    elif archive.size() > archive_import.LARGEST:
        messages.error(request, TOO_LARGE)
    else:
        name = f"content-{days.today()}.zip"
        log_action(Act.EXPORTED, request.user, name)
        pieces = archive.zipped(history.up_to_date())
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(pieces, content_type="application/zip", headers=disposition)
    return redirect("editor:versions")


@editor_view("edit_content")
@require_safe
def reminder_list(request: StaffRequest) -> HttpResponse:
    """What is due soon or overdue, and who looks after it."""
    from kapsite.editor import reminders  # here: what reads content is large
    from kapsite.editor.writing import preview

    version, today = history.up_to_date().pk, days.today()
    found = aside(lambda: reminders.reminders(preview.site_of(version), today))
    rows = [(each, each.in_words(today)) for each in found]
    return shown(request, "reminders.html", "Reminders", rows=rows)


def compared(before: ContentVersion, after: ContentVersion) -> Texts:
    differing = [name for name in after.changes if name.endswith((".md", ".yaml"))]
    return [
        (name, side_by_side(before.text_of(name), after.text_of(name)))
        for name in differing[:MOST_TEXTS]
    ]
