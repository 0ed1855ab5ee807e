"""The images of the site: which pages show them; upload, replace and remove one."""

from __future__ import annotations

import mimetypes
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.editor.models import Blob, ContentVersion, Publication, Upload
from kapsite.editor.models.upload import IMAGE
from kapsite.editor.versions import history
from kapsite.editor.view_base import editor_view, publication_state, shown
from kapsite.editor.writing.previews.aside import aside, site_aside

from . import prepared
from .upload_form import UploadForm
from .uploads import IntoFolder

if TYPE_CHECKING:
    from kapsite.pages.load.site import Site

TOO_LARGE = (
    "The file is larger than {limit} MB. Save a smaller copy of it: 2,000 pixels wide are enough, "
    "and take less than 2 MB. Your browser’s Back button brings back what you typed."
)
BROKE_OFF = (
    "The upload broke off before it was complete. Check the connection, go back with your "
    "browser’s Back button, and try again."
)
NO_ROOM = "The server can’t store the file: its disk may be full. Tell the server’s operator."
SENT = "Uploaded. It is prepared in the background, and then this list shows it."


def receive(request: StaffRequest) -> HttpResponse | None:
    """Read the form into memory and the image into a file; the page with what is wrong."""
    if getattr(request.META["wsgi.input"], "is_too_large", False):
        return page(request, problem=TOO_LARGE.format(limit=settings.LARGEST_UPLOAD // 1_000_000))
    handler = IntoFolder(request)
    try:
        request.upload_handlers = [handler]
        _ = request.POST
    except OSError as error:
        handler.upload_interrupted()
        return page(request, problem=NO_ROOM if error.errno else BROKE_OFF)
    return None


@editor_view("edit_content", receive)
@require_http_methods(["GET", "HEAD", "POST"])
def images(request: StaffRequest) -> HttpResponse:
    """All images with the pages that show them; a new one is sent to the worker."""
    if request.method != "POST":
        return page(request)
    form = UploadForm(request.POST, request.FILES, there=history.up_to_date().files)
    sent = stored_at(request)
    try:
        if not form.is_valid():
            return page(request, form=form)
        given = form.cleaned_data
        if given["replaces"] and not request.user.has_perm("editor.publish_content"):
            raise PermissionDenied
        Upload.objects.create(
            image=given["replaces"] or given["name"],
            alternative="" if given["replaces"] else given["alternative"],
            replaces=bool(given["replaces"]),
            stored=sent.name if sent else "",
            by=request.user,
        )
        sent = None  # from here on the worker's
    finally:
        if sent:
            sent.unlink(missing_ok=True)
    messages.success(request, SENT)
    return redirect(request.get_full_path())


def stored_at(request: StaffRequest) -> Path | None:
    """Where the image was received, if there is one."""
    sent = request.FILES.get("file")
    return Path(sent.file.name) if sent and sent.file else None


def page(request: StaffRequest, form: UploadForm | None = None, problem: str = "") -> HttpResponse:
    # Before the list, so that what is done meanwhile either waits or is in it.
    waiting = list(Upload.objects.waiting().values_list("image", flat=True))
    state = publication_state(request)
    current = history.up_to_date()
    site = site_aside(current.pk)
    uses, words = uses_of(site), Upload.objects.alternatives()
    names = [name for name in current.files if IMAGE.fullmatch(name)]
    small = aside(prepared.small_ones, site.images, names)
    preparing = [*waiting, *(name for name in names if name in words and not small[name])]
    newest = [] if preparing else Upload.objects.just_made(request.user)[:1]
    context = {
        "form": form or UploadForm(there=current.files),
        "problem": problem,
        "back": data_file(request.GET.get("back", "")),
        "rows": [(name, uses.get(name, []), words.get(name, ""), small[name]) for name in names],
        "preparing": preparing,
        "failed": Upload.objects.last_problem(request.user),
        "ready": [name for name in newest if small.get(name)],
    } | state
    return shown(request, "images.html", "Images", **context)


def uses_of(site: Site) -> dict[str, list[str]]:
    """By image, the pages that show it, drafts and the team too."""
    uses = defaultdict(list)
    for draft in site.drafts:
        title = draft.meta.title if draft.meta else draft.file
        for name in dict.fromkeys(unquote(target.address) for target in draft.rendered.images):
            uses[name].append(title)
    for each in ContentVersion.objects.open_drafts():
        for found in dict.fromkeys(m[0] for m in IMAGE.finditer(each.text_of(each.file))):
            uses[found].append(f"Draft of {each.file}")
    return uses


@editor_view("edit_content")
@require_safe
def image_file(request: StaffRequest, name: str) -> HttpResponse:
    """An image as it is in the content folder, or as it was."""
    if not IMAGE.fullmatch(name):
        raise Http404
    sha256 = request.GET.get("sha256") or history.up_to_date().files.get(name, "")
    if not sha256.isalnum():
        raise Http404
    kind = mimetypes.guess_type(PurePosixPath(name).name)[0]
    return HttpResponse(get_object_or_404(Blob, pk=sha256).content, content_type=kind)


@editor_view("edit_content")
@require_safe
def prepared_image(request: StaffRequest, name: str) -> HttpResponse:
    """An image of a preview that isn't published yet."""
    return prepared.answer(name)


@editor_view("publish_content")
@require_POST
def remove_image(request: StaffRequest, name: str) -> HttpResponse:
    """Take an image that nothing shows out of the folder; the history keeps it."""
    current = history.up_to_date()
    if name not in current.files or not IMAGE.fullmatch(name):
        raise Http404
    if uses := uses_of(site_aside(current.pk)).get(name):
        messages.error(request, f"It can’t be removed while it is shown on: {', '.join(uses)}.")
        return redirect("editor:images")
    files = {each: sha256 for each, sha256 in current.files.items() if each != name}
    Publication.objects.ask(current, files, request.user, f"Removed the image {name}"[:200])
    messages.success(request, "Removing it. The history keeps it, so it can be brought back.")
    return redirect("editor:images")
