"""A page of the site as an editor writes it: its text with its problems, and the preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.images import prepared
from kapsite.editor.models import Upload
from kapsite.editor.versions.side_by_side import side_by_side
from kapsite.editor.versions.titles import title_in, title_of
from kapsite.editor.writing.drafts import Editing
from kapsite.editor.writing.drafts_ahead import check_with_drafts, with_draft_data
from kapsite.editor.writing.forms import InsertForm
from kapsite.editor.writing.inserting import at_end, inserted
from kapsite.editor.writing.pieces import blocks, chart_block, citations, images, links
from kapsite.editor.writing.previews.aside import aside
from kapsite.editor.writing.previews.private_link import link_to
from kapsite.editor.writing.previews.unshown import why_unshown
from kapsite.editor.writing.written import Written, new_page

from .data_forms.fields.groups import errors_in
from .data_forms.files.data_files import data_file
from .view_base import NOT_SAVED, editor_view, open_file, open_page, saved, shown
from .writing import drafts

if TYPE_CHECKING:
    from kapsite.editor.writing.previews.preview import Checked


DISCARDED = "The draft was discarded. You can still read it in the history."
NO_DRAFT = "This draft was already published or discarded."


@editor_view("edit_content")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: StaffRequest, name: str) -> HttpResponse:
    """The text of a page with its problems; saving keeps a draft that readers don't see."""
    if data_file(name):
        return redirect("editor:data", name)
    editing = open_page(name)
    if request.method != "POST":
        return edit_page(request, begun(request, editing))
    written = Written.posted(editing, request.POST)
    if not written.is_valid:
        return edit_page(request, written)
    text = written.text
    if not {"check", "show", "insert"}.isdisjoint(request.POST):
        return edit_page(request, changed(written, request.POST))
    if not editing.is_shown(text):
        if not editing.is_unchanged_since(written.form.cleaned_data["began_with"]):
            return both_texts(request, written)
        if not drafts.try_to_save(editing, text, request.user):
            written.form.add_error("text", NOT_SAVED)
            return edit_page(request, written)
    return saved(request, editing, text, reverse("editor:page", args=[name]))


def begun(request: StaffRequest, editing: Editing) -> Written:
    """The page as it is, or with the chart at its end that someone wants to show there."""
    if not editing.text:
        given = new_page(request.GET.get("title", ""), request.GET.get("menu", ""))
        return Written.begun(editing, given)
    block = chart_block(request.GET.get("chart", ""))
    is_chart = data_file(f"charts/{request.GET.get('chart')}.yaml")
    if not is_chart or block in editing.text:
        return Written.begun(editing)
    messages.info(request, "The chart is at the end of the text. Save the draft to keep it there.")
    return Written.begun(editing, at_end(editing.text, block))


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
    context |= private_link(written, checked)
    if editing.is_outdated:
        context["outdated"] = side_by_side(editing.current.text_of(editing.file), editing.text)
    if checked:
        site = with_draft_data(checked.site, editing.current.pk)
        described = Upload.objects.described(editing.current.files)
        small = aside(prepared.small_ones, checked.site.images, described)
        context["tools"] = [
            ("Insert a block", "Blocks", blocks(site)),
            ("Show an image", "Images", images(described, small)),
            ("Cite a source", "Sources", citations(site)),
            ("Link a page", "Pages and sections", list(links(checked.site))),
        ]
    title = title_in(text.encode()) or editing.file
    return shown(request, "page.html", title, **context)


def private_link(written: Written, checked: Checked | None) -> dict[str, str]:
    """The link to the draft as it is saved, or why there is none."""
    editing = written.editing
    if not editing.draft:
        return {}
    if checked is None or written.shown_text != editing.text:
        written = Written.begun(editing)
        checked = check(editing, editing.text)
    unshown = why_unshown(written, checked)
    return {"unshown": unshown} if unshown else {"link": link_to(editing.draft)}


def check(editing: Editing, text: str) -> Checked:
    from .writing.previews import preview  # here: what reads content is large

    return check_with_drafts(editing, text, preview.check)


def both_texts(request: StaffRequest, written: Written) -> HttpResponse:
    """A colleague saved the page in the meantime: show both texts, and let this one be saved."""
    editing, text = written.editing, written.text
    theirs = side_by_side(editing.text, text)
    again = Written.begun(editing, text, as_text=written.meta is None)
    return edit_page(request, again, theirs=theirs)


def preview_of(written: Written, checked: Checked) -> str:
    is_draft = not written.editing.is_published(written.text)
    return prepared.with_images(aside(checked.html, days.today(), is_draft))


@editor_view("edit_content")
@require_POST
def show_preview(request: StaffRequest, name: str) -> HttpResponse:
    """The page as readers would get it."""
    editing = open_page(name)
    written = Written.posted(editing, request.POST)
    checked = check(editing, written.text) if written.is_valid else None
    if checked and checked.can_be_shown:
        return HttpResponse(preview_of(written, checked))
    unshown = why_unshown(written, checked)
    return shown(request, "no_preview.html", "There is no preview yet", unshown=unshown)


@editor_view("edit_content")
@require_POST
def live(request: StaffRequest, name: str) -> HttpResponse:
    """What stands beside the text while it is written: problems, reading grade, and the page."""
    editing = open_page(name)
    written = Written.posted(editing, request.POST)
    checked = check(editing, written.text) if written.is_valid else None
    context = {"written": written, "form": written.form, **written.beside(checked)}
    beside = render_to_string("editor/beside.html", context, request)
    html = preview_of(written, checked) if checked else ""
    errors = errors_in(written.meta) if written.meta else {}
    unshown = why_unshown(written, checked)
    return JsonResponse({"beside": beside, "page": html, "unshown": unshown, "errors": errors})


@editor_view("edit_content")
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: StaffRequest, name: str) -> HttpResponse:
    """Ask first. Then back to the page, or to the list if there is no page."""
    editing = open_file(name)
    if editing.draft is None:
        messages.info(request, NO_DRAFT)
    elif "sure" not in request.POST:
        title = f"Discard the draft of “{title_of(editing.draft)}”?"
        return shown(request, "discard.html", title, editing=editing)
    else:
        drafts.discard_draft(name, request.user)
        messages.success(request, DISCARDED)
    return redirect(*(["editor:page", name] if editing.is_on_site else ["editor:pages"]))
