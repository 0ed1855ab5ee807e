"""The record: one request, its history, and what staff do with it."""

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import ModelForm, Textarea
from django.shortcuts import redirect
from django.utils import timezone

from kapsite.inquiries.choices import NEXT, ActivityKind, Status, Time, Topic
from kapsite.inquiries.forms import PlainText
from kapsite.inquiries.models import Inquiry
from kapsite.keys import Unreadable

STAFF_FIELDS = (
    "status",
    "outcome",
    "assigned_to",
    "next_action_on",
    "needs_care",
    "needs_care_reason",
)
User = get_user_model()


class InquiryDeskForm(ModelForm):
    """The part of a request that belongs to staff."""

    note = PlainText(
        label="Add a note",
        required=False,
        max_length=5000,
        too_long="A note may have 5,000 characters",
        widget=Textarea(attrs={"rows": 3}),
        help_text="Stored encrypted in the history below. It cannot be changed later.",
    )
    needs_care_reason = PlainText(
        label="Why it needs care",
        required=False,
        max_length=500,
        too_long="The reason may have 500 characters",
        widget=Textarea(attrs={"rows": 2}),
    )

    class Meta:
        model = Inquiry
        fields = STAFF_FIELDS
        help_texts = {"needs_care": "No flag does not mean that a person is safe."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "status" in self.fields:  # not for somebody who may only look
            self._offer_next_states()
            at_work = Q(is_staff=True, is_active=True) | Q(pk=self.instance.assigned_to_id)
            self.fields["assigned_to"].queryset = User.objects.filter(at_work)  # type: ignore[attr-defined]

    def _offer_next_states(self):
        now, field = Status(self.instance.status), self.fields["status"]
        offered = [(state, state.label) for state in Status if state in NEXT[now] | {now}]
        field.choices = offered  # type: ignore[attr-defined]
        field.error_messages["invalid_choice"] = (
            f"A request that is “{now.label}” cannot go there. Select one of the states listed."
        )

    def clean(self):
        flag_taken_off = "needs_care" in self.changed_data and not self.cleaned_data["needs_care"]
        if flag_taken_off and not self.cleaned_data.get("note"):
            raise ValidationError({"note": "Write why the request no longer needs care."})
        return self.cleaned_data


class Record(admin.ModelAdmin):
    """The change view."""

    form = InquiryDeskForm
    fieldsets = (
        (
            "How to reach them",
            {
                "fields": (
                    "name",
                    "for_whom",
                    "contact_by",
                    "phone",
                    "voicemail",
                    "email",
                    "shown_times",
                )
            },
        ),
        ("What they told us", {"fields": ("shown_topics", "message")}),
        ("What we do", {"fields": (*STAFF_FIELDS, "note")}),
        (
            "Record",
            {
                "fields": (
                    "shown_reference",
                    "received_at",
                    "reply_by",
                    "spam_points",
                    "spam_reasons",
                    "consent_version",
                    "closed_at",
                )
            },
        ),
    )

    def get_readonly_fields(self, request, obj=None):
        shown = [name for _, section in self.fieldsets for name in section["fields"]]
        return [name for name in shown if name not in {*STAFF_FIELDS, "note"}]

    @admin.display(description="would like help with")
    def shown_topics(self, inquiry):
        return labels(Topic, inquiry.topics) or self.get_empty_value_display()

    @admin.display(description="good times")
    def shown_times(self, inquiry):
        return labels(Time, inquiry.times) or self.get_empty_value_display()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "assigned_to":  # without buttons that edit an account
            field.widget = field.widget.widget
        return field

    def change_view(self, request, object_id, form_url="", extra_context=None):
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except Unreadable as error:
            self.message_user(request, f"This request cannot be read: {error}", messages.ERROR)
            return redirect("admin:inquiries_inquiry_changelist")

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Everyone who sees a record is on record; if that fails, nothing is shown."""
        obj.record(ActivityKind.VIEWED, by=request.user)
        context["activities"] = obj.activities.select_related("by")
        context["notices"] = obj.notices.order_by("pk")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        changed = [name for name in STAFF_FIELDS if name in form.changed_data]
        if "status" in changed:
            obj.closed_at = timezone.now() if obj.status == Status.CLOSED else None
        # All of them, so that the row fits together even if a colleague saved meanwhile.
        obj.save(update_fields=[*STAFF_FIELDS, "closed_at"])
        if "status" in changed:
            obj.record(ActivityKind.MOVED, by=request.user, to_status=obj.status)
            changed.remove("status")
        if changed:
            obj.record(ActivityKind.CHANGED, by=request.user, fields=",".join(changed))
        if note := form.cleaned_data.get("note"):
            obj.record(ActivityKind.NOTED, by=request.user, note=note)


def labels(choices, values: str) -> str:
    names = dict(choices.choices)
    return ", ".join(names.get(value, value) for value in values.split(",") if value)
