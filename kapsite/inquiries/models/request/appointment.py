"""Appointments for an evaluation: when, for how long, with whom and where.

One that is moved is another row with the same ``uid``, so that an undo can bring the first back.
"""

import uuid
from datetime import datetime, timedelta
from functools import cached_property

from django.db import connection, models
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from kapsite.inquiries.models.choices import Booking, Place, Status
from kapsite.inquiries.models.constraints import one_of

from .inquiry import Inquiry
from .undo import Undo, undone

LONGEST = timedelta(hours=8)
BOOKING = 7205759  # any number: the name of the lock on PostgreSQL


class TimeTaken(Exception):
    """The undo would bring back an appointment whose time is taken by now."""


# Still planned. Whatever takes a request out of "Scheduled" calls its appointment off.
LIVE = Q(state=Booking.BOOKED, inquiry__status=Status.SCHEDULED, inquiry__withdrawn_at=None)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def live(self) -> "AppointmentQuerySet":
        return self.filter(LIVE)

    def between(self, start: datetime, end: datetime) -> "AppointmentQuerySet":
        """Those that begin in this time, what was moved or called off left out.

        By a join, since ``seen_by`` in a subquery would read the state of every request.
        """
        past = Q(state__in=(Booking.ATTENDED, Booking.NO_SHOW))
        past &= ~Q(inquiry__status=Status.WITHDRAWN)
        return self.filter(LIVE | past, starts_at__gte=start, starts_at__lt=end)

    def overlapping(
        self, start: datetime, end: datetime, clinician: str, inquiry: Inquiry
    ) -> list["Appointment"]:
        """Those of other requests."""
        near = self.live().filter(starts_at__gt=start - LONGEST, starts_at__lt=end)
        others = near.filter(clinician=clinician).exclude(inquiry=inquiry)
        return [each for each in others if each.ends_at > start]


class Appointment(models.Model):
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="appointments")
    uid = models.UUIDField(default=uuid.uuid4)  # by which a calendar recognizes it
    starts_at = models.DateTimeField()
    length = models.PositiveSmallIntegerField()  # minutes
    clinician = models.CharField(max_length=150, blank=True)  # "": the clinic names none
    place = models.CharField(max_length=10, choices=Place)
    state = models.CharField(max_length=10, choices=Booking, default=Booking.BOOKED)
    booked_at = models.DateTimeField(default=timezone.now)
    # The versions of the request in which it was made, and left the state "Booked"; for an undo.
    made_in = models.PositiveIntegerField()
    ended_in = models.PositiveIntegerField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ("starts_at", "pk")
        indexes = [models.Index(fields=["starts_at"], name="appointment_starts")]
        constraints = [
            one_of(Place, "place", "appointment_place_is_known"),
            one_of(Booking, "state", "appointment_state_is_known"),
            models.CheckConstraint(
                condition=Q(length__range=(1, LONGEST // timedelta(minutes=1))),
                name="appointment_has_a_length",
            ),
            models.CheckConstraint(
                condition=Q(state="booked") ^ Q(ended_in__isnull=False),
                name="appointment_ended_or_booked",
            ),
        ]

    def __str__(self):
        return f"Appointment {self.pk}"

    @cached_property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.length)

    @property
    def is_double_booked(self) -> bool:
        start, end = self.starts_at, self.ends_at
        found = Appointment.objects.overlapping(start, end, self.clinician, self.inquiry)
        return start > timezone.now() and bool(found)

    def end(self, state: Booking, version: int) -> None:
        """It was attended, moved and so on, by the step that makes ``version`` of the request."""
        self.state, self.ended_in = state, version
        self.save(update_fields=["state", "ended_in"])


def wait_for_other_bookings() -> None:
    """In a transaction: until it ends, nobody else books. SQLite has one writer at a time.

    Before a request is locked, lest two wait for each other.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BOOKING])


@receiver(undone, sender=Undo, dispatch_uid="appointments")
def put_back(undo: Undo, inquiry: Inquiry, **_) -> None:
    """Raises TimeTaken. The caller has waited for other bookings."""
    own = Appointment.objects.filter(inquiry=inquiry)
    planned = own.live().first()  # the request isn't saved yet
    own.filter(made_in=undo.version).delete()
    own.filter(ended_in=undo.version).update(state=Booking.BOOKED, ended_in=None)
    back = inquiry.appointment
    if back and back != planned and back.is_double_booked:
        raise TimeTaken
