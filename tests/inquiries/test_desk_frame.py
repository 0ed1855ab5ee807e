"""The header and footer that stand around every page of the desk."""

import pytest

from tests.factories import make_inquiry, make_staff, sign_in
from tests.html import Page

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
DAILY = ["Inbox 1", "Appointments", "Overview", "Report"]
FOR_LEADS = ["Export", "Access log", "Content log", "Sign-ins"]


@pytest.mark.parametrize(
    ("role", "in_header", "in_menu"),
    [
        ("front-desk", DAILY, []),
        ("clinician", DAILY, []),
        ("lead", DAILY, FOR_LEADS),
        ("site-admin", ["Sign-ins", "Accounts"], []),
        ("publisher", ["Edit site", "Content log"], []),
        ("reviewer", ["Sign-offs", "Content log"], []),
    ],
)
def test_the_header_leads_to_what_a_role_opens(client, role, in_header, in_menu):
    make_inquiry()
    sign_in(client, make_staff(role))
    page = Page(client.get("/admin/account/").text)
    header = [link for link in page.all("a") if "header" in link.inside]
    assert [link.words for link in header if "nav" in link.inside] == in_header
    [_, own] = [index for index, link in enumerate(header) if link.words == "Your account"]
    assert [link.words for link in header[own - len(in_menu) : own]] == in_menu


@pytest.mark.parametrize(
    ("path", "label", "current"),
    [(LIST, "Inbox 1", "page"), (f"{LIST}{{}}/change/", "Inbox 1", "true"),
     (f"{LIST}overview/", "Overview", "page")],
)  # fmt: skip
def test_the_header_says_where_one_is(client, path, label, current):
    inquiry = make_inquiry()
    sign_in(client, make_staff("front-desk"))
    page = Page(client.get(path.format(inquiry.pk)).text)
    here = [link for link in page.all("a") if link["aria-current"] and link.inside[-3] == "nav"]
    assert (here[0].words, here[0]["aria-current"]) == (label, current)


@pytest.mark.parametrize("path", ["/admin/account/sign-in/", LIST, "/admin/account/"])
def test_every_page_of_the_desk_ends_with_help_in_a_crisis(client, path):
    if path != "/admin/account/sign-in/":
        sign_in(client, make_staff("front-desk"))
    links = [a["href"] for a in Page(client.get(path).text).all("a") if "footer" in a.inside]
    assert links == ["tel:911", "tel:988", "sms:988"]


def test_a_role_that_may_not_open_a_page_reads_who_it_is_and_whom_to_ask(client):
    sign_in(client, make_staff("front-desk", "cleo"))
    response = client.get(f"{LIST}access/")
    main = Page(response.text).all("main")[0].words
    assert response.status_code == 403
    for words in ("Your role can’t open this", "signed in as cleo, front desk", "was logged"):
        assert words in main
