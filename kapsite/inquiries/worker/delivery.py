"""Sends the outbox: notices to staff and colleagues without content, acknowledgments to people."""

import logging
from collections.abc import Iterable

from django.utils import timezone

from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.outbox import Notice, NoticeKind, wait_after

from .messages import NotWanted, compose
from .sending import NotSent, send

logger = logging.getLogger(__name__)


def send_next(kinds: Iterable[str] = ()) -> Notice | None:
    """Send one message that is due and return its notice, if there is any. Needs the main thread.

    A message to staff or to a colleague covers all notices to them that are due. No transaction
    is open meanwhile: a slow mail server must not stop the form.
    """
    notice = Notice.objects.claim(timezone.now(), kinds)
    if not notice:
        return None
    notices = [notice]
    if notice.kind != NoticeKind.ACKNOWLEDGEMENT:
        notices += Notice.objects.claim_alike(timezone.now(), notice)
    if notice.kind == NoticeKind.COLLEAGUE and not (notices := still_theirs(notices)):
        return notice
    try:
        send(compose(notices))
    except NotWanted:
        notice.delete()
    except NotSent as error:
        record_failure(notices, error)
    else:
        others = f", for {len(notices)} requests" if len(notices) > 1 else ""
        logger.info("%s was sent%s.", notice, others)
        for each in notices:
            each.mark_sent(timezone.now())
        if notice.kind == NoticeKind.STAFF:
            mark_notified(notices)
    return notice


def record_failure(notices: list[Notice], error: NotSent) -> None:
    """All that one message was to cover fail together, and wait equally long."""
    first, now = notices[0], timezone.now()
    logger.warning("%s was not sent%s, attempt %s: %s", first, error.whom, first.attempts, error)
    wait = wait_after(first.attempts)
    for each in notices:
        each.mark_failed(str(error), error.surely, now, wait, error.accepted)
    if error.accepted:
        mark_notified(notices)


def mark_notified(notices: list[Notice]) -> None:
    notified = Inquiry.objects.filter(pk__in=[each.inquiry_id for each in notices])
    notified.update(notified_at=timezone.now())


def still_theirs(notices: list[Notice]) -> list[Notice]:
    """Those whose request the colleague still has and can open; the others are dropped."""
    person = notices[0].recipient
    can_read_it = person is not None and person.is_active and person.email
    theirs = Inquiry.objects.filter(pk__in=[each.inquiry_id for each in notices])
    theirs = theirs.filter(assigned_to=person, closed_at=None, withdrawn_at=None)
    held = set(theirs.values_list("pk", flat=True)) if can_read_it else set()
    for notice in notices:
        if notice.inquiry_id not in held:
            notice.delete()
    return [notice for notice in notices if notice.inquiry_id in held]
