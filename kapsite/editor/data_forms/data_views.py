"""Forms for the data files: a list of what is in a file, and a form for each part of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.content_files.problems import Problem
from kapsite.content_files.yaml_reader import Parsed
from kapsite.editor.models import ContentVersion
from kapsite.editor.versions import history
from kapsite.editor.versions.side_by_side import side_by_side
from kapsite.editor.views import NOT_SAVED, SAVED, UNCHANGED, editor_view, open_file, shown
from kapsite.editor.writing import drafts
from kapsite.editor.writing.aside import aside
from kapsite.editor.writing.drafts import Editing
from kapsite.editor.writing.drafts_ahead import check_with_drafts
from kapsite.editor.writing.forms import EntryForm, NewChartForm

from .data_files import DataFile, data_file
from .field_names import FieldNames, address
from .groups import Group, GroupList, errors_in, show_at

if TYPE_CHECKING:
    from .data_check import CheckedData

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
    if not is_part(file, parsed, part):
        raise Http404
    if request.method == "POST":
        return save(request, file, editing, parsed, part)
    return edit(request, file, editing, parsed, part, file.form(parsed.data, part))


@editor_view("edit_content")
@require_POST
def live(request: StaffRequest, name: str) -> HttpResponse:
    """What is wrong with what is typed, while it is typed; nothing is saved."""
    file, part = data_file(name), request.GET.get("part", "")
    if file is None:
        raise Http404
    editing = open_file(name)
    parsed = file.read(editing.text or file.begun(request.POST.get("kind", "")))
    if parsed is None or not is_part(file, parsed, part):
        raise Http404
    form = file.form(parsed.data, part, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": errors_in(form)})
    text = file.with_part(parsed, part, form.values())
    typed = file.read(text)
    if typed is None:
        raise Http404
    context = beside(file, editing, text, typed, part, form)
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


def is_part(file: DataFile, parsed: Parsed, part: str) -> bool:
    """Whether there is a form for it: of a dict, also for an entry that is to be added."""
    if file.is_dict:
        return part in parsed.data or not file.problem_with_name(part, parsed.data)
    return not file.has_parts or file.section(part) is not None


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
        "form": form if file.is_dict else None,
        "words": words,
        "rows": found[:MOST_SHOWN],
        "left_out": len(found[MOST_SHOWN:]),
    }
    return shown(request, "data/parts.html", file.label, **context)


def save(
    request: StaffRequest, file: DataFile, editing: Editing, parsed: Parsed, part: str
) -> HttpResponse:
    form = file.form(parsed.data, part, request.POST)
    is_removed = file.is_dict and "remove" in request.POST
    if not is_removed and not form.is_valid():
        return edit(request, file, editing, parsed, part, form)
    values = None if is_removed else form.values()
    if not is_unchanged_since(request.POST.get("began_with", ""), file, editing, parsed, part):
        theirs = file.with_part(parsed, part, values)
        rows = side_by_side(editing.text, theirs)
        return edit(request, file, editing, parsed, part, form, theirs=rows)
    text = file.with_part(parsed, part, values)
    if not editing.is_shown(text) and not drafts.could_save(editing, text, request.user):
        messages.error(request, NOT_SAVED)
        return edit(request, file, editing, parsed, part, form)
    is_draft = editing.draft or not editing.is_shown(text)
    messages.success(request, SAVED if is_draft else UNCHANGED)
    return redirect(f"{address(file, '' if is_removed else part)}#saved-page")  # read by desk.js


def is_unchanged_since(
    began_with: str, file: DataFile, editing: Editing, parsed: Parsed, part: str
) -> bool:
    """Whether this part is still as it was when the form was opened. Others may have changed."""
    began = ContentVersion.objects.numbered(began_with)
    before = file.read(began.text_of(file.name) or parsed.text) if began else None
    return before is not None and file.raw(before.data, part) == file.raw(parsed.data, part)


def edit(
    request: StaffRequest,
    file: DataFile,
    editing: Editing,
    parsed: Parsed,
    part: str,
    form: Group | GroupList,
    **context: Any,
) -> HttpResponse:
    context |= {
        "file": file,
        "part": part,
        "editing": editing,
        "form": form,
        "is_new": file.raw(parsed.data, part) is None,
    }
    context |= beside(file, editing, editing.text, parsed, part, form)
    section = file.section(part)
    about = section.label if section else part
    title = f"{file.label}: {about}" if about else file.label
    return shown(request, "data/form.html", title, **context)


def beside(
    file: DataFile, editing: Editing, text: str, parsed: Parsed, part: str, form: Group | GroupList
) -> dict[str, Any]:
    """What stands beside the form of ``text``, which is parsed; errors are shown in it too."""
    checked = check_data(editing, text)
    problems = checked.problems if text else []  # nothing is wrong before it is begun
    names = FieldNames.of(file.name, checked.site, here=file.name, part=part)
    here, elsewhere = placed(problems, file, parsed, part, form, names)
    return {
        "here": here,
        "elsewhere": elsewhere,
        "picture": aside(checked.picture, file.name) if file.is_chart else "",
        "uses": used_by(checked, file.name, part),
    }


def check_data(editing: Editing, text: str) -> CheckedData:
    from . import data_check

    page = editing.current, editing.file, text, days.today()
    return check_with_drafts(editing.file, lambda drafts: data_check.check(*page, drafts))


def placed(
    problems: list[Problem],
    file: DataFile,
    parsed: Parsed,
    part: str,
    form: Group | GroupList,
    names: FieldNames,
) -> tuple[list[tuple], list[tuple]]:
    """The problems that are about this form, and the others: each with the address and the label
    of its field, and its words. An error is shown at its field too."""
    here: list[tuple] = []
    elsewhere: list[tuple] = []
    for problem in problems:
        place = problem.place or parsed.innermost(problem.line)
        problem = replace(problem, place=place)
        in_form = file.in_form(part, place) if place else ()
        label, words = names.label(place), names.at_field(problem)
        if in_form is None:
            elsewhere.append((problem, names.href(file.name, place), label, words))
            continue
        field = form.field_at(in_form) if place else None
        if field is not None and problem.level == "error":
            show_at(field, words)
        here.append((problem, f"#{field.auto_id}" if field else "", label, words))
    return here, elsewhere


def used_by(checked: CheckedData, name: str, part: str) -> list:
    from . import data_check

    return data_check.pages_with(checked.site, name, part)


def unreadable(request: StaffRequest, file: DataFile, editing: Editing) -> HttpResponse:
    """The file has a mistake that a form can't show. It came from outside the browser."""
    problems = check_data(editing, editing.text).problems
    return shown(
        request, "data/unreadable.html", file.label, file=file, editing=editing, problems=problems
    )
