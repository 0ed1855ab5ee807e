"""Which requests are deleted within a week, for those who may want to keep some of it."""

from datetime import date

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from kapsite.clinic import days
from kapsite.inquiries.data_protection import retention
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.permissions import VIEW
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.inquiries.models.logs.erasure_log import Rule

MOST = 100  # the first of them go first


@require_safe
@permission_required(VIEW, raise_exception=True)
def upcoming_deletions(request):
    lines = sorted(lines_of_week(), key=lambda line: line[0])[:MOST]
    log_access(request, Act.LISTED, count=len(lines), details="scheduled for deletion this week")
    return admin_page(
        request,
        "upcoming_deletions.html",
        "Scheduled for deletion this week",
        lines=lines,
        most=MOST,
    )


def lines_of_week() -> list[tuple[date, Rule, Inquiry]]:
    """Day, rule and request. A day that is over stands for today: the worker is late."""
    today, columns = days.today(), ("reference", "status", "outcome", "closed_at", "received_at")
    merged = ("duplicate_of__closed_at", "duplicate_of__duplicate_of")
    return [
        (max(retention.delete_on(inquiry) or today, today), rule, inquiry)
        for rule, found in retention.deleted_soon()
        for inquiry in found.select_related("duplicate_of").only(*columns, *merged)[:MOST]
    ]
