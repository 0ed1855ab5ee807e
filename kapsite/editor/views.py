"""The pages of "Edit site": the list, one page with its problems, preview and publishing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.versions.side_by_side import Row, side_by_side
from kapsite.editor.writing.aside import aside, begin_aside
from kapsite.editor.writing.drafts import Editing
from kapsite.editor.writing.drafts_ahead import check_with_drafts, published_together
from kapsite.editor.writing.errors_listed import ListedError, listed
from kapsite.editor.writing.forms import NAME, InsertForm, NewPageForm, PublishForm
from kapsite.editor.writing.pieces import blocks, citations, inserted, links
from kapsite.editor.writing.private_link import link_to
from kapsite.editor.writing.written import Written
from kapsite.security.wsgi.error_pages import error_page

from .data_forms.data_files import data_file, data_files
from .data_forms.groups import errors_in
from .models import Blob, ContentVersion, Publication
from .versions import history
from .writing import drafts

if TYPE_CHECKING:
    from kapsite.editor.data_forms.data_check import CheckedData
    from kapsite.editor.writing.preview import Checked

SAVED = "Saved as a draft. Readers don’t see it yet."
PUBLISHING = "Publishing. Readers have it in a few seconds."
ON_ITS_WAY = "This draft is being published already. Look again in a few seconds."
SCHEDULED = "Readers get it at the time you chose. Until then you can cancel it in this list."
NOT_SAVED = (
    "This could not be saved: the server can’t write right now, perhaps because its disk is full. "
    "Your text is still here. Copy it somewhere safe, tell the server’s operator, and save again."
)
TITLE = re.compile(rb"^title:(.*)$", re.MULTILINE)


def received(request: StaffRequest) -> HttpResponse | None:
    """Read what was posted; the response if that fails."""
    try:
        _ = request.POST
    except UnreadablePostError:
        return HttpResponse(error_page(503), status=503)
    return None


def editor_view(
    permission: str, receive: Callable[[StaffRequest], HttpResponse | None] = received
) -> Callable:
    """For those who are signed in with a second factor and have ``permission``.

    Nothing long is read until that is known: what checks the form's token reads it, so it comes
    after the permission.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"editor.{permission}"):
                raise PermissionDenied
            if request.method == "POST" and (failure := receive(request)):
                return failure
            return csrf_protect(view)(request, *args, **kwargs)

        checked.csrf_exempt = True  # type: ignore[attr-defined]
        return csrf_exempt(admin.site.admin_view(checked))

    return decorate


def shown(request: StaffRequest, template: str, title: str, **context: Any) -> HttpResponse:
    return render(
        request, f"editor/{template}", admin.site.each_context(request) | {"title": title} | context
    )


@editor_view("edit_content")
@require_http_methods(["GET", "HEAD", "POST"])
def pages(request: StaffRequest) -> HttpResponse:
    """Every page with its draft; a form for a new one; what was published last."""
    current = history.up_to_date()
    warm_up(current)
    names = [name for name in current.files if name.endswith(".md")]
    form = NewPageForm(request.POST or None, taken=names)
    if request.method == "POST" and form.is_valid():
        return redirect("editor:page", form.cleaned_data["name"])
    open_drafts = {draft.file: draft for draft in ContentVersion.objects.open_drafts()}
    titles = titles_of(current, names)
    context = {
        "rows": [
            (name, titles.get(name), open_drafts.get(name))
            for name in sorted({*names, *(each for each in open_drafts if not data_file(each))})
        ],
        "data_rows": data_rows(current, open_drafts),
        "form": form,
    } | Publication.objects.state()
    return shown(request, "pages.html", "Edit site", **context)


def data_rows(current: ContentVersion, open_drafts: Mapping[str, ContentVersion]) -> list[tuple]:
    """Every data file that has a form, by its label or the title of the chart, with its draft."""
    files = data_files(current.files)
    titles = titles_of(current, [file.name for file in files if file.is_chart])
    return [(file, titles.get(file.name, file.label), open_drafts.get(file.name)) for file in files]


def titles_of(version: ContentVersion, names: list[str]) -> dict[str, str]:
    """The title of each page, or the name of its file while it has none."""
    blobs = Blob.objects.in_bulk([version.files[name] for name in names])
    found = {name: TITLE.search(bytes(blobs[version.files[name]].content)) for name in names}
    return {
        name: (match[1].strip().decode(errors="replace") if match else "") or name
        for name, match in found.items()
    }


def open_page(name: str) -> Editing:
    if not NAME.fullmatch(name):
        raise Http404
    return open_file(name)


def open_file(name: str) -> Editing:
    """A page, or a data file that has a form."""
    if not (NAME.fullmatch(name) or data_file(name)):
        raise Http404
    return drafts.editing(history.up_to_date(), name)


@editor_view("edit_content")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StaffRequest, name: str) -> HttpResponse:
    """The text of a page with its problems; saving keeps a draft that readers don't see."""
    if data_file(name):
        return redirect("editor:data", name)
    editing = open_page(name)
    if request.method != "POST":
        return edit_page(request, Written.begun(editing))
    written = Written.posted(editing, request.POST)
    if not written.is_valid:
        return edit_page(request, written)
    text = written.text
    if not {"check", "show", "insert"}.isdisjoint(request.POST):
        return edit_page(request, changed(written, request.POST))
    if not editing.is_shown(text):
        if not editing.is_unchanged_since(written.form.cleaned_data["began_with"]):
            return both_texts(request, written)
        if not drafts.could_save(editing, text, request.user):
            written.form.add_error("text", NOT_SAVED)
            return edit_page(request, written)
    messages.success(request, SAVED)
    return redirect(f"{reverse('editor:page', args=[name])}#saved-page")  # read by desk.js


