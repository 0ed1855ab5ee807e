"""Every component in every state, looked at with axe: also those that no page shows today."""

from django.test import RequestFactory

from kapsite.operations.showcase import components
from tests.browser.axe import faults

ADDRESS = "/_components/"  # answered here: the server of the tests has DEBUG off


def test_no_component_has_an_accessibility_fault(open_page):
    html = components(RequestFactory().get(ADDRESS)).content.decode()
    page = open_page("about:blank")
    page.route(f"**{ADDRESS}", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(ADDRESS)
    found = faults(page)
    assert not found, "\n".join(found)
