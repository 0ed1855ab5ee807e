"""Forms for the data files: a list of what is in a file, and a form for each part of it."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from kapsite.accounts.pages import StaffRequest
from kapsite.content_files.yaml_reader import Parsed
from kapsite.editor.versions import history
from kapsite.editor.versions.side_by_side import side_by_side
from kapsite.editor.view_base import NOT_SAVED, editor_view, open_file, saved, shown
from kapsite.editor.writing import drafts
from kapsite.editor.writing.drafts import Editing
from kapsite.editor.writing.forms import EntryForm, NewChartForm

from .fields.group_lists import GroupList
from .fields.groups import Group, errors_in
from .files.data_files import data_file
from .files.file_parts import DataFile
from .known_sources import free_source, known_by, new_source
from .open_part import OpenPart, beside, check_data
from .photos import offer_photos, with_words
from .words.field_names import address
from .words.part_names import draft_of

MOST_SHOWN = 300  # entries in a list


@editor_view("edit_content")
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: StaffRequest, name: str) -> HttpResponse:
    """A data file as a form, or the list of the parts that have one. Saving makes a draft."""
    file = data_file(name)
    if file is None:
        raise Http404
    editing, part = open_file(name), request.GET.get("part", "")
    text = editing.text or file.begun(request.GET.get("kind", ""))
    if not text:
        return redirect("editor:pages")
    parsed = file.read(text)
    if parsed is None:
        return unreadable(request, file, editing)
    if file.has_parts and not part:
        return parts(request, file, editing, parsed)
    opened = OpenPart(file, editing, parsed, part)
    if not opened.has_form:
        raise Http404
    if request.method == "POST":
        return save(request, opened)
    return edit(request, opened, opened.form())


@editor_view("edit_content")
@require_POST
def live(request: StaffRequest, name: str) -> HttpResponse:
    """What is wrong with what is typed, while it is typed; nothing is saved."""
    file, part = data_file(name), request.GET.get("part", "")
    if file is None:
        raise Http404
    editing = open_file(name)
    parsed = file.read(editing.text or file.begun(request.POST.get("kind", "")))
    opened = OpenPart(file, editing, parsed, part) if parsed else None
    if opened is None or not opened.has_form:
        raise Http404
    form = opened.form(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": errors_in(form)})
    text = opened.text_with(form.values())
    typed = file.read(text)
    if typed is None:
        raise Http404
    typing, is_new = request.POST.get("typing", ""), opened.is_new
    context = beside(replace(opened, parsed=typed), text, form, typing=typing, is_new=is_new)
    html = render_to_string("editor/data/beside.html", context, request)
    return JsonResponse({"beside": html, "errors": errors_in(form)})


@editor_view("edit_content")
@require_http_methods(["GET", "HEAD", "POST"])
def new_chart(request: StaffRequest) -> HttpResponse:
    """Which kind it is decides which form it has."""
    form = NewChartForm(request.POST or None, taken=history.up_to_date().files)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        own = reverse("editor:data", args=[f"charts/{given['name']}.yaml"])
        return redirect(f"{own}?{urlencode({'kind': given['kind']})}")
    return shown(request, "data/new_chart.html", "Add a chart", form=form)


def parts(request: StaffRequest, file: DataFile, editing: Editing, parsed: Parsed) -> HttpResponse:
    """The parts of a file, those with some words only; and a form to add one."""
    words = request.GET.get("words", "").strip()
    form = EntryForm(file, parsed.data, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(address(file, form.cleaned_data["name"]))
    published = file.read(editing.current.text_of(file.name))
    found = [
        (key, about, published and file.raw(published.data, key) != file.raw(parsed.data, key))
        for key, about in file.parts(parsed.data)
        if words.casefold() in f"{key} {file.raw(parsed.data, key)}".casefold()
    ]
    context = {
        "file": file,
        "editing": editing,
        "draft_of": draft_of(file, editing),
        "form": form if file.is_dict else None,
        "words": words,
        "rows": found[:MOST_SHOWN],
        "left_out": len(found[MOST_SHOWN:]),
    }
    return shown(request, "data/parts.html", file.label, **context)


def save(request: StaffRequest, opened: OpenPart) -> HttpResponse:
    posted, source = with_words(request.POST), ""
    if field := posted.get("add_source"):  # this form cites it, and its own comes next
        source = free_source()
        posted.appendlist(field, source)
    file, editing, form = opened.file, opened.editing, opened.form(posted)
    is_removed = file.is_dict and "remove" in request.POST
    if not is_removed and not form.is_valid():
        return edit(request, opened, form)
    text = opened.text_with(None if is_removed else form.values())
    if not opened.is_unchanged_since(request.POST.get("began_with", "")):
        return edit(request, opened, form, theirs=side_by_side(editing.text, text))
    if not editing.is_shown(text) and not drafts.try_to_save(editing, text, request.user):
        messages.error(request, NOT_SAVED)
        return edit(request, opened, form)
    own = address(file, "" if is_removed else opened.part)
    if source:
        own = new_source(source, file)
    elif "to_images" in posted:
        own = f"{reverse('editor:images')}?{urlencode({'back': file.name})}"
    elif back := form_before(request):
        own = address(back)
    answer = saved(request, editing, text, own)
    if source:
        messages.info(
            request, f"Fill in the source {source}. Saving it leads back to {file.label}."
        )
    return answer


def form_before(request: StaffRequest) -> DataFile | None:
    """The form from which someone came to add a source."""
    return data_file(request.GET.get("back", ""))


def edit(
    request: StaffRequest, opened: OpenPart, form: Group | GroupList, **context: Any
) -> HttpResponse:
    context |= {
        "part": opened.part,
        "draft_of": draft_of(opened.file, opened.editing),
        "editing": opened.editing,
        "form": form,
        "is_new": opened.raw is None,
        "back": form_before(request),
        "sources": known_by(form),
    }
    if isinstance(form, GroupList):
        offer_photos(form, opened.editing.current)
    context |= beside(opened, opened.editing.text, form)
    if request.method != "POST" and opened.is_new:
        specs, there = opened.file.specs(opened.parsed.data, opened.part), opened.raw or ()
        context["to_fill_in"] = [
            spec.label for spec in specs if spec.is_required and spec.name not in there
        ]
    return shown(request, "data/form.html", opened.title, **context)


def unreadable(request: StaffRequest, file: DataFile, editing: Editing) -> HttpResponse:
    """The file has a mistake that a form can't show. It came from outside the browser."""
    problems = check_data(editing, editing.text).problems
    return shown(
        request, "data/unreadable.html", file.label, file=file, editing=editing, problems=problems
    )
