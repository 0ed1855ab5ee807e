"""Who changed what and why."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.data_forms.words.changed_fields import file_side_by_side
from kapsite.editor.models import ContentVersion
from kapsite.editor.models.content_version import VersionQuerySet
from kapsite.editor.view_base import editor_view, shown
from kapsite.editor.writing.previews.aside import aside, site_aside

from . import archive, archive_import, history
from .action_log import Act, ContentAction, log_action
from .side_by_side import Row
from .titles import titles_of

ROWS = 50
BETWEEN_DOWNLOADS = timedelta(minutes=1)
JUST_NOW = "Everything was exported a moment ago. Wait a minute, then download it again."
TOO_LARGE = "It is too large to be downloaded here. The server’s operator can export it."
MOST_TEXTS = 20  # on one page
MOST_TITLES = 3  # of one version, in the list
Texts = list[tuple[str, list[Row]]]


class HistoryFilter(forms.Form):
    """Which changes to show; each choice can be left open."""

    about = forms.ChoiceField(label="Page or data", required=False)
    by = forms.ChoiceField(label="Person", required=False)
    since = forms.DateField(
        label="Since", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any, titles: Mapping[str, str], people: Mapping[str, str]):
        super().__init__(data)
        named = sorted(titles.items(), key=lambda item: item[1].lower())
        self.fields["about"].choices = [("", "All"), *named]  # type: ignore[attr-defined]
        self.fields["by"].choices = [("", "Everyone"), *people.items()]  # type: ignore[attr-defined]

    def among(self, made: VersionQuerySet) -> VersionQuerySet:
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("about"):
            made = made.that_change(given["about"])
        if given.get("by"):
            made = made.filter(author=given["by"])
        if given.get("since"):
            made = made.filter(at__gte=days.start_of(given["since"]))
        if given.get("until"):
            made = made.filter(at__lt=days.start_of(given["until"] + timedelta(days=1)))
        return made


@editor_view("view_history")
@require_safe
def versions(request: StaffRequest) -> HttpResponse:
    current, made = history.up_to_date(), ContentVersion.objects.shown_in_history()
    named = [name for name in current.files if name.endswith((".md", ".yaml"))]
    titles = titles_of(current, named)
    form = HistoryFilter(request.GET, titles, authors())
    page = Paginator(form.among(made), ROWS).get_page(request.GET.get("page"))
    rows = [(each, titled(each, titles)) for each in page]
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {"rows": rows, "page": page, "form": form, "kept": kept.urlencode()}
    context["about"] = form.cleaned_data.get("about", "")
    return shown(request, "versions.html", "History", **context)


def authors() -> dict[str, str]:
    """By number, the names of those who changed anything."""
    ids = ContentVersion.objects.exclude(author=None).values("author").distinct()
    found = get_user_model().objects.filter(pk__in=ids).order_by("username")
    return {str(each.pk): each.get_full_name() or each.get_username() for each in found}


def titled(version: ContentVersion, titles: Mapping[str, str]) -> list[str]:
    """What ``version`` changed; of files that are gone, as they were called."""
    names = list(version.changes)
    gone = [name for name in names[:MOST_TITLES] if name not in titles]
    known = {**titles, **titles_of(version, gone)}
    return [known.get(name, name) for name in names]


@editor_view("view_history")
@require_safe
def version(request: StaffRequest, pk: int) -> HttpResponse:
    """The texts that this version changed; the one that was asked for stands first."""
    found = get_object_or_404(ContentVersion.objects.shown_in_history(), pk=pk)
    first = request.GET.get("about", "")
    texts = compared(found.parent, found, first) if found.parent else []
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
    from kapsite.editor.signing_off import reminders  # here: what reads content is large

    current, today = history.up_to_date(), days.today()
    found = aside(reminders.reminders, site_aside(current.pk), today)
    titles = titles_of(current, [each.file for each in found])
    rows = [(each, titles[each.file], each.in_words(today)) for each in found]
    return shown(request, "reminders.html", "Reminders", rows=rows)


def compared(before: ContentVersion, after: ContentVersion, first: str) -> Texts:
    changed = [name for name in after.changes if name.endswith((".md", ".yaml"))]
    differing = sorted(changed, key=lambda name: name != first)[:MOST_TEXTS]
    titles = titles_of(after, differing)
    return [
        (titles[name], file_side_by_side(name, before.text_of(name), after.text_of(name)))
        for name in differing
    ]
