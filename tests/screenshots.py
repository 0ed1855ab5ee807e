"""Takes the pictures of README.md and docs/staff.md: the home page, and a day at the front desk.

    .venv/bin/python -m tests.screenshots

The site runs on a database of its own, with requests by people from a novel. Takes a minute.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

# A file, since two threads share it.
FOLDER = tempfile.mkdtemp(prefix="kapsite-pictures-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER}/db.sqlite3"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop here

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from kapsite.clinic.days import today  # noqa: E402
from kapsite.inquiries.models import Inquiry  # noqa: E402
from kapsite.inquiries.models.heartbeat import beat  # noqa: E402
from kapsite.inquiries.models.request.search_digest import SearchDigest  # noqa: E402
from kapsite.pages.publish.publisher import publish  # noqa: E402
from tests.accounts.people import NAMED, code, make_settled  # noqa: E402
from tests.browser import chromium as browser  # noqa: E402
from tests.browser.staff import let_in  # noqa: E402
from tests.factories import make_inquiry, make_staff  # noqa: E402

PICTURES = Path(__file__).parent.parent / "docs/staff"
WIDE, PHONE = {"width": 1100, "height": 760}, {"width": 390, "height": 844}
TALL = 1450  # enough for a record and its history
HOUR, DAY, NOW = timedelta(hours=1), timedelta(days=1), timezone.now()


def main():
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    publish(settings.CONTENT_DIR, settings.PUBLISHED_DIR, date.today())
    beat(NOW)  # as if a worker sent mail
    ana = make_settled("front-desk", first_name="Ana")
    ben = make_staff("clinician", "ben", first_name="Ben")
    make_requests(ana, ben)
    make_past(ben)
    PICTURES.mkdir(exist_ok=True)
    with site() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find())
        options = {"base_url": address, "reduced_motion": "reduce"}
        page = chromium.new_context(viewport=WIDE, **options).new_page()
        page.goto("/")
        page.screenshot(path=PICTURES.parent / "home.png")
        sign_in(page)
        work(page)
        page = chromium.new_context(viewport=PHONE, **options).new_page()
        let_in(page, ana)
        look_on_a_phone(page)
        chromium.close()
    shutil.rmtree(FOLDER)


@contextmanager
def site() -> Iterator[str]:
    from kapsite.wsgi import application  # reads the static files, so only now

    thread = LiveServerThread("localhost", lambda _: application)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    yield f"http://localhost:{thread.port}"
    thread.terminate()


def store(due=None, **answers) -> Inquiry:
    number = Inquiry.objects.count()
    phone = f"(206) 555-01{number % 100:02}"  # numbers that are kept for stories
    inquiry = make_inquiry(**{"phone": phone, "form_token": f"form {number}"} | answers)
    inquiry.record("received")
    if due:
        Inquiry.objects.filter(pk=inquiry.pk).update(due_at=due)
    SearchDigest.objects.add_for(inquiry)
    return inquiry


def make_requests(ana, ben):
    opened = {"opened_by": ben, "opened_at": NOW - 20 * HOUR}
    store(
        NOW + 2 * HOUR,
        name="Beth March",
        safety_concern=True,
        safety_concern_reason="Words suggest danger",
        received_at=NOW - HOUR,
        voicemail="yes",
        times="afternoon",
    )
    store(
        NOW - 3 * HOUR,
        name="Amy Curtis",
        status="trying",
        next_action_on=today() - DAY,
        assigned_to=ana,
        received_at=NOW - 2 * DAY,
        attempts=1,
        voicemail="discreet",
        **opened,
    )
    store(
        NOW + 22 * HOUR,
        name="Jo Bhaer",
        received_at=NOW - 2 * HOUR,
        topics="depression,anxiety",
        times="morning",
        message="I have tried two medicines. Could you tell me what the first visit is like?",
    )
    store(
        NOW + 23 * HOUR,
        name="Theodore",
        phone="(425) 555-0177",
        received_at=NOW - HOUR / 2,
        contact_by="text",
        voicemail="",
        times="evening",
    )
    store(None, name="Win a prize", status="spam", received_at=NOW - 3 * DAY, spam_points=7)
    waiting = {"status": "waiting", "next_action_on": today() + 5 * DAY, "assigned_to": ben}
    store(NOW + 5 * DAY, name="Meg Brooke", received_at=NOW - 6 * DAY, **waiting, **opened)


def make_past(ben):
    """Twelve weeks of requests that are closed, for the overview."""
    outcomes = ["evaluated"] * 5 + ["declined"] * 3 + ["unreached"] * 2
    for number in range(120):
        received = NOW - (number * 0.7 + 1) * DAY
        store(
            None,
            name="Past",
            phone=f"(360) 555-01{number % 100:02}",
            received_at=received,
            status="closed",
            outcome=outcomes[number % 10],
            closed_at=min(received + 6 * DAY, NOW),
            first_contact_at=received + (1 + number * 11 % 23) * HOUR,
            assigned_to=ben,
        )


def picture(page, name: str, height: int = 0):
    size = page.viewport_size
    if height:
        page.set_viewport_size(size | {"height": height})
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png")
    page.set_viewport_size(size)


def sign_in(page):
    page.goto("/admin/")
    page.locator("[name=login]").fill(NAMED["login"])
    picture(page, "sign-in")
    page.locator("[name=password]").fill(NAMED["password"])
    page.keyboard.press("Enter")
    page.get_by_label("Code").fill(code())
    picture(page, "code")
    page.keyboard.press("Enter")
    page.locator(".head nav").wait_for()


def work(page):
    page.goto(reverse("admin:inquiries_inquiry_changelist"))
    picture(page, "inbox", 900)
    page.get_by_role("link", name="Jo Bhaer").click()
    picture(page, "record")
    page.get_by_label("If you didn’t reach them").uncheck()
    page.locator("#log-note").fill("Rang twice, no answering machine.")
    picture(page, "no-answer")
    save(page, "No answer")
    picture(page, "call-logged", TALL)
    page.locator("#log-note").fill("Would like to come. Prefers the morning.")
    save(page, "Spoke")
    page.locator(".slots button").first.click()
    page.locator(".undo:focus").wait_for()
    picture(page, "scheduled")
    page.locator("summary", has_text="Close").click()
    page.get_by_label("Attended evaluation").check()
    save(page, "Close request")
    picture(page, "closed")
    page.goto(reverse("admin:inquiries_inquiry_changelist"))
    page.locator("#find").fill("0177")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "q=" in url or "/change/" in url)
    picture(page, "search")
    page.goto(reverse("admin:inquiries_overview"))
    picture(page, "overview", TALL)


def save(page, button):
    page.locator(".step-box").get_by_role("button", name=button, exact=True).click()
    page.locator(".undo:focus").wait_for()


def look_on_a_phone(page):
    page.goto(reverse("admin:inquiries_inquiry_changelist"))
    picture(page, "inbox-phone")
    page.get_by_role("link", name=Inquiry.objects.get(status="trying").name).click()
    picture(page, "record-phone")


if __name__ == "__main__":
    main()
