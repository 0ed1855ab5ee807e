"""A person corrects how we reach them: number, email, permissions, good times and help to talk."""

from copy import deepcopy
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import QueryDict

from kapsite.clinic.facts import Clinic
from kapsite.inquiries.models import Inquiry, Notice, SearchDigest
from kapsite.inquiries.models.choices import ActivityKind, ConsentText
from kapsite.inquiries.models.request.deadlines import next_due, raise_concern
from kapsite.inquiries.models.request.earlier_contact import keep_earlier
from kapsite.inquiries.triage.triage import concern_in

from .fields import Question
from .forms import known_of
from .questions import NEEDED, questions_of

WAYS = ("phone", "email")
LISTS = ("days", "times", "aids")
ASKED = (
    "contact_by",
    "phone",
    "voicemail",
    "days",
    "times",
    "email",
    "language",
    "aids",
    "consent",
)
TYPED = (*WAYS, "language")  # never shown again: left empty, they stay as they are
SEEN = "consent_version"  # of the text that the page showed
KEEPS = "Leave it empty to keep what you gave us"
ONLY_IF = "Only if you change how we reach you, or add a number or an email"
CONSENT = "Select the box if we may reach you in this other way"


class ChangeForm(forms.BaseForm):
    """What was typed before is not in it; what was selected is."""

    base_fields: ClassVar[dict[str, forms.Field]] = {}
    use_required_attribute = False
    bound_field_class = Question

    def __init__(self, clinic: Clinic, inquiry: Inquiry, data: QueryDict | None = None):
        sent = None if data is None else known_of(data, {*ASKED, SEEN})
        if sent and sent.get(SEEN) != clinic.consent.version:
            sent.pop("consent", None)  # they agreed to another text than the one shown now
        super().__init__(sent, auto_id="%s", initial=selected(inquiry))
        self.inquiry, self.clinic = inquiry, clinic
        other = inquiry.contact_by not in clinic.contact_by[:1]
        asked = questions_of(clinic, other)
        self.fields = {name: prepared(name, asked[name]) for name in ASKED if name in asked}
        if self["contact_by"].is_hidden:
            del self.fields["consent"]

    def clean(self):
        given = self.cleaned_data
        way = given.get("contact_by", "")
        for name, message in NEEDED.get(way, {}).items():
            is_known = name in WAYS and getattr(self.inquiry, name)
            if not given.get(name) and not is_known:
                self.add_error(name, message)
        if way and self.adds_way and not given.get("consent"):
            self.add_error("consent", CONSENT)

    @property
    def adds_way(self) -> bool:
        """Whether they would be reached in another way, or have none of the kind given before."""
        given, before = self.cleaned_data, self.inquiry
        new = [name for name in WAYS if given.get(name) and not getattr(before, name)]
        return bool(new) or given.get("contact_by") != before.contact_by

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from the request, by the name of its field."""
        given = {name: self.cleaned_data[name] for name in self.fields if name != "consent"}
        new = {
            name: ",".join(value) if isinstance(value, list) else value
            for name, value in given.items()
            if value or name not in TYPED
        }
        return {name: value for name, value in new.items() if value != getattr(self.inquiry, name)}


def unchecked(clinic: Clinic, data: QueryDict) -> ChangeForm:
    """What was entered, while the request can't be read: as if nothing were missing in it."""
    way = data.get("contact_by") or clinic.contact_by[0]
    form = ChangeForm(clinic, Inquiry(contact_by=way, phone="kept", email="kept"), data)
    form.errors.clear()
    return form


def prepared(name: str, field: forms.Field) -> forms.Field:
    """Left empty, a text stays as it is; consent is for another way only."""
    if name not in (*TYPED, "consent"):
        return field
    field = deepcopy(field)
    field.required = False
    field.help_text = KEEPS if name in TYPED else ONLY_IF
    return field


def selected(inquiry: Inquiry) -> dict[str, Any]:
    lists = {name: getattr(inquiry, name).split(",") for name in LISTS}
    return {"contact_by": inquiry.contact_by, "voicemail": inquiry.voicemail} | lists


def is_possible(inquiry: Inquiry) -> bool:
    return inquiry.may_be_contacted and not inquiry.closed_at


def apply(form: ChangeForm) -> tuple[Inquiry, bool]:
    """Store what a valid form changes: the request as it is then, and whether anything is stored.

    Nothing is if nothing differs, or the request was closed or withdrawn meanwhile.
    """
    with transaction.atomic():
        inquiry = Inquiry.objects.select_for_update().get(pk=form.inquiry.pk)
        if not is_possible(inquiry) or not (changes := form.changes):
            return inquiry, False
        keep_earlier(inquiry, changes)
        for name, value in changes.items():
            setattr(inquiry, name, value)
        inquiry.normalize_contacts()
        if form.adds_way:
            inquiry.consent_version = form.clinic.consent.version
            inquiry.consent_text = ConsentText.CHANGE
        if not inquiry.safety_concern and (reason := concern_in(changes)):
            raise_concern(inquiry, reason)
            inquiry.due_at, inquiry.overdue_notified_at = next_due(inquiry), None
            Notice.objects.announce_again(inquiry)
        inquiry.version += 1
        inquiry.save()
        SearchDigest.objects.renew_contacts(inquiry)
        inquiry.record(ActivityKind.CORRECTED, fields=",".join(changes))
        return inquiry, True