def changed(written: Written, posted: QueryDict) -> Written:
    """What was typed, as a button without script changes or shows it; nothing is saved."""
    text, form = written.form.cleaned_data["text"], InsertForm(posted)
    if form.is_valid():
        found = form.cleaned_data
        written.form.cleaned_data["text"] = inserted(
            text.replace("\r\n", "\n"), found["insert"].replace("\r\n", "\n"), found["after"]
        )
    shape = posted.get("show")
    return written.again(written.text, as_text=shape == "text" if shape else None)


def edit_page(request: StaffRequest, written: Written, **context: Any) -> HttpResponse:
    editing, text = written.editing, written.shown_text
    checked = check(editing, text) if text else None
    context |= {"editing": editing, "written": written, "form": written.form}
    context |= written.beside(checked)
    context["link"] = link_to(editing.draft) if editing.draft else ""
    if editing.is_outdated:
        context["outdated"] = side_by_side(editing.current.text_of(editing.file), editing.text)
    if checked:
        context["tools"] = [
            ("Insert a block", "Blocks", blocks()),
            ("Cite a source", "Sources", citations(checked.site)),
            ("Link a page", "Pages and sections", list(links(checked.site))),
        ]
    return shown(request, "page.html", title_of(checked, editing), **context)


def check(editing: Editing, text: str, is_live: bool = False) -> Checked:
    from .writing import preview  # here: what reads content is large, and only editors need it

    page = editing.current, editing.file, text, days.today()
    if is_live:
        return aside(preview.check, *page)
    return check_with_drafts(editing.file, lambda drafts: preview.check(*page, drafts))


def warm_up(current: ContentVersion) -> None:
    from .writing import preview

    begin_aside(preview.warm_up, current, days.today())


def title_of(checked: Checked | None, editing: Editing) -> str:
    return checked.draft.meta.title if checked and checked.draft.meta else editing.file


def both_texts(request: StaffRequest, written: Written) -> HttpResponse:
    """A colleague saved the page in the meantime: show both texts, and let this one be saved."""
    editing, text = written.editing, written.text
    theirs = side_by_side(editing.text, text)
    again = Written.begun(editing, text, as_text=written.meta is None)
    return edit_page(request, again, theirs=theirs)


@editor_view("edit_content")
@require_POST
def show_preview(request: StaffRequest, name: str) -> HttpResponse:
    """The page as readers would get it."""
    editing = open_page(name)
    written = Written.posted(editing, request.POST)
    html = aside(check(editing, written.text).html, days.today()) if written.is_valid else ""
    return HttpResponse(html) if html else edit_page(request, written)


@editor_view("edit_content")
@require_POST
def live(request: StaffRequest, name: str) -> HttpResponse:
    """What stands beside the text while it is written: problems, reading grade, and the page."""
    editing = open_page(name)
    written = Written.posted(editing, request.POST)
    checked = check(editing, written.text, is_live=True) if written.is_valid else None
    context = {"written": written, "form": written.form, **written.beside(checked)}
    beside = render_to_string("editor/beside.html", context, request)
    html = aside(checked.html, days.today()) if checked else ""
    errors = errors_in(written.meta) if written.meta else {}
    return JsonResponse({"beside": beside, "page": html, "errors": errors})


@editor_view("edit_content")
@require_POST
def discard(request: StaffRequest, name: str) -> HttpResponse:
    open_file(name)
    drafts.discard_draft(name, request.user)
    messages.success(request, "The draft was discarded. You can still read it in the history.")
    return redirect(f"{reverse('editor:page', args=[name])}#saved-page")  # read by desk.js


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
    names = [name_of(draft) for draft in drafts]
    form = PublishForm(drafts, names[1:], request.POST or None)
    is_ready = not wrong and not editing.is_outdated
    if request.method == "POST" and is_ready and form.is_valid():
        return ask(request, editing.current, drafts, form.cleaned_data)
    context = {
        "editing": editing,
        "form": form,
        "is_ready": is_ready,
        "drafts": list(changes_in(drafts, names, wrong, editing.current)),
    }
    return shown(request, "publish.html", f"Publish {names[0]}", **context)


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
    messages.success(request, SCHEDULED if given["publish_on"] else PUBLISHING)
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
        rows = side_by_side(current.text_of(draft.file), draft.text_of(draft.file))
        yield draft, name, list(listed(current, draft, found)) if found else [], rows


def name_of(draft: ContentVersion) -> str:
    """What the file of a draft is called."""
    file = data_file(draft.file)
    title: str = titles_of(draft, [draft.file])[draft.file]
    return file.label if file and title == draft.file else title


def check_data(editing: Editing, text: str) -> CheckedData:
    from .data_forms import data_check

    page = editing.current, editing.file, text, days.today()
    return check_with_drafts(editing.file, lambda drafts: data_check.check(*page, drafts))


@editor_view("publish_content")
@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back what is to be published later; drafts stay."""
    if Publication.objects.cancel(Publication.objects.filter(pk=pk), timezone.now(), request.user):
        messages.success(request, "Canceled. What was drafted is kept.")
    else:
        messages.error(request, "It’s too late to cancel it. You can bring the page back instead.")
    return redirect("editor:pages")
