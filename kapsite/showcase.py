"""Every component in every state on one page, for those who change them.

Routed at /_components/ while DEBUG is on. It stands beside the features because it shows both.
"""

from dataclasses import replace
from datetime import date

from django.conf import settings
from django.http import QueryDict
from django.shortcuts import render
from django.templatetags.static import static

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake.forms import InquiryForm
from kapsite.pages.load.data_files import read_data
from kapsite.pages.load.site import draft_page, library_of, open_page
from kapsite.pages.publish.catalog import Page, make_page, read_catalog

FOLDER = settings.BASE_DIR / "templates" / "components"
DRAWINGS = ("room", "shelf", "chairs", "gauge", "phone", "signpost")


def components(request):
    catalog, _ = read_catalog(settings.CONTENT_DIR, static)
    page = sample_page()
    context = {
        "page": page,
        "unreviewed": replace(page, reviewed_by=None, changes=()),
        "clinic": get_clinic().model_copy(update={"leave_quickly": settings.SITE_URL}),
        "url": f"{settings.SITE_URL}/_components/",
        "catalog": catalog,
        "guide": catalog.guide,
        "previous": catalog.guide[0],
        "next": catalog.guide[-1],
        "today": date.max,  # long after its review was due
        "drawings": DRAWINGS,
        "form": form_with_problems(),
    }
    return render(request, "components/page.html", context)


def sample_page() -> Page:
    """The page that ``blocks.md`` makes, drawn from the real data files."""
    file, document, report = open_page(FOLDER / "blocks.md", FOLDER)
    library = library_of(read_data(settings.CONTENT_DIR), asset_url=static)
    draft = draft_page(file, FOLDER, document, library, report)
    report.raise_errors()
    return make_page(draft, draft.meta)


def form_with_problems() -> InquiryForm:
    """Sent half filled in: questions with an answer, with a problem, and untouched ones."""
    sent = QueryDict("name=Ada&contact_by=call&phone=12&topics=pain&is_adult=yes")
    return InquiryForm(get_clinic(), sent)
