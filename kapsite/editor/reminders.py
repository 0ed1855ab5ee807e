"""What editors should look at: due reviews, facts that expire, sign-offs that lapsed.

Once a week by mail, and always in "Edit site".
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from kapsite.clinic import days
from kapsite.inquiries.models.job import JobName, ScheduledJob
from kapsite.inquiries.worker.digest import is_time
from kapsite.inquiries.worker.sending import NotSent, automatic, send
from kapsite.pages.load.site import Site, read_site

AHEAD = timedelta(days=30)
PASSWORDS = "django.contrib.auth.backends.ModelBackend"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reminder:
    what: str  # such as "Review"
    about: str  # the page or fact, as editors call it
    file: str  # in the content folder
    day: date | None = None  # when it is due; None for what is due already
    owner: str = ""

    def in_words(self, today: date) -> str:
        if self.day is None:
            return self.what
        return f"{self.what} {'was due' if self.day < today else 'is due'} {shown(self.day)}"


def shown(day: date) -> str:
    return f"{day:%B %-d, %Y}"


def reminders(site: Site, today: date) -> list[Reminder]:
    """The earliest first."""
    from kapsite.pages.check.rules.expiry_rules import expiring_facts
    from kapsite.pages.check.sign_offs import lapsed

    last = today + AHEAD
    pages = {draft.file: draft.meta for draft in site.drafts if draft.meta}
    found = [
        Reminder("Review", meta.title, name_of(file), meta.review_by, meta.owner or "")
        for file, meta in pages.items()
        if meta.review_by and meta.review_by <= last
    ]
    found += [
        Reminder("New facts", fact.name, name_of(fact.file), fact.day)
        for fact in expiring_facts(site)
        if fact.day <= last
    ]
    for file, entry in lapsed(site).items():
        meta = pages.get(file)
        about, owner = (meta.title, meta.owner or "") if meta else (name_of(file), "")
        what = f"Changed since {entry.reviewed_by} signed it off"
        found.append(Reminder(what, about, name_of(file), None, owner))
    return sorted(found, key=lambda each: (each.day or today, each.about))


def name_of(file: str) -> str:
    """ "risks.md" for "content/risks.md"."""
    return file.partition("/")[2]


def recipients() -> list[str]:
    """Everyone who may edit pages and has an address."""
    editors = get_user_model().objects.with_perm(
        "editor.edit_content", backend=PASSWORDS, include_superusers=False
    )
    at_work = editors.filter(is_staff=True, is_active=True).exclude(email="")
    return sorted(set(at_work.values_list("email", flat=True)))


def send_due(now: datetime) -> None:
    """Once a week, on the first day that the clinic opens. Nothing is sent if nothing is due."""
    today = days.today()
    week = today - timedelta(days=today.weekday())
    jobs = ScheduledJob.objects
    if not is_time(now) or jobs.filter(name=JobName.REMINDERS, done_on=week).exists():
        return
    if not (to := recipients()) or not jobs.take(JobName.REMINDERS, now, week):
        return
    found = reminders(read_site(settings.CONTENT_DIR), today)
    if found and not mail(found, to, today):
        return  # the lease makes it wait
    jobs.give_back(JobName.REMINDERS, done_on=week)


def mail(found: list[Reminder], to: list[str], today: date) -> bool:
    """Whether anyone got it. Who did not can see the same list in "Edit site"."""
    lines = [(each.about, each.in_words(today), each.owner) for each in found]
    link = settings.SITE_URL + reverse("editor:reminders")
    body = render_to_string("editor/reminders.txt", {"lines": lines, "link": link})
    subject = f"Pages to look at: {len(found)}"
    name = f"reminders.{today:%Y%m%d}"
    try:
        send(EmailMessage(subject, body, to=to, headers=automatic(name)))
    except NotSent as error:
        logger.warning("%s was not sent%s: %s", name, error.whom, error)
        return bool(error.accepted)
    logger.info("%s was sent.", name)
    return True
