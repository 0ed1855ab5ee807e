"""Steps that set the next action: at a proposed time, or on another day or time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django import forms
from django.utils import timezone

from kapsite.clinic.days import today, zone
from kapsite.clinic.deadlines import soon_after
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.appointments.times import NO_WISHES, call_times, wishes_of
from kapsite.inquiries.desk.page_parts.formatting import good_times, time_in_words
from kapsite.inquiries.models import Inquiry

from .base import Step
from .fields import FARTHEST_DATE, Day, TimeOfDay, problem_with

OTHER = "other"
AS_SENT = "%Y-%m-%dT%H:%M"
FIELDS = ("again", "next_action_on", "next_action_time")
SELECT_A_TIME = "Select a time from the list, or “Other time”"


class CallBack(Step):
    """The proposals respect the person's days and times, and the open hours."""

    again = forms.CharField(
        label="Follow up", required=False, max_length=20, widget=forms.RadioSelect
    )
    next_action_on = Day(label="Day", required=False)
    next_action_time = TimeOfDay(label="Time (optional)", required=False)

    def proposed_day(self) -> date:
        """The earliest day of the proposal that is selected."""
        raise NotImplementedError

    def further_days(self) -> Sequence[date]:
        """Days from which on further times are proposed."""
        return ()

    def prepare(self):
        day = self.proposed_day()
        proposals = times_for(self.inquiry, [day, *self.further_days()])
        selected = next((at for at in proposals if at.date() >= day), None)
        if self.inquiry.safety_concern:
            selected = soon_after(timezone.now(), get_clinic())
            proposals = [selected, *proposals[:2]]
        first = selected or proposals[0] if proposals else None
        self.initial["again"] = f"{first:{AS_SENT}}" if first else OTHER
        self.initial["next_action_on"] = first.date() if first and selected else day
        self.initial["next_action_time"] = first.time() if first else None
        choices = [(f"{at:{AS_SENT}}", in_words(at)) for at in proposals]
        self.fields["again"].widget.choices = [*choices, (OTHER, "Other time")]

    def without_date(self) -> None:
        for name in FIELDS:
            del self.fields[name]

    @property
    def unmet_wishes(self) -> str:
        """When to reach the person, if no open time fits that; "" otherwise."""
        fits = any(map(wishes_of(self.inquiry).fit, fitting_times(self.inquiry)))
        return "" if fits else good_times(self.inquiry)

    @property
    def rest(self) -> list[forms.BoundField]:
        """The fields beside those of the time."""
        return [field for field in self if field.name not in FIELDS]

    def clean(self):
        data = self.cleaned_data
        if "again" not in self.fields:
            return data
        chosen = data.get("again")
        if chosen and chosen != OTHER:
            self._read_proposal(chosen)
        elif "next_action_on" in data and data["next_action_on"] is None:
            self.add_error("next_action_on", "Enter a date")
        if not self.errors:
            self._check_time()
        return data

    def _read_proposal(self, chosen: str) -> None:
        for name in FIELDS[1:]:
            self.errors.pop(name, None)  # what stands there is not what was selected
        try:
            at = datetime.strptime(chosen, AS_SENT)
        except ValueError:
            self.add_error("again", SELECT_A_TIME)
            return
        if not today() <= at.date() <= today() + FARTHEST_DATE:
            self.add_error("again", SELECT_A_TIME)
        self.cleaned_data |= {"next_action_on": at.date(), "next_action_time": at.time()}

    def _check_time(self) -> None:
        data = self.cleaned_data
        if not data.get("next_action_time"):
            return
        at = datetime.combine(data["next_action_on"], data["next_action_time"], zone())
        field = "next_action_time" if data.get("again") in ("", OTHER) else "again"
        if problem := problem_with(at):
            self.add_error(field, problem)


def times_for(inquiry: Inquiry, days: Iterable[date]) -> list[datetime]:
    """The next two times to call, and the first from each of ``days`` on."""
    times = fitting_times(inquiry)
    from_days = (next((at for at in times if at.date() >= day), None) for day in days)
    return sorted({*times[:2], *filter(None, from_days)})


def fitting_times(inquiry: Inquiry) -> list[datetime]:
    """Made once for all steps of a page."""
    known: list[datetime] | None = inquiry.__dict__.get("fitting_times")
    if known is None:
        now, clinic = timezone.now(), get_clinic()
        known = call_times(now, wishes_of(inquiry), clinic) or call_times(now, NO_WISHES, clinic)
        inquiry.__dict__["fitting_times"] = known
    return known


def in_words(at: datetime) -> str:
    """ "Today 4 PM", "Tomorrow 9 AM", "Thu 9 AM", "Mon Dec 7, 9 AM"."""
    ahead, time = (at.date() - today()) // timedelta(days=1), time_in_words(at.time())
    if ahead < 7:
        day = {0: "Today", 1: "Tomorrow"}.get(ahead, f"{at:%a}")
        return f"{day} {time}"
    return f"{at:%a %b %-d}, {time}"
