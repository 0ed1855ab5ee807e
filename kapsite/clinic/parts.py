"""Parts of the facts: crisis lines, consent, notices and the lawyer's review."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from kapsite.content_files.validation import Day, HttpsUrl, Model, Paragraph, Text, wrong

from .checked_values import check_crisis_number

# The same in words for a caller, unless the clinic writes its own.
SPOKEN = (
    "We’ll write down what you tell us so that we can contact you about your request. We keep it "
    "private, and you can ask us to delete it. Is that OK with you?"
)
CrisisNumber = Annotated[Text, AfterValidator(check_crisis_number)]


class CrisisLine(Model):
    """A service for people in danger: how to reach it, and when a person last tried it."""

    name: Text = Field(title="Name")
    for_whom: Text = Field(alias="for", title="For whom")
    call: CrisisNumber | None = Field(default=None, title="Number to call")
    call_note: Text | None = Field(
        default=None, title="Note for callers", description="Like: then press 1"
    )
    text: CrisisNumber | None = Field(default=None, title="Number for texts")
    text_word: Text | None = Field(
        default=None, title="Word to text", description="As in “Text HOME to 741741”."
    )
    chat: HttpsUrl | None = Field(default=None, title="Web address of its chat")
    checked_on: Day | None = Field(
        default=None, title="Last tried on", description="The day someone last called or texted it."
    )
    source: Text | None = Field(
        default=None, title="Source", description="Its short name, like C1."
    )

    @model_validator(mode="after")
    def can_be_reached(self):
        if not (self.call or self.text or self.chat):
            message = f'"{self.name}" has no way to reach it.'
            raise wrong(message, "Add `call`, `text` or `chat`.", ("call",))
        return self


class Consent(Model):
    """What a person agrees to before sending the form. A new text needs a new version."""

    version: Text = Field(
        title="Version", description="Change it, like the day, whenever the text changes."
    )
    text: Paragraph = Field(title="What people agree to", description="It stands on the form.")
    spoken: Paragraph = Field(default=SPOKEN, title="What staff read to callers")
    confirmed_by: Text | None = Field(default=None, title="Confirmed by")
    # so that a new text has to be confirmed again
    confirmed_version: Text | None = Field(default=None, title="Version that was confirmed")

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_by is not None and self.confirmed_version == self.version


class Notice(Model):
    """Something for every reader, on these days: "We are closed from December 24 to 26."."""

    text: Paragraph = Field(title="What every page says")
    from_day: Day = Field(alias="from", title="First day")
    until: Day = Field(title="Last day")

    @model_validator(mode="after")
    def ends_after_it_begins(self):
        if self.until < self.from_day:
            raise wrong("The notice ends before it begins.", "Write a later day.", ("until",))
        return self


class LegalReview(Model):
    """Which lawyer read the health-data policy, and when."""

    by: Text = Field(title="Read by")
    on: Day = Field(title="Read on")
