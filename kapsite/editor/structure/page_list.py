"""The list of "Edit site": every page and data file with its draft, and what is on its way."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.data_forms.files.data_files import data_file, data_files
from kapsite.editor.models import ContentVersion, Publication, Way
from kapsite.editor.publication.refusals import of_publication
from kapsite.editor.versions import history
from kapsite.editor.versions.titles import title_of, titles_of
from kapsite.editor.view_base import editor_view, publication_state, shown
from kapsite.editor.writing.forms import NewPageForm
from kapsite.editor.writing.previews.aside import begin_aside


@editor_view("edit_content")
@require_http_methods(["GET", "HEAD", "POST"])
def pages(request: StaffRequest) -> HttpResponse:
    """Every page with its draft; a form for a new one; what was published last."""
    current = history.up_to_date()
    warm_up(current)
    names = [name for name in current.files if name.endswith(".md")]
    form = NewPageForm(request.POST or None, taken=names)
    if request.method == "POST" and form.is_valid():
        return redirect(form.address)
    state = publication_state(request)
    failure = state["failure"]
    open_drafts = {draft.file: draft for draft in ContentVersion.objects.open_drafts()}
    ways = Publication.objects.ways_of(open_drafts.values())
    titles = with_titles_of(open_drafts, titles_of(current, names))
    context = {
        "rows": [
            (name, title, open_drafts.get(name), ways.get(name))
            for name, title in sorted(titles.items())
        ],
        "data_rows": data_rows(current, open_drafts, ways),
        "form": form,
        "refused": of_publication(failure, current) if failure and failure.errors else [],
    } | state
    return shown(request, "pages.html", "Edit site", **context)


def with_titles_of(
    open_drafts: Mapping[str, ContentVersion], titles: Mapping[str, str]
) -> dict[str, str]:
    """The ``titles`` of pages with those that drafts give them, and with new pages."""
    drafted = {name: title_of(draft) for name, draft in open_drafts.items() if not data_file(name)}
    return {**drafted, **titles, **{name: new for name, new in drafted.items() if new != name}}


def data_rows(
    current: ContentVersion,
    open_drafts: Mapping[str, ContentVersion],
    ways: Mapping[str, Way],
) -> list[tuple]:
    """Every data file that has a form, by its label or the title of the chart, with its draft."""
    files = data_files({*current.files, *open_drafts})
    names = [file.name for file in files]
    drafted = {name: title_of(open_drafts[name]) for name in names if name in open_drafts}
    titles = titles_of(current, names) | drafted
    return [
        (file, titles[file.name], open_drafts.get(file.name), ways.get(file.name)) for file in files
    ]


def warm_up(current: ContentVersion) -> None:
    from kapsite.editor.writing.previews import preview

    begin_aside(preview.warm_up, current, days.today())
