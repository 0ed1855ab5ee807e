"""Forms for who is on the staff: in the admin, and on a person's own account page."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group, User

from .audit_log import DETAILS
from .authentication.forms import FieldTexts
from .roles import ROLES

EMAIL_HELP = (
    "You get an email here when a colleague hands you a request. Leads also get emails about "
    "overdue requests."
)
ROLE_HELP = {role.name: role.help_text for role in ROLES.values()}


class RolesMixin:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if roles := self.fields.get("groups"):  # type: ignore[attr-defined]
            roles.label, roles.help_text = "Roles", ""
            roles.widget = forms.CheckboxSelectMultiple()  # and no button that adds a group
            roles.queryset = Group.objects.filter(name__in=ROLE_HELP)
            roles.label_from_instance = lambda group: f"{group.name}: {ROLE_HELP[group.name]}"


class NewAccountForm(RolesMixin, forms.ModelForm):
    class Meta:
        model = User
        fields = ("username", *DETAILS, "groups")
        labels = {"username": "Username", "email": "Email"}
        help_texts = {
            "username": "Used to sign in, such as ana. It can't be changed later.",
            "email": EMAIL_HELP,
        }

    def clean_username(self) -> str:
        name = self.cleaned_data["username"].lower()
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("This username is already taken.")
        return name


class AccountForm(RolesMixin, forms.ModelForm):
    class Meta:
        model = User
        fields = (*DETAILS, "groups", "is_active", "is_superuser")
        labels = {"email": "Email", "is_active": "Active", "is_superuser": "Superuser"}
        help_texts = {
            "email": EMAIL_HELP,
            "is_active": "Uncheck to switch it off. Don't delete it: the history shows its name.",
            "is_superuser": "Can do everything, including opening requests and adding superusers.",
        }


class DetailsForm(FieldTexts, forms.ModelForm):
    """What people may change about their own account."""

    labels = {"email": "Email"}
    hints = {"email": EMAIL_HELP}

    class Meta:
        model = User
        fields = DETAILS
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
