"""What the header of the desk shows: links to the pages that someone's role opens."""

from typing import Any, NamedTuple

from django import template
from django.urls import reverse
from django.utils import timezone

from kapsite.inquiries.desk.inbox.tabs import View, count_some, in_digits, in_tab

register = template.Library()
INBOX = "admin:inquiries_inquiry_changelist"


class Link(NamedTuple):
    label: str
    url_name: str
    permission: str
    is_daily: bool = False  # stands in the header itself; others are in the account menu


LINKS = (
    Link("Inbox", INBOX, "inquiries.view_inquiry", True),
    Link("Appointments", "admin:inquiries_appointments", "inquiries.view_inquiry", True),
    Link("Overview", "admin:inquiries_overview", "inquiries.view_overview", True),
    Link("Report", "admin:inquiries_report", "inquiries.view_overview", True),
    Link("Edit site", "editor:pages", "editor.edit_content"),
    Link("Sign-offs", "editor:sign_offs", "editor.sign_off"),
    Link("Export", "admin:inquiries_inquiry_export", "inquiries.export_inquiries"),
    Link("Access log", "admin:inquiries_access_report", "inquiries.view_access"),
    Link("Content log", "editor:actions", "editor.view_history"),
    Link("Sign-ins", "admin:accounts_event_changelist", "accounts.view_event"),
    Link("Accounts", "admin:auth_user_changelist", "auth.view_user"),
)


@register.simple_tag(takes_context=True)
def desk_links(context) -> list[dict[str, Any]]:
    """The links of the header. A page that knows ``inbox_count`` already spares the query."""
    request = context["request"]
    user = request.user
    links: list[dict[str, Any]] = [
        {"label": link.label, "url": reverse(link.url_name), "is_daily": link.is_daily}
        for link in LINKS
        if user.has_perm(link.permission)
    ]
    inbox = reverse(INBOX)
    for link in links:
        if link["url"] == inbox:
            link["count"] = context.get("inbox_count") or now_waiting(user)
    if not any(link["is_daily"] for link in links):
        links = [link | {"is_daily": True} for link in links]
    within = [link for link in links if request.path.startswith(link["url"])]
    if within:
        here = max(within, key=lambda link: len(link["url"]))
        here["current"] = "page" if request.path == here["url"] else "true"
    return links


def now_waiting(user) -> str:
    """How many requests stand in the first tab."""
    [number] = count_some({"now": in_tab("now", View(user, timezone.now()))}).values()
    return in_digits(number)
