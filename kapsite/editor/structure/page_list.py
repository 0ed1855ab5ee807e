"""The list of "Edit site": every page and data file with its draft, and what is on its way."""

import re
from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.data_forms.data_files import data_file, data_files
from kapsite.editor.models import Blob, ContentVersion, Publication
from kapsite.editor.versions import history
from kapsite.editor.views import editor_view, shown
from kapsite.editor.writing.aside import begin_aside
from kapsite.editor.writing.forms import NewPageForm

TITLE = re.compile(rb"^title:(.*)$", re.MULTILINE)


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
    files = data_files({*current.files, *open_drafts})
    titles = {
        file.name: titles_of(version, [file.name])[file.name]
        for file in files
        if file.is_chart and (version := open_drafts.get(file.name, current))
    }
    titles = {name: title for name, title in titles.items() if title != name}
    return [(file, titles.get(file.name, file.label), open_drafts.get(file.name)) for file in files]


def titles_of(version: ContentVersion, names: list[str]) -> dict[str, str]:
    """The title of each page, or the name of its file while it has none."""
    blobs = Blob.objects.in_bulk([version.files[name] for name in names])
    found = {name: TITLE.search(bytes(blobs[version.files[name]].content)) for name in names}
    return {
        name: (match[1].strip().decode(errors="replace") if match else "") or name
        for name, match in found.items()
    }


def warm_up(current: ContentVersion) -> None:
    from kapsite.editor.writing import preview

    begin_aside(preview.warm_up, current, days.today())
