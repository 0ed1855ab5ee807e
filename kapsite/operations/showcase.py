"""Every component in every state on one page, for those who change them.

Routed at /_components/ while DEBUG is on. It stands beside the features because it shows both.
"""

from dataclasses import replace
from typing import get_args

from django.conf import settings
from django.http import QueryDict
from django.shortcuts import render

from kapsite.clinic.facts import get_clinic
from kapsite.clinic.people import Person
from kapsite.inquiries.intake.forms import InquiryForm
from kapsite.pages.load.data_files import Data
from kapsite.pages.load.images import Images
from kapsite.pages.load.page_file import read_page
from kapsite.pages.load.site import library_of, read_site, render_draft
from kapsite.pages.publish.document.catalog import Page, make_catalog, make_page
from kapsite.pages.syntax.page_schema import Drawing

FOLDER = settings.BASE_DIR / "templates" / "components"
DRAWINGS = get_args(Drawing)


def components(request):
    site = read_site(settings.CONTENT_DIR)
    catalog, page = make_catalog(site), sample_page(site.data)
    context = {
        "page": page,
        "unreviewed": replace(page, reviewed_by=None, changes=()),
        "clinic": get_clinic().model_copy(update={"leave_quickly": settings.SITE_URL}),
        "url": f"{settings.SITE_URL}/_components/",
        "sources": catalog.cited_on(page),
        "people": (Person(name="Ana Diaz, MD", role="Medical director"),),
        "guide": catalog.guide,
        "to_read": catalog.guide,
        "previous": catalog.guide[0],
        "next": catalog.guide[-1],
        "review_is_overdue": True,
        "notices": ["We are closed on Monday."],
        "drawings": DRAWINGS,
        "form": form_with_problems(),
    }
    return render(request, "components/page.html", context)


def sample_page(data: Data) -> Page:
    """The page that ``blocks.md`` makes, drawn from the real data files."""
    library = library_of(data, Images(FOLDER))
    draft = render_draft(read_page(FOLDER / "blocks.md", FOLDER), library)
    draft.report.raise_errors()
    return make_page(draft, draft.meta)


def form_with_problems() -> InquiryForm:
    """Sent half filled in: questions with an answer, with a problem, and untouched ones."""
    sent = QueryDict("name=Ada&contact_by=call&phone=12&topics=pain&is_adult=yes")
    return InquiryForm(get_clinic(), sent)
