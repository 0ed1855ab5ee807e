"""Who changed what and why; and making pages as they were in an earlier version."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.data_forms.data_files import data_file
from kapsite.editor.models import ContentVersion, Files, Kind, Publication, changes
from kapsite.editor.views import editor_view, shown
from kapsite.editor.writing.forms import ReasonForm

from . import history
from .action_log import ContentAction
from .side_by_side import Row, side_by_side

ROWS = 50
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
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: StaffRequest, pk: int) -> HttpResponse:
    """The texts that this version changed. A form makes pages and data as they were with it, and
    shows first what that would change. Word lists stay as they are now.
    """
    found = get_object_or_404(ContentVersion.objects.shown_in_history(), pk=pk)
    current = history.up_to_date()
    files = with_pages_of(found, current)
    may_publish = request.user.has_perm("editor.publish_content")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and may_publish and files != current.files and form.is_valid():
        reason = form.cleaned_data["reason"]
        Publication.objects.ask(current, files, request.user, reason, Kind.BACK)
        messages.success(request, "Bringing it back. Readers have it in a few seconds.")
        return redirect("editor:pages")
    context = {
        "version": found,
        "texts": compared(found.parent, found, found.files) if found.parent else [],
        "back": compared(current, found, files),
        "form": form if may_publish else None,
    }
    return shown(request, "version.html", "What changed", **context)


@editor_view("view_history")
@require_safe
def actions(request: StaffRequest) -> HttpResponse:
    """The log of content actions, the newest first."""
    rows = Paginator(ContentAction.objects.select_related("by"), ROWS)
    page = rows.get_page(request.GET.get("page"))
    return shown(request, "actions.html", "Content log", rows=page)


@editor_view("edit_content")
@require_safe
def reminder_list(request: StaffRequest) -> HttpResponse:
    """What is due soon or overdue, and who looks after it."""
    from kapsite.editor import reminders  # here: what reads content is large
    from kapsite.editor.writing import preview

    site, today = preview.site_of(history.up_to_date().pk), days.today()
    rows = [(each, each.in_words(today)) for each in reminders.reminders(site, today)]
    return shown(request, "reminders.html", "Reminders", rows=rows)


def with_pages_of(found: ContentVersion, current: ContentVersion) -> Files:
    """The pages and data files that editors change are those of ``found``."""
    others = {name: each for name, each in current.files.items() if not is_edited(name)}
    mine = found.files.items()
    return others | {name: each for name, each in mine if is_edited(name) or is_image(name)}


def is_image(name: str) -> bool:
    """Those that were added since stay."""
    return name.startswith("images/")


def is_edited(name: str) -> bool:
    return name.endswith(".md") or data_file(name) is not None


def compared(before: ContentVersion, after: ContentVersion, files: Files) -> Texts:
    """The texts of those of ``files``, of the version ``after``, that differ from ``before``."""
    differing = [name for name in changes(before.files, files) if name.endswith((".md", ".yaml"))]
    return [
        (name, side_by_side(before.text_of(name), after.text_of(name)))
        for name in differing[:MOST_TEXTS]
    ]
