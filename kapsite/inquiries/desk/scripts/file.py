"""What staff say and write, from ``content/desk/scripts.yaml``, which explains its keys."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from kapsite.content_files.live_file import Watched
from kapsite.content_files.problems import ContentError, did_you_mean
from kapsite.content_files.validation import Day, Markdown, Model, Text, check_plain, wrong

PLACEHOLDERS = ("first_name", "my_name", "phone", "clinic")
PLACEHOLDER = re.compile(r"\{(\w*)\}")
LONGEST = {"text": 320, "email": 1500}  # characters: two texts; what every mail program takes
# Kinds that others may hear or read, with the name of the step that logs each.
STEPS = {"voicemail": "voicemail", "text": "texted", "email": "emailed"}
# Beginnings of words that tell others what it is about.
PRIVATE = re.compile(
    r"\b(?:addict|antidep|anxi|clinic|counsel|crisis|depress|diagnos|doctor|dr\b|dose|drug|esketamine"
    r"|evaluat|health|hospital|infusion|ketamine|kap\b|medic|mental|migraine|nurse|pain|patient"
    r"|prescri|psych|ptsd|session|spravato|suicid|symptom|therap|trauma|treat)\w*",
    re.IGNORECASE,
)
PHONE = re.compile(r"\d(?:[\s().-]*\d){9}")
PermissionName = Literal["full", "first name and number", "none"]


def check_name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", value):
        raise wrong(f'"{value}" isn\'t a name.', "Use lowercase letters, digits and hyphens.")
    return value


def check_words(value: str) -> str:
    for name in PLACEHOLDER.findall(value):
        if name not in PLACEHOLDERS:
            raise wrong(f'"{{{name}}}" stands for nothing.', did_you_mean(name, PLACEHOLDERS))
    check_plain(PLACEHOLDER.sub("", value))
    return " ".join(value.split())


def check_subject(value: str) -> str:
    if "{" in value:
        raise wrong("A subject has no placeholders.", "Others may see it: write no name in it.")
    return value


def typographic(value: str) -> str:
    return value.replace("'", "’")


Subject = Annotated[Markdown, AfterValidator(check_subject), AfterValidator(check_plain)]
Name = Annotated[Text, AfterValidator(check_name)]  # logged when the script was used
Words = Annotated[Markdown, AfterValidator(check_words)]


class Script(Model):
    title: Text
    step: Literal["call", "schedule", "hand over", "close"]
    kind: Literal["say", "safety", "voicemail", "text", "email"]
    permission: PermissionName | None = None
    subject: Annotated[Subject, Field(max_length=60)] | None = None
    words: tuple[Words, ...] = Field((), max_length=12)  # each is selected with one click
    note: Annotated[Text, AfterValidator(typographic)] | None = None  # what to do, not to say
    reviewed_by: Text | None = None
    reviewed_on: Day | None = None

    @property
    def is_sent(self) -> bool:
        """Rather than said. A curly apostrophe would halve the length of a text."""
        return self.kind in ("text", "email")

    @property
    def message(self) -> str:
        return ("\n\n" if self.kind == "email" else " ").join(self.words)

    @model_validator(mode="after")
    def has_what_its_kind_needs(self):
        for kind, key in (("voicemail", "permission"), ("email", "subject")):
            if (self.kind == kind) != (getattr(self, key) is not None):
                needed = self.kind == kind
                raise wrong(
                    f"{key} is missing." if needed else f"{key} is only for kind: {kind}.",
                    f"Add a line `{key}: …`." if needed else f"Remove the line `{key}:`.",
                )
        if self.permission == "none" and (self.words or not self.note):
            raise wrong("Without permission, no words may be left.", "Write only a note.")
        if self.permission != "none" and not self.words:
            raise wrong("There are no words.", "Add `words:` with one entry for each sentence.")
        return self

    @model_validator(mode="after")
    def is_short_enough(self):
        most = LONGEST.get(self.kind, 2000)
        if len(self.message) > most:
            count = f"{len(self.message):,}"
            raise wrong(f"The words have {count} characters.", f"Shorten them to {most:,}.")
        return self

    @model_validator(mode="after")
    def tells_others_nothing(self):
        if self.kind not in STEPS:
            return self
        text = f"{self.subject or ''}\n{self.message}"
        if found := PRIVATE.search(PLACEHOLDER.sub("", text)):
            raise wrong(
                f'"{found[0]}" tells others what it is about.', "Write it without this word."
            )
        if found := PHONE.search(text):
            raise wrong(f'"{found[0]}" is typed by hand.', "Write {phone}: it follows clinic.yaml.")
        for name in PLACEHOLDER.findall(text):
            if name not in self.allowed:
                raise wrong(f"{{{name}}} isn't allowed here.", "Write it without.")
        return self

    @property
    def allowed(self) -> set[str]:
        """The placeholders that may be heard or read by others."""
        if self.permission == "full":
            return set(PLACEHOLDERS)
        if self.permission == "first name and number":
            return {"my_name", "phone"}
        return {"first_name", "my_name", "phone"}


scripts_file: Watched[dict[str, Script]] = Watched(
    "desk/scripts.yaml", dict[Name, Script], is_prose=True
)


def all_scripts() -> dict[str, Script]:
    """By name; none while the file is missing or can't be read."""
    try:
        return scripts_file.in_use()
    except ContentError:
        return {}
