"""Steps with a booked appointment: cancel it, or say whether they came."""

from django.utils import timezone

from kapsite.clinic import days
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.page_parts.formatting import moment_in_words
from kapsite.inquiries.models import Appointment
from kapsite.inquiries.models.choices import Booking, Outcome, Status

from .base import Step
from .follow_up import next_open_day
from .status import Dated


def in_words(appointment: Appointment) -> str:
    """ "Wed Dec 2, 9 AM, 60 min, Dr. Rivera, in person"."""
    return ", ".join(
        filter(
            None,
            [
                moment_in_words(appointment.starts_at),
                f"{appointment.length} min",
                appointment.clinician,
                appointment.get_place_display().lower(),
            ],
        )
    )


class OfAppointment(Step):
    """What became of an appointment."""

    states = (Status.SCHEDULED,)
    becomes: Booking

    @property
    def booked(self) -> Appointment | None:
        """None for an evaluation of which only the day is known."""
        return self.inquiry.appointment

    def change(self, inquiry):
        if self.booked:
            self.booked.end(self.becomes, inquiry.version + 1)
        super().change(inquiry)

    def note_for_history(self):
        booked = in_words(self.booked) if self.booked else ""
        return "\n".join(filter(None, [booked, super().note_for_history()]))


class Unscheduled(OfAppointment, Dated):
    name, label, done = "unscheduled", "Cancel appointment", "Appointment canceled."
    to = Status.CONTACTED
    becomes = Booking.CANCELED


class Begun(OfAppointment):
    @property
    def applies(self):
        return super().applies and self.has_begun

    @property
    def has_begun(self) -> bool:
        if self.booked:
            return self.booked.starts_at <= timezone.now()
        day = self.inquiry.next_action_on
        return day is not None and day <= days.today()


class Attended(Begun):
    """Closes the request, unless a safety concern has to be resolved first."""

    name, label, done = "attended", "Attended", "Saved: they attended."
    becomes = Booking.ATTENDED

    def change(self, inquiry):
        super().change(inquiry)
        if inquiry.safety_concern:
            inquiry.status, inquiry.next_action_time = Status.CONTACTED, None
            inquiry.next_action_on = next_open_day(days.today(), get_clinic())
        else:
            self.close(inquiry, Outcome.EVALUATED)

    @property
    def summary(self):
        if self.inquiry.safety_concern:
            return f"{self.done} Resolve the safety concern, then close the request."
        return "They attended. Request closed."


class NoShow(Begun):
    """A colleague tries again on the same day."""

    name, label, done = "no_show", "No-show", "No-show saved. Try to reach them today."
    becomes = Booking.NO_SHOW

    def change(self, inquiry):
        super().change(inquiry)
        inquiry.status = Status.TRYING
        inquiry.next_action_on, inquiry.next_action_time = days.today(), None
