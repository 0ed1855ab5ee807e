"""What is done from the list with the selected requests: each by its own step, undone together."""

import uuid
from dataclasses import dataclass, field

from django.db import transaction
from django.http import QueryDict

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.formatting import count, person
from kapsite.inquiries.desk.steps.assignment import Assign
from kapsite.inquiries.desk.steps.base import Conflict, NotPossible, Step
from kapsite.inquiries.desk.steps.status import MarkSpam, Restore
from kapsite.inquiries.models import Inquiry, Undo
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.text.numbers import number_in

from .rows import PER_PAGE

ACTIONS: dict[str, type[Step]] = {"assign": Assign, "spam": MarkSpam, "restore": Restore}


@dataclass
class Result:
    step: Step | None = None  # one of those that were taken, for its words
    done: int = 0
    changed: int = 0  # by someone else since the list was shown
    unfit: int = 0  # the step isn't for their state, or they have a safety concern
    batch: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def summary(self) -> str:
        """ "3 requests assigned to Tom." """
        if isinstance(self.step, Assign):
            done = f"assigned to {person(self.step.cleaned_data['assigned_to']) or 'nobody'}"
        else:
            done = "moved to New" if isinstance(self.step, Restore) else "moved to spam"
        return f"{count(self.done, 'request')} {done}."

    @property
    def warning(self) -> str:
        parts = []
        if self.changed:
            parts.append(f"{count(self.changed, 'request')} left alone: changed by someone else.")
        if self.unfit:
            words = "open each to see why" if self.unfit > 1 else "open it to see why"
            parts.append(f"{count(self.unfit, 'request')} left alone: {words}.")
        return " ".join(parts)


def selected(sent: QueryDict) -> tuple[str, dict[int, int]]:
    """The action, and the version of each request that the list showed, by its key."""
    if one := sent.get("restore"):
        return "restore", versions([one])
    return sent.get("action", ""), versions(sent.getlist("row"))


def versions(rows: list[str], most=PER_PAGE) -> dict[int, int]:
    found = {}
    for row in rows[:most]:
        key, version = map(number_in, row.partition(".")[::2])
        if min(key, version) >= 0:
            found[key] = version
    return found


def apply(request, action: str, rows: dict[int, int]) -> Result:
    """Take the step ``action`` with each of ``rows``, at its version."""
    result = Result()
    inquiries = Inquiry.objects.seen_by(request.user).defer("message").filter(pk__in=rows)
    for inquiry in inquiries.select_related("assigned_to").order_by("pk"):
        step = ACTIONS[action](replace_unreadable(inquiry), request.user, request.POST)
        try:
            if not step.is_offered or not step.is_valid():
                raise NotPossible
            with transaction.atomic():
                step.apply(rows[inquiry.pk], result.batch)
                details = f"{step.logged_as}, from the list"
                log_access(request, Act.CHANGED, inquiry, details=details)
        except Conflict:
            result.changed += 1
        except NotPossible:
            result.unfit += 1
        else:
            result.step, result.done = step, result.done + 1
    if result.done > 1:
        Undo.objects.filter(batch=result.batch).update(label=result.summary[:120])
    return result
