"""The list of requests that came in a flood: staff restore what is real, many at a time."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from kapsite.inquiries.desk.page_parts.batches import in_batches
from kapsite.inquiries.desk.page_parts.formatting import count
from kapsite.inquiries.desk.steps.fields import Note, StepQuestion
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.bulk_insert import insert_for_each
from kapsite.inquiries.models.choices import ActivityKind, Status
from kapsite.text.numbers import number_in

from .tabs import count_some, in_digits

MOST = 2_000  # in one go; a page must not take minutes
RESTORE, SPAM = "restore", "spam"


def in_flood() -> QuerySet[Inquiry]:
    return Inquiry.objects.filter(status=Status.FLOOD, closed_at__isnull=True)


def waiting() -> dict[str, str]:
    """How many wait, and how many of them have a safety concern, if any; {} if none waits."""
    found = count_some({"all": in_flood(), "concern": in_flood().filter(safety_concern=True)})
    return {name: in_digits(number) for name, number in found.items() if number}


def newest(inquiries: QuerySet[Inquiry]) -> int:
    return inquiries.order_by("-pk").values_list("pk", flat=True).first() or 0


class FloodForm(forms.Form):
    """What is done with which of them. ``newest`` keeps off what came after the page was made."""

    bound_field_class = StepQuestion
    use_required_attribute = False

    to = forms.ChoiceField(choices=[(RESTORE, "Restore"), (SPAM, "Mark as spam")])
    which = forms.ChoiceField(choices=[("selected", "selected"), ("all", "all")])
    newest = forms.IntegerField(min_value=0)
    note = Note(
        label="Why these aren’t real requests",
        limit=500,
        help_text="Required to mark a request with a safety concern as spam",
    )

    def __init__(self, data=None):
        super().__init__(data, auto_id="flood-%s")
        sent = data.getlist("key") if data else []
        self.keys = {number_in(key.partition(".")[0]) for key in sent} - {-1}

    def clean(self):
        if self.cleaned_data.get("which") == "selected" and not self.keys:
            raise ValidationError("Select at least one request.")
        may_be_in_danger = self.inquiries().filter(safety_concern=True)
        lacks_note = "note" in self.cleaned_data and not self.cleaned_data["note"]
        if self.cleaned_data.get("to") == SPAM and lacks_note and may_be_in_danger.exists():
            message = "Some of these have a safety concern. Write why they aren’t real"
            self.add_error("note", message)
        return self.cleaned_data

    def inquiries(self) -> QuerySet[Inquiry]:
        if self.cleaned_data.get("which") == "selected":
            return in_flood().filter(pk__in=self.keys)
        return in_flood().filter(pk__lte=self.cleaned_data.get("newest", 0))

    def chosen(self) -> list[int]:
        return list(self.inquiries().order_by("pk").values_list("pk", flat=True)[:MOST])

    def apply(self, keys: list[int], user) -> int:
        """Move them; how many there were. One that someone else moved meanwhile is left alone."""
        note = self.cleaned_data["note"]
        moved = 0
        for batch in in_batches(keys):
            with transaction.atomic():
                if self.cleaned_data["to"] == RESTORE:
                    moved += move(batch, Status.NEW, user)
                else:
                    clear_concerns(batch, note, user)
                    moved += move(batch, Status.SPAM, user, due_at=None)
        return moved

    def done(self, moved: int) -> str:
        left = in_flood().count()
        what = "moved to New" if self.cleaned_data["to"] == RESTORE else "marked as spam"
        return f"{count(moved, 'request')} {what}." + (f" {left:,} left." if left else "")


def move(keys: list[int], to: Status, user, **changes) -> int:
    still = in_flood().filter(pk__in=keys)
    keys = list(still.select_for_update().values_list("pk", flat=True))
    if keys:
        still.filter(pk__in=keys).update(status=to, version=F("version") + 1, **changes)
        moved = Activity(by=user, at=timezone.now(), kind=ActivityKind.MOVED, to_status=to)
        insert_for_each(keys, moved, "inquiry")
    return len(keys)


def clear_concerns(keys: list[int], note: str, user) -> None:
    """With the note in the history of each, as when one is cleared by itself."""
    for inquiry in in_flood().filter(pk__in=keys, safety_concern=True).select_for_update():
        inquiry.safety_concern, inquiry.safety_concern_reason = False, ""
        inquiry.save(update_fields=["safety_concern", "safety_concern_reason"])
        inquiry.record(ActivityKind.CHANGED, user, fields="safety_concern", note=note)
