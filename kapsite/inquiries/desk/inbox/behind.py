"""The list that a person came from to a record."""

from contextlib import suppress

from django.core.exceptions import BadRequest
from django.http import QueryDict

from kapsite.inquiries.desk.page_parts.addresses import FROM_LIST, addresses

from .query import InboxQuery
from .rows import PER_PAGE, way_back
from .tabs import TABS
from .view import names_of


def list_behind(request) -> InboxQuery | None:
    """The list that someone came from to a record, as the record's address says."""
    if not hasattr(request, "list_behind"):
        request.list_behind = None
        if FROM_LIST in request.GET:
            with suppress(BadRequest):
                request.list_behind = InboxQuery(QueryDict(request.GET[FROM_LIST]), request.user)
    return request.list_behind


def label_behind(request) -> str:
    query = list_behind(request)
    return TABS[query.tab].label if query and not query.sealed else "Inbox"


def narrowed_by(request) -> str:
    """For the record of who saw what: the links to the records beside this one tell what a search
    or a filter finds, even to someone who never opened the list."""
    query = list_behind(request)
    return f"from the list: {names_of(query)}" if query and query.is_narrowed() else ""


def neighbors(request, inquiry) -> tuple[str | None, str | None]:
    """The records before and after in the list that the person came from, or else in "Now".

    One that has left the list, because it was dealt with, is followed by the first of the list.
    """
    query = list_behind(request) or InboxQuery(QueryDict(), request.user)
    start = max((query.page - 1) * PER_PAGE - 1, 0)
    record = addresses("change")
    keys = [key for key, _ in query.keys()[start : query.page * PER_PAGE + 1]]
    if inquiry.pk not in keys:
        # As a list asks for it: for the first alone, SQLite would sort all of them.
        firsts = [key for key, _ in query.keys()[: PER_PAGE + 1]] if start else keys
        return None, f"{record(firsts[0])}?{way_back(query, 1)}" if firsts else None
    place = keys.index(inquiry.pk)

    def at(near: int) -> str | None:
        page = (start + near) // PER_PAGE + 1
        return f"{record(keys[near])}?{way_back(query, page)}" if 0 <= near < len(keys) else None

    return at(place - 1), at(place + 1)
