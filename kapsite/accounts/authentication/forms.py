"""Forms of the account pages: our wording, and limits on what is read."""

import logging
import struct
from collections.abc import Callable
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgain
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import (
    parse_authentication_response,
    parse_registration_response,
)
from django.contrib.auth.forms import SetPasswordForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms import CharField, HiddenInput, JSONField

from kapsite.encryption.keyring import Unreadable

from .adapter import FactorAdapter
from .passwords import HELP

logger = logging.getLogger(__name__)

NEW_PASSWORD = f"15 characters or more. {HELP}"
# Characters that are accepted, so that nothing processes 64 kB of them.
LONGEST = {"code": 50, "name": 100, "key": 100}
LONGEST_PASSWORD = 200
LONGEST_ANSWER = 8_000  # a passkey response; without an attestation about 2,000


class FieldTexts:
    """Labels and hints of our own, no placeholders, and a limit on every field."""

    labels: dict[str, str] = {}
    hints: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            field.error_messages["required"] = f"{field.label} is required."
            if isinstance(field, CharField) and field.max_length is None:
                most = LONGEST.get(name, LONGEST_PASSWORD)
                too_long = f"{field.label} can have at most {most} characters."
                field.validators.append(MaxLengthValidator(most, too_long))
            if name == "code":
                field.widget.attrs |= {
                    "inputmode": "numeric",
                    "autocapitalize": "off",
                    "autofocus": True,
                }


class SignInForm(FieldTexts, LoginForm):
    labels = {"login": "Username", "password": "Password"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {"autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        self.fields["login"].widget.attrs |= attributes


class PasswordAgainForm(FieldTexts, ReauthenticateForm):
    labels = {"password": "Password"}


class NewPasswordForm(FieldTexts, ChangePasswordForm):
    labels = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "Confirm new password",
    }
    hints = {"password1": NEW_PASSWORD}


class SetUpForm(FieldTexts, SetPasswordForm):
    labels = {"new_password1": "Password", "new_password2": "Confirm password"}
    hints = {"new_password1": NEW_PASSWORD}

    key = CharField(widget=HiddenInput)


class SingleUseCode:
    """A code of the app counts for a step more than its own 30 seconds, since phones' clocks are
    not exact: RFC 6238, section 5.2. It is remembered that long; the library remembers it
    for one step only."""

    labels = {"code": "Code"}
    hints = {"code": "From your authenticator app, or one of your recovery codes."}

    def clean_code(self) -> str:
        try:
            code = super().clean_code()  # type: ignore[misc]
        except Unreadable:
            logger.exception("A second factor cannot be read: FIELD_KEYS lack its key")
            raise ValidationError(
                "Your code can’t be checked. Tell the person who runs the website."
            ) from None
        factor = self.authenticator  # type: ignore[attr-defined]
        steps = 2 * app_settings.TOTP_TOLERANCE + 1
        mark = f"accounts.code:{factor.pk}:{normalize_user_code(code)}"
        if not cache.add(mark, 1, timeout=steps * app_settings.TOTP_PERIOD):
            raise FactorAdapter().validation_error("incorrect_code")
        return code


class CodeForm(SingleUseCode, FieldTexts, AuthenticateForm):
    pass


class CodeAgainForm(SingleUseCode, FieldTexts, CodeAgain):
    pass


class FirstCodeForm(FieldTexts, ActivateTOTPForm):
    labels = {"code": "Code from the app"}
    hints = {"code": "Six digits that change every 30 seconds."}


class PasskeyAnswer(JSONField):
    """A browser's passkey response. The library crashes on much that can be sent instead."""

    unreadable = (ValueError, TypeError, LookupError, RecursionError, struct.error)

    def __init__(self, parse: Callable[[Any], object]) -> None:
        super().__init__(widget=HiddenInput)
        self.parse = parse

    def to_python(self, value: Any) -> Any:
        try:
            if len(value or "") > LONGEST_ANSWER:
                raise ValueError
            answer = super().to_python(value)
            if answer not in self.empty_values:
                self.parse(answer)
        except self.unreadable:
            raise FactorAdapter().validation_error("incorrect_code") from None
        return answer

    def bound_data(self, data: Any, initial: Any) -> str:
        return ""  # it works once


class ValidatedPasskey:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = PasskeyAnswer(parse_authentication_response)  # type: ignore[attr-defined]


class PasskeySignInForm(ValidatedPasskey, LoginWebAuthnForm):
    pass


class PasskeyStepForm(ValidatedPasskey, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(ValidatedPasskey, ReauthenticateWebAuthnForm):
    pass


class PasskeyNameForm(FieldTexts, EditWebAuthnForm):
    labels = {"name": "Passkey name"}


class PasskeyForm(FieldTexts, AddWebAuthnForm):
    """Always a passkey with user verification, which makes it two factors in one."""

    labels = {"name": "Passkey name"}
    hints = {"name": "For example “front desk computer” or “my phone.”"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        self.fields["credential"] = PasskeyAnswer(parse_registration_response)

    def clean(self) -> Any:
        self.cleaned_data["passwordless"] = True  # the library then requires user verification
        return super().clean()
