"""The team page as readers would get it with what someone types about people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.images import prepared
from kapsite.editor.models import ContentVersion
from kapsite.editor.view_base import editor_view, open_file
from kapsite.editor.writing.previews.aside import aside

from .data_views import edit, unreadable
from .files.data_files import FILES, PEOPLE
from .open_part import OpenPart, beside
from .photos import with_words

if TYPE_CHECKING:
    from kapsite.pages.load.site import Site

NOT_YET = "There is no team page to show yet. Each person needs a name and a role."


@editor_view("edit_content")
@require_POST
def team_preview(request: StaffRequest) -> HttpResponse:
    """Nothing is saved."""
    file, editing = FILES[PEOPLE], open_file(PEOPLE)
    parsed = file.read(editing.text or file.begun(""))
    if parsed is None:
        return unreadable(request, file, editing)
    opened = OpenPart(file, editing, parsed, "")
    form = opened.form(with_words(request.POST))
    if not form.is_valid():
        return edit(request, opened, form)
    text = opened.text_with(form.values())
    html = aside(team_page, editing.current, text, days.today())
    if not html:
        if typed := file.read(text):
            beside(replace(opened, parsed=typed), text, form)  # says at its field what is wrong
        messages.warning(request, NOT_YET)
        return edit(request, opened, form)
    return HttpResponse(prepared.with_images(html))


def team_page(current: ContentVersion, people: str, today: date) -> str:
    """With ``people`` in the place of those that are published; "" while there is none."""
    from kapsite.editor.writing.previews import preview  # large: only editors need it

    name, text = source_of(preview.site_of(current.pk))
    checked = preview.check(current, name, text, today, {PEOPLE: people})
    return checked.html(today) if checked.site.data.people else ""


def source_of(site: Site) -> tuple[str, str]:
    """The file that has the team page, and its text; without one, those of the site's own."""
    from kapsite.pages.load.site import TEAM

    pages = (page for page in site.drafts if page.shows("team"))
    source = next((page.source for page in pages), TEAM)
    is_own = source.is_relative_to(site.folder)
    return source.relative_to(
        site.folder if is_own else source.parent
    ).as_posix(), source.read_text()
