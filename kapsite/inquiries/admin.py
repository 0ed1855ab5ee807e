"""What staff do: read, move on, note, close. Requests arrive through the public form only."""

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import BadRequest, ValidationError
from django.forms import ModelForm, Textarea
from django.shortcuts import redirect
from django.utils import timezone

from .choices import NEXT, ActivityKind, Status, Time, Topic
from .forms import PlainText
from .keys import Unreadable
from .models import Inquiry

ENCRYPTED = ("name", "topics", "phone", "email", "message", "needs_care_reason")
STAFF_FIELDS = (
    "status",
    "outcome",
    "assigned_to",
    "next_action_on",
    "needs_care",
    "needs_care_reason",
)
User = get_user_model()


class Hardened:
    """Closes what answers made-up input with a 500 in Django's own admin."""

    actions = None  # they look up whatever keys are sent

    def lookup_allowed(self, lookup, value, request):
        name, _, how = lookup.partition("__")
        offered = name in self.list_filter and how in {"exact", "isnull", "id__exact"}
        return offered and "\0" not in value  # which PostgreSQL cannot compare

    def changeform_view(self, *args, **kwargs):
        try:
            return super().changeform_view(*args, **kwargs)
        except OverflowError:  # SQLite: several keys were selected, one has 30 digits
            raise BadRequest from None


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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "status" in self.fields:  # not for somebody who may only look
            now = Status(self.instance.status)
            self.fields["status"].choices = [(s, s.label) for s in Status if s in NEXT[now] | {now}]
            self.fields["status"].error_messages["invalid_choice"] = (
                f"A request that is “{now.label}” cannot go there. Select one of the states listed."
            )
            self.fields["assigned_to"].queryset = User.objects.filter(is_staff=True, is_active=True)

    def clean(self):
        flag_taken_off = "needs_care" in self.changed_data and not self.cleaned_data["needs_care"]
        if flag_taken_off and not self.cleaned_data.get("note"):
            raise ValidationError({"note": "Write why the request no longer needs care."})
        return self.cleaned_data


@admin.register(Inquiry)
class InquiryAdmin(Hardened, admin.ModelAdmin):
    form = InquiryDeskForm
    list_display = (
        "shown_reference",
        "received_at",
        "status",
        "assigned_to",
        "next_action_on",
        "needs_care",
    )
    list_filter = ("status", "needs_care", "assigned_to")
    list_select_related = ("assigned_to",)
    search_fields = ("reference",)
    search_help_text = "Search by reference"
    show_full_result_count = False
    fieldsets = (
        (
            "How to reach them",
            {"fields": ("name", "for_whom", "contact_by", "phone", "voicemail", "email")},
        ),
        (None, {"fields": ("shown_times",)}),
        ("What they told us", {"fields": ("shown_topics", "message")}),
        ("What we do", {"fields": (*STAFF_FIELDS, "note")}),
        ("Record", {"fields": ("shown_reference", "received_at", "consent_version", "closed_at")}),
    )

    def get_readonly_fields(self, request, obj=None):
        shown = [name for _, section in self.fieldsets for name in section["fields"]]
        return [name for name in shown if name not in {*STAFF_FIELDS, "note"}]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="reference", ordering="reference")
    def shown_reference(self, inquiry):
        return inquiry.reference_in_groups

    @admin.display(description="would like help with")
    def shown_topics(self, inquiry):
        return labels(Topic, inquiry.topics)

    @admin.display(description="good times")
    def shown_times(self, inquiry):
        return labels(Time, inquiry.times)

    def formfield_for_foreignkey(self, *args, **kwargs):
        field = super().formfield_for_foreignkey(*args, **kwargs)
        for act in ("add", "change", "view", "delete"):
            setattr(field.widget, f"can_{act}_related", False)
        return field

    def get_queryset(self, request):
        inquiries = super().get_queryset(request)
        opens_one = request.resolver_match and "object_id" in request.resolver_match.kwargs
        return inquiries if opens_one else inquiries.defer(*ENCRYPTED)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        try:
            return super().change_view(request, object_id, form_url, extra_context)
        except Unreadable as error:
            self.message_user(request, f"This request cannot be read: {error}", messages.ERROR)
            return redirect("admin:inquiries_inquiry_changelist")

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Everyone who sees a record is on record; if that fails, nothing is shown."""
        obj.record(ActivityKind.VIEWED, by=request.user)
        context["activities"] = obj.activities.select_related("by")
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

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


admin.site.unregister([User, Group])


@admin.register(User)
class StaffAdmin(Hardened, UserAdmin):
    """Accounts are switched off, not deleted: the history names them."""

    readonly_fields = ("last_login", "date_joined")

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Group)
class RoleAdmin(Hardened, GroupAdmin):
    pass
