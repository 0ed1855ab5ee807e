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
PAST = "This time is over. Choose a later one, or leave it empty to publish now."
A_MOMENT = timedelta(minutes=2)  # in which one types, since the field has no seconds
NOT_SEEN = "A draft was saved again or published meanwhile. Look once more at what is shown now."


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="What did you change, and why?",
        help_text="One line for colleagues. It stays in the history, and readers don’t see it.",
        max_length=200,
    )


class PublishForm(ReasonForm):
    """For the drafts that are shown; one that was saved since must be looked at first.

    ``others`` are the names of those without which the first can't be published.
    """

    drafts = forms.CharField(max_length=200, widget=forms.HiddenInput)
    together = forms.BooleanField(initial=True, error_messages={"required": ALONE})
    publish_on = forms.DateTimeField(
        label="When should readers have it? (optional)",
        help_text="By the clinic’s clock. Leave it empty to publish now.",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, shown: Sequence[ContentVersion], others: Sequence[str], data=None):
        pks = " ".join(str(draft.pk) for draft in shown)
        super().__init__(data, initial={"drafts": pks})
        self.is_seen = data is not None and data.get("drafts") == pks
        if data is not None:  # the next press is about what is shown now
            ticked = {} if self.is_seen else {"together": "on"}
            self.data = {**data.dict(), **ticked, "drafts": pks}
        if others:
            names = get_text_list([*others], "and")
            self.fields["together"].label = f"Publish together with the draft of {names}"
        else:
            del self.fields["together"]

    def clean(self):
        if not self.is_seen:
            raise ValidationError(NOT_SEEN)
        return super().clean()

    def clean_publish_on(self):
        wanted = self.cleaned_data["publish_on"]
        if wanted and wanted > timezone.now() + FURTHEST:
            raise ValidationError("Choose a time within the next year.")
        if wanted and wanted < timezone.now() - A_MOMENT:
            raise ValidationError(PAST)
        return wanted
