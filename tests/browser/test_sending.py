"""The form is sent in the background: whatever comes back, nothing typed is lost."""

import re

import pytest
from django.db import DatabaseError
from playwright.sync_api import expect

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.models import Inquiry
from tests.browser.states import FORM, fails_with, fill_form, send

NAME = "What name should we use?"
NOT_SENT = re.compile("^Not sent yet: ")


@pytest.fixture
def filled(open_page):
    page = open_page("about:blank")
    fill_form(page)
    return page


def answer(page, **response):
    """Let the next post be answered by something between the browser and the site."""
    page.route(f"**{FORM}", lambda route: route.fulfill(**response), times=1)


def expect_not_sent(page, why):
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text(why)
    expect(notice).to_contain_text(get_clinic().phone.display)
    expect(page.locator(".notice")).to_be_focused()
    expect(page.locator(".notice")).to_have_count(1)
    expect(page).to_have_title(NOT_SENT)
    expect(page.get_by_label(NAME)).to_have_value("Ada")
    assert page.url.endswith(FORM)
    page.problems[:] = [line for line in page.problems if "Failed to load" not in line]


def expect_sent_by_another_press(page):
    send(page)
    page.wait_for_url("**/received/**")
    assert Inquiry.objects.count() == 1


def test_offline_the_form_says_so_and_can_be_sent_later(filled):
    filled.context.set_offline(True)
    for _ in range(2):
        send(filled)
        expect_not_sent(filled, "We couldn’t reach our website. Check if you’re online.")
    filled.context.set_offline(False)
    expect_sent_by_another_press(filled)


PAGE = "<!doctype html><title>x</title><main><h1>Sorry</h1><p>{}</p></main>"


@pytest.mark.parametrize(
    ("response", "why"),
    [
        ({"status": 502, "body": "<center><h1>502 Bad Gateway</h1></center>"}, "couldn’t reach"),
        ({"status": 504, "body": ""}, "couldn’t reach"),
        ({"status": 503, "body": "busy", "content_type": "text/plain"}, "couldn’t reach"),
        ({"status": 413, "body": PAGE.format("What you sent is too long.")}, "is too long."),
        ({"status": 429, "body": PAGE.format("Wait 15 minutes.")}, "Wait 15 minutes."),
        ({"status": 302, "headers": {"location": "http://portal.invalid/"}}, "couldn’t reach"),
    ],
    ids=["proxy", "empty", "no page", "guard", "rate", "portal"],
)
def test_an_answer_without_the_form_takes_nothing_away(filled, response, why):
    answer(filled, **{"content_type": "text/html"} | response)
    send(filled)
    filled.problems[:] = [line for line in filled.problems if "portal" not in line]
    expect_not_sent(filled, why)
    expect_sent_by_another_press(filled)


def test_a_page_that_holds_what_was_typed_is_shown_and_sends_it_again(filled):
    token = filled.locator("[name=token]").get_attribute("value")
    held = {"token": token, "name": "Ada", "for_whom": "me", "is_adult": "yes", "consent": "on"}
    held |= {"phone": "425 555 0142", "voicemail": "no"}
    fields = "".join(f'<input type=hidden name="{n}" value="{v}">' for n, v in held.items())
    form = f"<form method=post action={FORM}>{fields}<button>Send again</button></form>"
    answer(filled, status=429, content_type="text/html", body=PAGE.format("") + f"<main>{form}")
    send(filled)
    filled.get_by_role("button", name="Send again").click()
    filled.wait_for_url("**/received/**")
    filled.problems.clear()  # the 429
    assert Inquiry.objects.get().name == "Ada"


def test_what_could_not_be_stored_is_kept_on_the_page(filled, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Inquiry.objects, "receive", fails_with(DatabaseError))
        send(filled)
        expect_not_sent(filled, "This is our fault, not yours.")
    expect_sent_by_another_press(filled)


def test_errors_are_heard_first(filled):
    filled.get_by_label(NAME).fill("")
    send(filled)
    expect(filled).to_have_title(re.compile("^Error: "))
    expect(filled.locator(".error-summary")).to_be_focused()
    assert filled.evaluate("scrollY") < 300


def test_while_it_is_sent_the_button_says_so_and_sends_nothing_more(filled):
    posts, held = [], []
    filled.on("request", lambda each: posts.append(each) if each.method == "POST" else None)
    filled.route(f"**{FORM}", lambda route: held.append(route), times=1)
    button = filled.get_by_role("button", name="Send my request")
    button.dblclick()
    filled.get_by_label(NAME).press("Enter")
    expect(filled.get_by_role("status")).to_have_text("Sending your request…")
    expect(button).to_have_attribute("aria-disabled", "true")
    held[0].continue_()
    filled.wait_for_url("**/received/**")
    assert (len(posts), Inquiry.objects.count()) == (1, 1)
