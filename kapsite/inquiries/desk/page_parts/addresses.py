"""Addresses of the desk that carry the list a person came from on to the next page."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse

from .date_filter import read_day

LIST = "admin:inquiries_inquiry_changelist"
FROM_LIST = "_changelist_filters"  # Django's name for the query of the list the user came from
SAMPLE = "any-key"
FROM_DAY = "from_day"  # sent by forms of the day of appointments, to which they lead back


def carried(request, **more: str) -> str:
    """The query for the next page, with ``more`` in it."""
    filters = {FROM_LIST: request.GET[FROM_LIST]} if request.GET.get(FROM_LIST) else {}
    query = urlencode({**more, **filters})
    return f"?{query}" if query else ""


def address(request, view: str, pk, **more: str) -> str:
    return reverse(f"admin:inquiries_inquiry_{view}", args=[pk]) + carried(request, **more)


def addresses(view: str, *more: str) -> Callable[[int], str]:
    """Of many requests at once: to reverse each takes as long as all else of its row."""
    sample = reverse(f"admin:inquiries_inquiry_{view}", args=[SAMPLE, *more])
    before, after = sample.rsplit(SAMPLE, 1)
    return lambda key: f"{before}{key}{after}"


def address_of_list(request) -> str:
    filters = request.GET.get(FROM_LIST, "")
    return reverse(LIST) + (f"?{filters}" if filters else "")


def address_of_day(request) -> str:
    """The day of appointments that a form was sent from; "" if it was sent from elsewhere."""
    day = read_day(request.POST.get(FROM_DAY, ""))
    return f"{reverse('admin:inquiries_appointments')}?day={day}" if day else ""
