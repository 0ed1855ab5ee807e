"""The real content."""

from datetime import date

from django.conf import settings

from kapsite.content_files.problems import errors_among
from tests.pages.samples import check_content, load_catalog


def test_the_content_has_no_errors():
    assert [str(p) for p in errors_among(check_content(settings.CONTENT_DIR, date.today()))] == []


def test_the_pages_that_the_site_promises_are_there():
    promised = {
        "/", "/history/", "/how-it-works/", "/benefits/", "/risks/", "/what-to-expect/",
        "/questions/", "/help-now/", "/privacy/",
    }  # fmt: skip
    assert promised <= load_catalog(settings.CONTENT_DIR).pages.keys()
