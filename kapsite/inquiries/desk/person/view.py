"""One person: all requests from the same number or email, and what is done with them together."""

from collections import defaultdict
from dataclasses import replace

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kapsite.inquiries.desk.inbox.bulk import versions
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.formatting import VOICEMAIL, count, is_overdue, source_of
from kapsite.inquiries.desk.page_parts.permissions import CHANGE, VIEW
from kapsite.inquiries.desk.page_parts.undo import undo_bar
from kapsite.inquiries.desk.record.timeline import MOST, VIEWS, Line, by_day, lines_of, with_undone
from kapsite.inquiries.desk.same_person import MOST_OF_A_PERSON, all_of_person
from kapsite.inquiries.desk.steps.base import Conflict, NotPossible
from kapsite.inquiries.desk.steps.merging import CloseAsDuplicate, TakeOver, merge
from kapsite.inquiries.models import Activity, Inquiry, Undo
from kapsite.inquiries.models.choices import Voicemail
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.inquiries.models.request.voicemail import voicemail_rules

from .find import find

NONE_CHOSEN = "Select the requests to merge into this one."
CHANGED = "Not merged: someone else has updated one of these requests. Check them, and merge again."
NOT_POSSIBLE = "Not merged: only open requests without an appointment can be merged."


@require_safe
@permission_required(VIEW, raise_exception=True)
def person_page(request, pk: int):
    return show(request, find(request.user, pk))


@require_POST
@permission_required([VIEW, CHANGE], raise_exception=True)
def merge_view(request, pk: int):
    inquiry = find(request.user, pk)
    rows = [request.POST.get("into", ""), *request.POST.getlist("row")]
    sent = versions(rows, MOST_OF_A_PERSON + 1)
    others = [each for each in all_of_person(inquiry, request.user)[1:] if each.pk in sent]
    if not others:
        return show(request, inquiry, NONE_CHOSEN)
    if all(each.duplicate_of_id == pk for each in others):  # sent twice
        return redirect("admin:inquiries_person", pk)
    try:
        with transaction.atomic():
            batch = merge(inquiry, others, sent, request.user)
            for each in (inquiry, *others):
                log_access(request, Act.CHANGED, each, details="merge")
    except Conflict:
        return show(request, find(request.user, pk), CHANGED, status=409)
    except NotPossible:
        return show(request, find(request.user, pk), NOT_POSSIBLE, status=409)
    done = f"{count(len(others) + 1, 'request')} merged."
    Undo.objects.filter(batch=batch).update(label=done)
    return redirect("admin:inquiries_person", pk)


def show(request, inquiry: Inquiry, error: str = "", status=200):
    """Logged as opened for each request whose history is on the page."""
    found = all_of_person(inquiry, request.user)
    for each in found:
        log_access(request, Act.OPENED, each, details="person page")
    now = timezone.now()
    rows = rows_of(found, request.user, now)
    context = {
        "inquiry": inquiry,
        "rows": rows,
        "days": by_day(histories(found)),
        "can_merge": any(row["can_merge"] for row in rows),
        "stays": TakeOver(inquiry, request.user).is_offered,
        "error": error,
        "undo": undo_bar(request.user, now),
    }
    title = f"One person, {count(len(found), 'request')}"
    return admin_page(request, "person.html", title, status=status, **context)


def rows_of(found: list[Inquiry], user, now) -> list[dict]:
    rules = voicemail_rules(found)
    first = found[0]
    stays = TakeOver(first, user).is_offered
    return [
        {
            "inquiry": each,
            "source": source_of(each),
            "voicemail": VOICEMAIL.get(each.voicemail),
            "rule": VOICEMAIL.get(rules[each.pk].answer),
            "is_strict": rules[each.pk].answer == Voicemail.NO,
            "is_overdue": is_overdue(each, now),
            "can_merge": stays and each is not first and CloseAsDuplicate(each, user).is_offered,
        }
        for each in found
    ]


def histories(found: list[Inquiry]) -> list[Line]:
    """The newest lines of all of them, in one query."""
    rows = Activity.objects.filter(inquiry__in=found).exclude(kind__in=VIEWS)
    of_each = defaultdict(list)
    for row in rows.select_related("by")[:MOST]:
        of_each[row.inquiry_id].append(row)
    lines = [
        replace(line, reference=each.reference_in_groups)
        for each in found
        for line in with_undone(lines_of(of_each[each.pk], each))
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)
