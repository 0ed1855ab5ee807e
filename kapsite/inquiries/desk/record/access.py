"""Looks a request up for those who may see it, and logs that they did.

Every view is logged before the page is made; if logging fails, nothing is shown.
"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Value, When
from django.http import HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from kapsite.encryption.keyring import Unreadable
from kapsite.encryption.row_binding import CANNOT_BE_READ, replace_unreadable
from kapsite.inquiries.desk.inbox.behind import narrowed_by
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ActivityKind
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.text.numbers import number_in

HAS_MESSAGE = Case(When(message="", then=Value(False)), default=Value(True))


def of_request(*methods: str):
    """Decorates a view of one request: checks permission and method, and looks the request up.

    If it no longer exists, or was withdrawn, the user is told so: see Record.gone().
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(self, request, pk, **named):
            if not self.has_view_permission(request):
                raise PermissionDenied
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            try:
                return view(self, request, find(pk, request.user), **named)
            except Inquiry.DoesNotExist:
                return self.gone(request, pk, **named)

        return wrapped

    return decorate


def find(pk, user) -> Inquiry:
    """The request without its message, which is read only when asked for."""
    found = Inquiry.objects.seen_by(user).defer("message").annotate(has_message=HAS_MESSAGE)
    found = found.select_related("assigned_to", "opened_by", "entered_by")
    return replace_unreadable(found.get(pk=number_in(str(pk))))


def message_of(inquiry: Inquiry) -> str:
    try:
        return inquiry.message
    except Unreadable:
        return CANNOT_BE_READ


def log_viewing(request, inquiry: Inquiry, *, with_message=False, printed=False) -> None:
    """Write to the request's own history, and to the access log, which outlives it."""
    done = [(Act.PRINTED, ActivityKind.PRINTED)] if printed else []
    if with_message:
        done.append((Act.MESSAGE, ActivityKind.SHOWN))
    details = narrowed_by(request)
    with transaction.atomic():
        for act, kind in done or [(Act.OPENED, ActivityKind.VIEWED)]:
            log_access(request, act, inquiry, details=details)
            inquiry.record(kind, by=request.user)
        opened = {"opened_at": timezone.now(), "opened_by": request.user}
        Inquiry.objects.filter(pk=inquiry.pk).update(**opened)
