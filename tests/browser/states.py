"""Every page that a reader can meet, and how a browser gets there."""

import json
import re
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.test import RequestFactory
from playwright.sync_api import expect

from kapsite.operations.showcase import components
from tests.factories import make_answers

FORM = "/request-evaluation/"
COMPONENTS = "/_components/"  # answered here: the server of the tests has DEBUG off


def published_paths() -> list[str]:
    manifest = settings.PUBLISHED_DIR / "current" / "manifest.json"
    paths = [path for path in json.loads(manifest.read_text())["pages"] if path.endswith("/")]
    assert len(paths) > 10
    return paths


def pick(page, question: str, answer: str):
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def send(page):
    """Press the button, and wait for the answer; the script gets it in the background."""
    page.get_by_role("button", name="Send my request").click()
    expect(page.locator("button[aria-disabled=true]")).to_have_count(0)


ANSWERS = {"name": "Ada", "phone": "(425) 555-0142"}
ANSWERS |= {"for_whom": "me", "is_adult": "yes", "voicemail": "no", "consent": "on"}
ANSWER = """answers => Object.entries(answers).forEach(([name, answer]) => {
  const fields = [...document.querySelectorAll(`[name=${name}]`)];
  const field = fields.find(each => each.value === answer) ?? fields[0];
  if (['radio', 'checkbox'].includes(field.type)) field.checked = true; else field.value = answer;
  for (const event of ['input', 'change']) field.dispatchEvent(new Event(event, {bubbles: true}));
})"""


def fill_form(page):
    """At once, for what comes after it."""
    page.goto(FORM)
    page.evaluate(ANSWER, ANSWERS)


def fill_form_by_hand(page):
    page.goto(FORM)
    page.get_by_label("What name should we use?").fill("Ada")
    pick(page, "Who is this for?", "Me")
    pick(page, "18 or older?", "Yes")
    page.get_by_label("What number should we call").fill("(425) 555-0142")
    pick(page, "Can we leave a voicemail?", "No")
    page.get_by_label("I agree").check()


# The states of the form. Each leaves ``page`` on what the reader sees then.


def empty_form(page, _):
    page.goto(FORM)


def form_with_errors(page, _):
    page.goto(FORM)
    send(page)


def form_with_a_wrong_number(page, _):
    fill_form(page)
    page.get_by_label("What number should we call").fill("555")
    send(page)


def form_open_for_too_long(page, monkeypatch):
    monkeypatch.setattr("kapsite.inquiries.intake.tokens.opened_form", lambda *_: None)
    fill_form(page)
    send(page)


def form_while_the_database_is_away(page, monkeypatch):
    monkeypatch.setattr(
        "kapsite.inquiries.models.Inquiry.objects.receive", fails_with(DatabaseError)
    )
    fill_form(page)
    send(page)


def form_without_a_connection(page, _):
    fill_form(page)
    page.context.set_offline(True)
    send(page)
    page.context.set_offline(False)
    expect(page.get_by_text("We couldn’t reach our website")).to_be_visible()


def form_that_was_sent(page, _):
    confirmation(page, _)
    page.go_back()
    expect(page.get_by_text("You don’t need to send it again.")).to_be_visible()


def under_18(page, _):
    fill_form(page)
    pick(page, "18 or older?", "No")
    send(page)


def confirmation(page, _):
    fill_form(page)
    send(page)
    page.wait_for_url("**/received/**")


def confirmation_with_help_first(page, _):
    fill_form(page)
    pick(page, "Who is this for?", "Someone I care about")
    page.get_by_label("anything you want us to know").fill("I want to die")
    send(page)
    page.wait_for_url("**/received/**")


def confirmation_after_a_day(page, _):
    page.goto(f"{FORM}received/expired/")


def looking_up(page, _):
    page.goto(f"{FORM}status/")
    page.get_by_role("button", name="Check on my request").click()
    expect(page.locator(".error-summary")).to_be_visible()


def status_of_a_request(page, _):
    confirmation(page, _)
    reference = page.locator(".given .reference").inner_text()
    page.goto(f"{FORM}status/")
    page.get_by_label("What is your reference?").fill(reference)
    page.get_by_label("What phone number or email").fill("425 555 0142")
    page.get_by_role("button", name="Check on my request").click()
    page.get_by_text("Change how we reach you").click()
    page.get_by_text("Withdraw and delete my request").click()


def withdrawn_request(page, _):
    status_of_a_request(page, _)
    page.get_by_role("button", name="Withdraw and delete").click()
    expect(page.get_by_role("heading", name="You withdrew your request")).to_be_visible()


def sent_from_elsewhere(page, _):
    post(page, FORM)


# The error pages


def not_found(page, _):
    page.goto("/no-such-page/")


def forbidden(page, _):
    post(page, f"/{settings.ADMIN_PATH}login/")  # without the admin's own token


def broken(page, monkeypatch):
    monkeypatch.setattr("kapsite.inquiries.intake.views.InquiryForm", fails_with(RuntimeError))
    page.goto(FORM)


def database_away(page, monkeypatch):
    monkeypatch.setattr("kapsite.inquiries.intake.views.InquiryForm", fails_with(OperationalError))
    page.goto(FORM)


def refused_by_the_guard(page, _):
    page.goto("/%00")


def post(page, path: str):
    """Send the form's answers from a page of another origin."""
    address = page.evaluate("location.origin") + path
    inputs = "".join(
        f"<input name='{name}' value='{value}'>"
        for name, value in make_answers(topics=None, times=None).items()
    )
    page.goto("about:blank")
    page.set_content(f"<form method=post action='{address}'>{inputs}<button>Send</button></form>")
    with page.expect_navigation():
        page.get_by_role("button").click()


def fails_with(error: type[Exception]):
    def fail(*_, **__):
        raise error("made to fail by a test")

    return fail


STATES = {
    "the form": empty_form,
    "the form with errors": form_with_errors,
    "the form with a wrong number": form_with_a_wrong_number,
    "the form after a day": form_open_for_too_long,
    "the form while the database is away": form_while_the_database_is_away,
    "the form without a connection": form_without_a_connection,
    "the form that was sent": form_that_was_sent,
    "under 18": under_18,
    "the confirmation": confirmation,
    "the confirmation with help first": confirmation_with_help_first,
    "the confirmation after a day": confirmation_after_a_day,
    "a request that is looked up, with errors": looking_up,
    "the status of a request": status_of_a_request,
    "a withdrawn request": withdrawn_request,
    "the form sent from elsewhere": sent_from_elsewhere,
    "400": refused_by_the_guard,
    "403": forbidden,
    "404": not_found,
    "500": broken,
    "503": database_away,
}


def every_page(page, monkeypatch) -> Iterator[str]:
    """Open the page of all components, each published page and each state in turn, in one window.

    Yields what it is.
    """
    html = components(RequestFactory().get(COMPONENTS)).content.decode()
    page.route(f"**{COMPONENTS}", lambda it: it.fulfill(body=html, content_type="text/html"))
    for path in (COMPONENTS, *published_paths()):
        page.goto(path)
        yield path
    yield from every_state(page, monkeypatch)


def every_state(page, monkeypatch) -> Iterator[str]:
    for name, reach in STATES.items():
        with monkeypatch.context() as patch:
            reach(page, patch)
            yield name
    # Chromium notes an error status, and an answer that does not come, as an error of the page.
    expected = re.compile("the server responded|ERR_INTERNET_DISCONNECTED")
    page.problems[:] = [line for line in page.problems if not expected.search(line)]
