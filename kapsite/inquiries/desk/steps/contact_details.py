"""A step that corrects what a person gave as their name and contact details."""

from typing import ClassVar

from django.utils.functional import cached_property

from kapsite.encryption.row_binding import unreadable_in
from kapsite.inquiries.desk.caller.questions import in_words_of_staff
from kapsite.inquiries.desk.page_parts.formatting import VOICEMAIL
from kapsite.inquiries.desk.same_person import with_contacts
from kapsite.inquiries.intake.questions import NEEDED, AllQuestions
from kapsite.inquiries.models import Activity, Inquiry, SearchDigest
from kapsite.inquiries.models.choices import ActivityKind, Status
from kapsite.inquiries.models.request.earlier_contact import CORRECTED, keep_earlier
from kapsite.inquiries.models.request.voicemail import voicemail_rules
from kapsite.text.cleaning import without_unseen

from .base import Step

MISSING = {
    "phone": "Enter the number: it’s how they want to be reached",
    "email": "Enter the email: it’s how they want to be reached",
}


def key_of(name: str) -> str:
    """Templates would take a field called "name" for the name of the step."""
    return "person_name" if name == "name" else name


class CorrectContacts(Step):
    """What was there before stays, as EarlierContact."""

    name, label = "correct", "Correct contact details"
    done, button = "Contact details corrected.", "Save correction"
    states = tuple(status for status in Status if status != Status.WITHDRAWN)
    can_be_undone = False  # both stay on the record, so it is corrected again
    changed: ClassVar[tuple[str, ...]] = ()

    def prepare(self):
        for name in CORRECTED:
            field = in_words_of_staff(name, AllQuestions.base_fields[name])
            field.required = name == "name" or name in NEEDED[self.inquiry.contact_by]
            if name in MISSING:
                field.error_messages["required"] = MISSING[name]
            self.fields[key_of(name)] = field
            self.initial[key_of(name)] = without_unseen(getattr(self.inquiry, name))

    @property
    def blocked_reason(self):
        lost = {field.name for field in unreadable_in(self.inquiry)}
        return "Some contact details can’t be read." if lost & {*CORRECTED} else ""

    def clean(self):
        super().clean()
        if not self.errors and not self._changes():
            self.add_error(key_of("name"), "Nothing is different yet. Change what’s wrong")

    def _changes(self) -> tuple[str, ...]:
        now = self.cleaned_data
        return tuple(each for each in CORRECTED if now[key_of(each)] != getattr(self.inquiry, each))

    def change(self, inquiry):
        self.changed = self._changes()  # type: ignore[misc]
        keep_earlier(inquiry, self.changed, by=self.user)
        for name in self.changed:
            setattr(inquiry, name, self.cleaned_data[key_of(name)])
        inquiry.normalize_contacts()

    def _save(self, was):
        super()._save(was)
        self.inquiry.save(update_fields=[*self.changed, *Inquiry.machine_read])
        SearchDigest.objects.renew_contacts(self.inquiry)

    def history(self, before):
        details = {"kind": ActivityKind.CHANGED, "fields": ",".join(self.changed)}
        yield Activity(inquiry=self.inquiry, by=self.user, at=self.at, **details)

    @cached_property
    def warning(self):
        """Whose rules hold, if the corrected number or email is on other requests too."""
        inquiry = self.inquiry
        same = with_contacts(inquiry.phone_e164.split(), [inquiry.normalized_email])
        others = Inquiry.objects.active().filter(pk__in=same).exclude(pk=inquiry.pk)
        newest = others.only("reference").order_by("-received_at").first()
        if not newest:
            return ""
        words = f"Request {newest.reference_in_groups} has the same number or email."
        rule = voicemail_rules([inquiry])[inquiry.pk]
        if rule.answer:
            answer = VOICEMAIL[rule.answer].lower()
            words += f" The strictest answer counts for both: {answer}."
        return words
