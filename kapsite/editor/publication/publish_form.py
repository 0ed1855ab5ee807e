"""What is asked before something is published: the reason, the time, and what goes with it."""

from collections.abc import Sequence
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import get_text_list

from kapsite.editor.models import ContentVersion

FURTHEST = timedelta(days=366)
ALONE = "This can’t be published alone. Check this box, or publish the other draft first."
PAST = "This time has passed. Choose a later one, or leave it empty to publish now."
CLOCK = "By the clinic’s clock, where it is {:%-I:%M %p} now. Leave it empty to publish now."
A_MOMENT = timedelta(minutes=2)  # in which one types, since the field has no seconds
NOT_SEEN = "Something was saved or published in the meantime. Look again at what is shown now."


class ReasonForm(forms.Form):
    """Why something is published. ``shown`` stands for what it is; what has changed since the form
    was opened must be looked at first.
    """

    reason = forms.CharField(
        label="What did you change, and why?",
        help_text="One line for colleagues. It stays in the history, and readers don’t see it.",
        max_length=200,
        error_messages={"required": "Write what you changed, and why."},
    )
    seen = forms.CharField(max_length=200, widget=forms.HiddenInput)

    def __init__(self, shown: str, data=None, reason=""):
        super().__init__(data, initial={"seen": shown, "reason": reason})
        self.is_seen = data is not None and data.get("seen") == shown
        if data is not None:  # the next press is about what is shown now
            self.data = data.dict() | {"seen": shown}

    def clean(self):
        if not self.is_seen:
            raise ValidationError(NOT_SEEN)
        return super().clean()


class PublishForm(ReasonForm):
    """``others`` are the names of drafts without which the first can't be published."""

    together = forms.BooleanField(initial=True, error_messages={"required": ALONE})
    publish_on = forms.DateTimeField(
        label="When should readers have it? (optional)",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, shown: Sequence[ContentVersion], others: Sequence[str], data=None):
        super().__init__(" ".join(str(draft.pk) for draft in shown), data)
        self.fields["publish_on"].help_text = CLOCK.format(timezone.localtime())
        if self.is_bound and not self.is_seen:
            self.data = {**self.data, "together": "on"}
        if others:
            names = get_text_list([f"“{name}”" for name in others], "and")
            self.fields["together"].label = f"Publish together with the draft of {names}"
        else:
            del self.fields["together"]

    def clean_publish_on(self):
        wanted = self.cleaned_data["publish_on"]
        if wanted and wanted > timezone.now() + FURTHEST:
            raise ValidationError("Choose a time within the next year.")
        if wanted and wanted < timezone.now() - A_MOMENT:
            raise ValidationError(PAST)
        return wanted
