"""Who changed what and why; and making an earlier version current again, as a new one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from kapsite.accounts.pages import StaffRequest

from . import history
from .forms import ReasonForm
from .models import ContentVersion, Kind, PublishedSet
from .side_by_side import side_by_side
from .views import editor_view, shown

ROWS = 50


@editor_view("view_history")
@require_safe
def versions(request: StaffRequest) -> HttpResponse:
    history.up_to_date()
    made = ContentVersion.objects.exclude(current_at=None).select_related("author", "parent")
    rows = [(each, list(each.changes)) for each in made.order_by("-current_at", "-pk")[:ROWS]]
    return shown(request, "versions.html", "History", rows=rows)


@editor_view("view_history")
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: StaffRequest, pk: int) -> HttpResponse:
    """The texts that this version changed, and a form that brings back how it was before it."""
    found = get_object_or_404(ContentVersion.objects.exclude(current_at=None), pk=pk)
    current = history.up_to_date()
    may_publish = request.user.has_perm("editor.publish_content")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and may_publish and form.is_valid():
        reason = form.cleaned_data["reason"]
        PublishedSet.objects.ask(current, found.files, request.user, reason, Kind.BACK)
        messages.success(request, "Bringing it back. Readers have it in a few seconds.")
        return redirect("editor:pages")
    context = {
        "version": found,
        "is_current": found.files == current.files,
        "form": form if may_publish else None,
        "texts": [
            (name, compared(found, name))
            for name in found.changes
            if name.endswith((".md", ".yaml"))
        ],
        "others": [name for name in found.changes if not name.endswith((".md", ".yaml"))],
    }
    return shown(request, "version.html", "What changed", **context)


def compared(found: ContentVersion, name: str):
    return side_by_side(found.parent.text_of(name) if found.parent else "", found.text_of(name))
