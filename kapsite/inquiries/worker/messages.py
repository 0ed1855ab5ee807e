"""What the messages of the outbox say: no content to staff, nothing about health to the person."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake.progress import Progress
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import OPEN, ContactBy, Status
from kapsite.inquiries.models.outbox import Notice, NoticeKind

from .sending import INBOX, NotSent, automatic, link

OPEN_NOW = "New request – please open now:"  # says nothing about health
LISTED = 20  # references of a kind in one message; the inbox has the others


Letter = tuple[str, str, list[str]]  # subject, text, and to whom


class NotWanted(Exception):
    """The request changed since the message was queued, so it is dropped."""


def compose(notices: list[Notice]) -> EmailMessage:
    first = notices[0]
    name = f"{first.kind}.{first.pk}.{first.created_at:%Y%m%d%H%M%S%f}"
    try:
        subject, body, to = COMPOSERS[NoticeKind(first.kind)](notices)
        message = EmailMessage(subject, body, to=to, headers=automatic(name))
        message.message()  # refuses what cannot be a header
        return message
    except NotWanted:
        raise
    except Exception as error:  # a missing key or file; it may be back at the next attempt
        raise NotSent(error, surely=True) from None


def to_staff(notices: list[Notice]) -> Letter:
    """References and links, nothing that a person wrote."""
    if not settings.NOTIFY_EMAILS:
        raise LookupError("NOTIFY_EMAILS is empty.")
    found = Inquiry.objects.only("reference", "status", "safety_concern")
    found = found.order_by("-safety_concern", "pk")
    inquiries = list(found.filter(pk__in=[notice.inquiry_id for notice in notices]))
    if not inquiries:
        raise LookupError("The requests have been erased.")
    subject, body = about_one(inquiries[0]) if len(inquiries) == 1 else about_many(inquiries)
    return subject, body, without_it(notices[0])


def about_one(inquiry: Inquiry) -> tuple[str, str]:
    is_spam = inquiry.status == Status.SPAM
    context = named(inquiry) | {"is_spam": is_spam, "days": settings.RETENTION_DAYS["spam"]}
    body = render_to_string("inquiries/staff_notice.txt", context)
    what = "Likely spam to check:" if is_spam else "New request"
    if inquiry.safety_concern:
        what = OPEN_NOW
    return f"{what} {inquiry.reference_in_groups}", body


def about_many(inquiries: list[Inquiry]) -> tuple[str, str]:
    spam = [named(each) for each in inquiries if each.status == Status.SPAM]
    real = [named(each) for each in inquiries if each.status != Status.SPAM]
    context = {
        "real": real[:LISTED],
        "spam": spam[:LISTED],
        "more": len(real[LISTED:]) + len(spam[LISTED:]),
        "inbox": link(INBOX),
        "days": settings.RETENTION_DAYS["spam"],
    }
    body = render_to_string("inquiries/staff_notices.txt", context)
    parts = [f"{len(real)} new request{'s' * (len(real) > 1)}"] if real else []
    parts += [f"{len(spam)} likely spam to check"] if spam else []
    subject = ", ".join(parts)
    if any(each.safety_concern for each in inquiries):
        subject += " – please open now"
    return subject, body


def without_it(notice: Notice) -> list[str]:
    """Who of NOTIFY_EMAILS, as they are today, has not got ``notice``."""
    has_it = {address.lower() for address in notice.accepted_by.splitlines()}
    return [each for each in settings.NOTIFY_EMAILS if each.lower() not in has_it]


def listed(inquiries: list[Inquiry]) -> dict:
    first, more = inquiries[:LISTED], inquiries[LISTED:]
    return {"requests": list(map(named, first)), "more": len(more), "inbox": link(INBOX)}


def named(inquiry: Inquiry) -> dict:
    return {
        "reference": inquiry.reference_in_groups,
        "open_now": inquiry.safety_concern,
        "link": link("admin:inquiries_inquiry_change", inquiry.pk),
    }


def to_colleague(notices: list[Notice]) -> Letter:
    """Of a hand-over: links only. The note is for those who sign in."""
    found = Inquiry.objects.only("reference", "safety_concern").order_by("-safety_concern", "pk")
    requests = list(found.filter(pk__in=[each.inquiry_id for each in notices]))
    many = len(requests) > 1
    subject = f"{len(requests)} requests assigned to you" if many else "A request assigned to you"
    if any(each.safety_concern for each in requests):
        subject += " – please open now"
    body = render_to_string("inquiries/handed_over.txt", listed(requests))
    person = notices[0].recipient
    return subject, body, [person.email] if person else []


def to_the_person(notices: list[Notice]) -> Letter:
    """Neutral: someone else may read the mailbox, or the address may have a typo."""
    notice = notices[0]
    columns = ("normalized_email", "received_at", "contact_by", "status", "withdrawn_at")
    inquiry = Inquiry.objects.only(*columns).get(pk=notice.inquiry_id)
    is_awaited = inquiry.status in OPEN and inquiry.may_be_contacted
    if not (is_awaited and inquiry.contact_by == ContactBy.EMAIL):
        raise NotWanted
    if not notice.takes_mailbox_of(inquiry):
        raise NotWanted
    progress = Progress(inquiry, get_clinic(), timezone.now())
    body = render_to_string("inquiries/acknowledgement.txt", {"progress": progress})
    return "We have your message", body, [inquiry.normalized_email]


COMPOSERS = {
    NoticeKind.STAFF: to_staff,
    NoticeKind.COLLEAGUE: to_colleague,
    NoticeKind.ACKNOWLEDGEMENT: to_the_person,
}
