"""Requests for an evaluation."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from kapsite.clinic.deadlines import end_of_next_day
from kapsite.clinic.facts import get_clinic
from kapsite.encryption.fields import EncryptedTextField
from kapsite.encryption.row_binding import RowBound
from kapsite.inquiries.models.choices import (
    ActivityKind,
    Booking,
    ConsentText,
    ContactBy,
    ForWhom,
    Knows,
    Outcome,
    Status,
    Voicemail,
)
from kapsite.inquiries.models.counting.flood import Flood
from kapsite.inquiries.models.reference import in_groups, new_reference
from kapsite.text.normalization import email_address
from kapsite.text.phone_numbers import phone_numbers

from .activity import Activity
from .database_rules import CONSTRAINTS, INDEXES
from .deadlines import next_due
from .earlier_contact import EarlierContact, earlier_contacts
from .queryset import InquiryQuerySet
from .voicemail import VoicemailRule, voicemail_rules

if TYPE_CHECKING:
    from .appointment import Appointment

UNDO_WITHDRAWAL = timedelta(hours=24)  # how long a person can undo it; then comes the deletion


def link(to: str, related_name: str = "+") -> "models.ForeignKey[Any, Any]":
    """Null: nobody, or no longer. Those that are looked for have an index among INDEXES."""
    return models.ForeignKey(
        to,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name=related_name,
        db_index=False,
    )


class Inquiry(RowBound):
    """A request for an evaluation, in the words of the person asking.

    Stored only when the person who would be evaluated is an adult, and with consent.
    """

    bound_columns = ("reference",)
    machine_read = ("phone_e164", "normalized_email")

    reference = models.CharField(max_length=8, unique=True, default=new_reference)
    received_at = models.DateTimeField("received", default=timezone.now)
    form_token = models.CharField(max_length=64, unique=True)
    consent_version = models.CharField(max_length=40)
    consent_text = models.CharField(max_length=10, choices=ConsentText, default=ConsentText.FORM)
    # Who wrote down what a phone caller said; null: the web form.
    entered_by = link(settings.AUTH_USER_MODEL)

    name = EncryptedTextField()
    for_whom = models.CharField("for", max_length=10, choices=ForWhom)
    knows = models.CharField("person knows", max_length=3, choices=Knows, blank=True)
    topics = EncryptedTextField(blank=True)  # values of Topic, comma-separated
    contact_by = models.CharField("how to reach", max_length=10, choices=ContactBy)
    phone = EncryptedTextField(blank=True)
    # As in kapsite.text.phone_numbers, with a space between.
    phone_e164 = EncryptedTextField("number to dial", blank=True)
    wrong_number = models.BooleanField(default=False)  # staff reached someone else by it
    voicemail = models.CharField(max_length=10, choices=Voicemail, blank=True)
    email = EncryptedTextField(blank=True)
    # As mail servers know it.
    normalized_email = EncryptedTextField("address to write to", blank=True)
    times = models.CharField("good times", max_length=40, blank=True)  # values of Time
    days = models.CharField("good days", max_length=70, blank=True)  # values of Day
    language = EncryptedTextField(blank=True)
    aids = EncryptedTextField("help to talk", blank=True)  # values of Aid, comma-separated
    message = EncryptedTextField(blank=True)

    status = models.CharField("state", max_length=10, choices=Status, default=Status.NEW)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    closed_at = models.DateTimeField("closed", null=True, blank=True)
    assigned_to = link(settings.AUTH_USER_MODEL)
    next_action_on = models.DateField("next action", null=True, blank=True)
    next_action_time = models.TimeField(null=True, blank=True)  # null: by the end of that day
    reply_by = models.DateTimeField(null=True, blank=True)  # when staff should have replied
    safety_concern = models.BooleanField(default=False)
    safety_concern_reason = EncryptedTextField("reason for the safety concern", blank=True)
    danger = EncryptedTextField(blank=True)  # what the site found: see triage; never changed
    spam_points = models.PositiveSmallIntegerField(null=True, blank=True)  # null: not judged
    spam_reasons = EncryptedTextField("signs of spam", blank=True)  # one on each line
    flood = models.CharField(max_length=10, choices=Flood, blank=True)  # in which it came
    notified_at = models.DateTimeField("staff notified", null=True, blank=True)

    version = models.PositiveIntegerField(default=0)  # one more with each change by staff
    opened_at = models.DateTimeField("last opened", null=True, blank=True)  # null: never
    opened_by = link(settings.AUTH_USER_MODEL)
    attempts = models.PositiveSmallIntegerField("attempts to reach them", default=0)
    first_contact_at = models.DateTimeField("first contact", null=True, blank=True)
    due_at = models.DateTimeField("due", null=True, blank=True)  # null: no one has to act
    # When the person took it back; see intake/withdrawal.py.
    withdrawn_at = models.DateTimeField("withdrawn", null=True, blank=True)
    withdrawn_from = models.CharField(max_length=10, choices=Status, blank=True)
    overdue_notified_at = models.DateTimeField("lead notified", null=True, blank=True)
    same_person_as = link("self", "later_requests")
    duplicate_of = link("self", "duplicates")  # in which this one is dealt with

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "inquiries"
        ordering = ("-received_at",)
        permissions = [
            ("see_names_in_list", "Can see names in the list"),
            ("show_message", "Can read what the person wrote"),
            ("print_inquiry", "Can print a request"),
            ("export_inquiries", "Can export requests"),
            ("erase_inquiry", "Can erase a request"),
            ("view_overview", "Can see the overview"),
        ]
        indexes = INDEXES
        constraints = CONSTRAINTS

    def __str__(self):
        return f"Inquiry {self.reference_in_groups}"  # copied into the admin log: names no one

    def derive(self) -> None:
        """What a new request stores in a form of its own, besides what was typed."""
        self.normalize_contacts()
        self.due_at = next_due(self)

    def normalize_contacts(self) -> None:
        before, self.phone_e164 = self.phone_e164, " ".join(phone_numbers(self.phone))
        self.wrong_number = self.wrong_number and self.phone_e164 == before
        self.normalized_email = email_address(self.email)

    @property
    def may_be_contacted(self) -> bool:
        """Not once the person withdrew. Steps, links to dial, tabs and lists follow it."""
        return self.withdrawn_at is None

    @property
    def is_deletion_request(self) -> bool:
        """Withdrawn after staff reached the person, so a lead deletes it."""
        return not self.may_be_contacted and self.status != Status.WITHDRAWN

    def kept_until(self, withdrawn: datetime) -> datetime:
        """When the site may delete it, if it is withdrawn at ``withdrawn`` before staff reached
        the person. With a safety concern a lead has the next open day to see it."""
        end = withdrawn + UNDO_WITHDRAWAL
        return max(end, end_of_next_day(withdrawn, get_clinic())) if self.safety_concern else end

    @property
    def deleted_after(self) -> datetime | None:
        """When the person can no longer take the withdrawal back; None if no day is set."""
        if self.withdrawn_at is None or self.is_deletion_request:
            return None
        return self.kept_until(self.withdrawn_at)

    @property
    def reference_in_groups(self) -> str:
        return in_groups(self.reference)

    @cached_property
    def voicemail_rule(self) -> VoicemailRule:
        """What counts when someone dials, instead of ``voicemail``."""
        return voicemail_rules([self])[self.pk]

    @cached_property
    def corrected(self) -> "list[EarlierContact]":
        """Its contact details before each correction, the newest first."""
        return earlier_contacts(self)

    @cached_property
    def appointment(self) -> "Appointment | None":
        """The one that is planned."""
        if self.status != Status.SCHEDULED or self.withdrawn_at:
            return None
        return self.appointments.filter(state=Booking.BOOKED).order_by("pk").last()

    def record(self, kind: ActivityKind, by=None, **details) -> Activity:
        return Activity.objects.create(inquiry=self, kind=kind, by=by, **details)
