"""The step that books an appointment, or moves it. A closed day and a double booking are warnings:
staff can book all the same.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property

from kapsite.clinic import days
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.appointments import times
from kapsite.inquiries.desk.appointments.clinicians import clinicians
from kapsite.inquiries.desk.appointments.conflicts import conflicts
from kapsite.inquiries.desk.page_parts.formatting import moment_in_words
from kapsite.inquiries.models import Appointment
from kapsite.inquiries.models.choices import OPEN, Booking, Place, Status
from kapsite.inquiries.models.request.appointment import wait_for_other_bookings

from .appointment import in_words
from .base import NeedsConfirmation, Step
from .fields import FARTHEST_DATE, Day, Note, Selection, TimeOfDay, problem_with

SELECT_A_TIME = "Select a time from the list"


class Scheduled(Step):
    """By a proposed time, in one click, or by a form. Moves the appointment if there is one."""

    name, label, done = "scheduled", "Schedule evaluation", "Evaluation scheduled."
    states = OPEN
    made: Appointment | None = None  # afterwards
    moved: Appointment | None = None  # what it was before

    slot = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    next_action_on = Day(label="Day", required=False)
    next_action_time = TimeOfDay(label="Time", required=False)
    length = Selection(
        "length",
        times.USUAL_LENGTH,
        choices=[(minutes, f"{minutes} minutes") for minutes in times.LENGTHS],
        coerce=int,
    )
    clinician = Selection("clinician")
    place = Selection("place", Place.IN_PERSON, label="Where", choices=Place.choices)
    anyway = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    note = Note()

    def prepare(self):
        self.clinicians = clinicians() if self.is_possible else []
        if self.clinicians:
            field: Any = self.fields["clinician"]
            field.choices = [(name, name) for name in self.clinicians]
            field.empty_value = self.clinicians[0]
        else:
            del self.fields["clinician"]
        self.warnings: list[str] = []
        if booked := self.booked:
            at = booked.starts_at.astimezone(days.zone())
            known: dict = {"next_action_on": at.date(), "next_action_time": at.time()}
            known |= {name: getattr(booked, name) for name in ("length", "place", "clinician")}
            self.initial.update(known)

    @property
    def booked(self) -> Appointment | None:
        """What is to be moved."""
        return self.inquiry.appointment

    @cached_property
    def slots(self) -> list[times.Slot]:
        """Proposed times that fit the person, or else any that are free."""
        now, clinic = timezone.now(), get_clinic()
        known = (self.clinicians, clinic, self.proposed_length)
        found = times.free_slots(now, times.wishes_of(self.inquiry), *known)
        self.slots_fit = bool(found)
        return found or times.free_slots(now, times.NO_WISHES, *known)

    def propose_length(self, chosen: str) -> None:
        """As the address says; anything else is left alone."""
        if chosen in map(str, times.LENGTHS):
            self.initial["length"] = int(chosen)

    @property
    def proposed_length(self) -> int:
        """Minutes, of each proposed time: as selected, or as booked before."""
        chosen = str(self["length"].value())
        return int(chosen) if chosen in map(str, times.LENGTHS) else times.USUAL_LENGTH

    @property
    def other_lengths(self) -> list[int]:
        return [minutes for minutes in times.LENGTHS if minutes != self.proposed_length]

    def clean(self):
        data = self.cleaned_data
        if data.get("slot"):
            self._read_slot(data["slot"])
        for name, words in {"next_action_on": "a date", "next_action_time": "a time"}.items():
            if name in data and data[name] is None:
                self.add_error(name, f"Enter {words}")
        data.setdefault("clinician", "")
        if not self.errors and (problem := problem_with(self.starts_at)):
            self.add_error("next_action_time", problem)
        if not self.errors:
            self._warn()
        return data

    def _read_slot(self, value: str) -> None:
        """A button that staff clicked instead of filling in the form."""
        try:
            slot = times.slot_from(value, days.zone())
        except ValueError:
            raise ValidationError(SELECT_A_TIME) from None
        if slot.start.date() > days.today() + FARTHEST_DATE:
            raise ValidationError(SELECT_A_TIME)
        for name in ("next_action_on", "next_action_time", "length", "clinician"):
            self.errors.pop(name, None)
        if slot.clinician not in (self.clinicians or [""]):
            who = slot.clinician or "That time"
            self.add_error(None, f"{who} isn’t available anymore. Select another time")
        day, at = slot.start.date(), slot.start.time()
        self.cleaned_data |= {"next_action_on": day, "next_action_time": at}
        self.cleaned_data |= {"clinician": slot.clinician, "length": slot.length}

    @property
    def starts_at(self) -> datetime:
        """Of a time that comes twice, as the clocks go back, the first."""
        data = self.cleaned_data
        return datetime.combine(data["next_action_on"], data["next_action_time"], days.zone())

    @property
    def ends_at(self) -> datetime:
        """By the clock on the wall too, for clocks that change meanwhile."""
        length = timedelta(minutes=self.cleaned_data["length"])
        return (self.starts_at.astimezone(UTC) + length).astimezone(days.zone())

    def _warn(self) -> None:
        """An error, until the button "Book anyway" sends the same warnings back."""
        who = self.cleaned_data["clinician"]
        self.warnings = list(conflicts(self.starts_at, self.ends_at, who, self.inquiry))
        if self.warnings and self.cleaned_data.get("anyway") != self.confirmation:
            self.add_error(None, f"Not booked yet. {self.confirmation}")

    @property
    def confirmation(self) -> str:
        """What "Book anyway" sends: it confirms these warnings and no others."""
        return " ".join(self.warnings)

    @property
    def is_repeated(self) -> bool:
        """Whether exactly this is booked already, because of a double click."""
        booked, data = self.booked, self.cleaned_data
        if booked is None or self.errors:
            return False
        chosen = (self.starts_at, data["length"], data["clinician"], data["place"])
        return chosen == (booked.starts_at, booked.length, booked.clinician, booked.place)

    def apply(self, version, batch=None):
        with transaction.atomic():
            if self.is_offered:
                wait_for_other_bookings()
                self._warn()  # the time may have been taken since
                if self.errors:
                    raise NeedsConfirmation
            super().apply(version, batch)

    def change(self, inquiry):
        inquiry.status = Status.SCHEDULED
        inquiry.attempts = 0
        inquiry.first_contact_at = inquiry.first_contact_at or timezone.now()
        self.schedule(inquiry)
        self.moved, version = self.booked, inquiry.version + 1
        if self.moved:
            self.moved.end(Booking.MOVED, version)
        # Called off by a step like "Wait", which leaves it as it was for an undo.
        left = inquiry.appointments.filter(state=Booking.BOOKED)
        left.update(state=Booking.CANCELED, ended_in=version)
        made = {name: self.cleaned_data[name] for name in ("length", "clinician", "place")}
        made |= {"uid": self.moved.uid} if self.moved else {}
        self.made = Appointment.objects.create(
            inquiry=inquiry, starts_at=self.starts_at, made_in=version, **made
        )

    def note_for_history(self):
        booked = in_words(self.made) if self.made else ""
        return "\n".join(filter(None, [booked, super().note_for_history()]))

    @property
    def summary(self):
        made = self.made or self.booked
        if made is None:
            return self.done
        verb = "moved to" if self.moved else "scheduled for"
        who = f" with {made.clinician}" if made.clinician else ""
        return f"Evaluation {verb} {moment_in_words(made.starts_at)}{who}."
