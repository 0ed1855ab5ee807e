"""What editors should look at: due reviews, facts that expire, sign-offs that lapsed.

Once a week by mail, and always in "Edit site".
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from kapsite.clinic import days
from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.editor.data_forms.words.field_names import bare
from kapsite.inquiries.models.job import JobName, ScheduledJob
from kapsite.inquiries.worker.digest import is_time
from kapsite.inquiries.worker.sending import addresses_with, link, send_from_template
from kapsite.pages.load.site import Site, read_site

AHEAD = timedelta(days=30)


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
    from kapsite.pages.check.sign_offs import lapsed, passages

    last = today + AHEAD
    pages = {draft.file: draft.meta for draft in site.drafts if draft.meta}
    found = [
        Reminder("Review", meta.title, bare(file), meta.review_by, meta.owner or "")
        for file, meta in pages.items()
        if meta.review_by and meta.review_by <= last
    ]
    found += [
        Reminder("New facts", fact.name, bare(fact.file), fact.day)
        for fact in expiring_facts(site)
        if fact.day <= last
    ]
    for file, entry in lapsed(passages(site), site).items():
        meta = pages.get(file)
        data = data_file(bare(file))
        about = meta.title if meta else data.label if data else bare(file)
        owner = (meta and meta.owner) or ""
        what = f"Changed since {entry.reviewed_by} signed it off"
        found.append(Reminder(what, about, bare(file), None, owner))
    return sorted(found, key=lambda each: (each.day or today, each.about))


def send_due(now: datetime) -> None:
    """Once a week, on the first day that the clinic opens. Nothing is sent if nothing is due."""
    today = days.today()
    week = today - timedelta(days=today.weekday())
    jobs = ScheduledJob.objects
    if not is_time(now) or jobs.filter(name=JobName.REMINDERS, done_on=week).exists():
        return
    if not (to := addresses_with("editor.edit_content")) or not jobs.take(
        JobName.REMINDERS, now, week
    ):
        return
    found = reminders(read_site(settings.CONTENT_DIR), today)
    if found and not mail(found, to, today):
        return  # the lease makes it wait
    jobs.give_back(JobName.REMINDERS, done_on=week)


def mail(found: list[Reminder], to: list[str], today: date) -> bool:
    """Whether anyone got it. Who did not can see the same list in "Edit site"."""
    lines = [(each.about, each.in_words(today), each.owner) for each in found]
    context = {"lines": lines, "link": link("editor:reminders")}
    subject, name = f"Pages to look at: {len(found)}", f"reminders.{today:%Y%m%d}"
    failure = send_from_template(subject, "editor/reminders.txt", context, to, name)
    return failure is None or bool(failure.accepted)
