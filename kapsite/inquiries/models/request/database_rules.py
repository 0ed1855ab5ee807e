"""What the database itself makes sure of about requests, and how it finds them fast."""

from django.db import models
from django.db.models import F, Q

from kapsite.inquiries.models.choices import (
    DATED,
    ConsentText,
    ContactBy,
    ForWhom,
    Knows,
    Outcome,
    Status,
    Voicemail,
)
from kapsite.inquiries.models.constraints import one_of

INDEXES = [
    models.Index(  # all that overview and report count, so that they read no row
        fields=["-received_at", "status", "first_contact_at", "outcome", "id"],
        name="inquiry_received",
    ),
    models.Index(fields=["status", "-received_at"], name="inquiry_status"),
    models.Index(  # what is deleted next
        fields=["outcome", "closed_at"],
        condition=Q(closed_at__isnull=False),
        name="inquiry_closed",
    ),
    models.Index(fields=["assigned_to", "-received_at", "status"], name="inquiry_person"),
    models.Index(  # all that the inbox sorts by, so that it reads no row but those it shows
        fields=[
            "status",
            "safety_concern",
            "due_at",
            "received_at",
            "assigned_to",
            "closed_at",
            "withdrawn_at",
            "id",  # or PostgreSQL reads every row for the list
        ],
        condition=Q(closed_at__isnull=True),
        name="inquiry_open",
    ),
    models.Index(  # the same for one colleague
        fields=[
            "assigned_to",
            "closed_at",
            "status",
            "safety_concern",
            "due_at",
            "received_at",
            "withdrawn_at",
        ],
        condition=Q(closed_at__isnull=True),
        name="inquiry_mine",
    ),
    models.Index(
        fields=["withdrawn_at"],
        condition=Q(withdrawn_at__isnull=False),
        name="inquiry_withdrawn",
    ),
    # Few have one, and a new request none: it is stored without touching these.
    models.Index(
        fields=["same_person_as"],
        condition=Q(same_person_as__isnull=False),
        name="inquiry_linked",
    ),
    models.Index(
        fields=["duplicate_of"],
        condition=Q(duplicate_of__isnull=False),
        name="inquiry_merged",
    ),
]
CONSTRAINTS: list[models.BaseConstraint] = [
    one_of(ForWhom, "for_whom", "inquiry_for_whom_is_known"),
    one_of(ContactBy, "contact_by", "inquiry_contact_by_is_known"),
    one_of(Voicemail, "voicemail", "inquiry_voicemail_is_known", or_empty=True),
    one_of(Status, "status", "inquiry_state_is_known"),
    one_of(Knows, "knows", "inquiry_knows_is_known", or_empty=True),
    one_of(ConsentText, "consent_text", "inquiry_consent_text_is_known"),
    one_of(Outcome, "outcome", "inquiry_outcome_is_known", or_empty=True),
    models.CheckConstraint(
        condition=~Q(name="") & ~Q(consent_version="") & ~Q(form_token=""),
        name="inquiry_has_a_name_and_consent",
    ),
    models.CheckConstraint(
        condition=~Q(contact_by="call") | (~Q(phone="") & ~Q(voicemail="")),
        name="inquiry_can_be_called",
    ),
    models.CheckConstraint(
        condition=~Q(contact_by="text") | ~Q(phone=""), name="inquiry_can_be_texted"
    ),
    models.CheckConstraint(
        condition=~Q(contact_by="email") | ~Q(email=""), name="inquiry_can_be_emailed"
    ),
    models.CheckConstraint(
        condition=Q(status="closed") ^ Q(outcome=""),
        name="inquiry_outcome_exactly_when_closed",
    ),
    models.CheckConstraint(
        condition=Q(status="closed") ^ Q(closed_at__isnull=True),
        name="inquiry_closed_at_exactly_when_closed",
    ),
    models.CheckConstraint(
        condition=~Q(status__in=sorted(DATED)) | Q(next_action_on__isnull=False),
        name="inquiry_trying_and_waiting_have_a_date",
    ),
    models.CheckConstraint(
        condition=Q(next_action_time__isnull=True) | Q(next_action_on__isnull=False),
        name="inquiry_time_of_next_action_has_a_date",
    ),
    models.CheckConstraint(
        condition=Q(safety_concern=True) ^ Q(safety_concern_reason=""),
        name="inquiry_safety_concern_with_a_reason",
    ),
    models.CheckConstraint(
        condition=Q(status="withdrawn") ^ Q(withdrawn_from=""),
        name="inquiry_withdrawn_from_a_state",
    ),
    models.CheckConstraint(
        condition=~Q(status="withdrawn") | Q(withdrawn_at__isnull=False),
        name="inquiry_withdrawn_has_a_time",
    ),
    models.CheckConstraint(
        condition=Q(duplicate_of__isnull=True) | Q(outcome="duplicate"),
        name="inquiry_closed_as_the_duplicate_it_is",
    ),
    models.CheckConstraint(
        condition=~Q(duplicate_of=F("id")), name="inquiry_no_duplicate_of_itself"
    ),
]
