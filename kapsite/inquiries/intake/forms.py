"""The request form as one person sent it, and what of it is stored."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property

from kapsite.clinic.facts import Clinic
from kapsite.inquiries.models.choices import ForWhom

from . import tokens
from .fields import PlainText, Question
from .questions import NEEDED, AllQuestions, questions_of

HONEYPOT = "subject"  # a honeypot: bots fill it in, people don't see it
LONGEST_VALUE = 400  # characters of an answer that is not typed, and of the token: two times enough
MOST_VALUES = 10  # of one question; there are seven days


@dataclass(frozen=True)
class Group:
    """Questions under one heading; ``further`` are those that few people need."""

    id: str
    title: str
    questions: list[forms.BoundField]
    further: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        """Whether any of the further questions has an answer, or a problem."""
        return any(each.value() or each.errors for each in self.further)


GROUPS = (
    ("you", "About you", ("name", "for_whom", "knows", "is_adult", "topics"), ()),
    (
        "reach",
        "How to reach you",
        ("contact_by", "phone", "voicemail", "days", "times", "email"),
        ("language", "aids"),
    ),
    ("else", "Anything else", ("message", "consent"), ()),
)


def known_of(data: QueryDict, names: Set[str]) -> QueryDict:
    """What a form with ``names`` can hold. The rest of ``data`` is not looked at again."""
    known = QueryDict(mutable=True)
    for name in names & data.keys():
        field = AllQuestions.base_fields.get(name)
        is_list = isinstance(field, forms.MultipleChoiceField)
        values = data.getlist(name)[-MOST_VALUES if is_list else -1 :]
        if not isinstance(field, PlainText):  # a text is shown again in full
            values = [str(value)[:LONGEST_VALUE] for value in values]
        known.setlist(name, values)
    return known


class InquiryForm(forms.BaseForm):
    base_fields: ClassVar[dict[str, forms.Field]] = {}  # those of ``questions``
    use_required_attribute = False
    bound_field_class = Question
    has_new_consent = False
    has_unknown_origin = False
    network: str | None = None

    def __init__(self, clinic: Clinic, data: QueryDict | None = None):
        self.sent = known_of(data or QueryDict(), {*AllQuestions.base_fields, "token", HONEYPOT})
        super().__init__(None if data is None else self.sent, auto_id="%s")
        self.clinic = clinic
        self.opened = tokens.opened_form(self.sent.get("token", ""))
        if self.opened and self.opened.consent_version != clinic.consent.version:
            self._ask_for_consent_again()
        another_way = self.sent.get("contact_by") not in {None, "", *clinic.contact_by[:1]}
        self.fields = dict(questions_of(clinic, another_way))

    def _ask_for_consent_again(self):
        """The person agreed to another text than the one that is shown now."""
        self.opened, self.has_new_consent = None, True
        self.data = self.sent.copy()
        self.data.pop("consent", None)

    def ask_for_second_press(self, network: str):
        """Show the form once more before anything is stored: its origin is unknown.

        The new token counts for ``network`` only. Another site cannot read it, nor send it from
        the network of a visitor, so the second time it was the person who pressed the button.
        """
        self.network = network
        if self.opened and not self.opened.is_made_for(network):
            self.opened, self.has_unknown_origin = None, True

    @property
    def groups(self) -> Iterator[Group]:
        for name, title, names, further in GROUPS:
            yield Group(name, title, self._asked(names), self._asked(further))

    def _asked(self, names: Iterable[str]) -> list[forms.BoundField]:
        found = [self[name] for name in names if name in self.fields]
        return [each for each in found if not each.is_hidden]

    @property
    def is_stale(self):
        return self.is_bound and not self.opened

    @cached_property
    def token(self):
        """The token to render: kept while it is good, so that a form sent twice is stored once."""
        if self.opened:
            return self.sent["token"]
        return tokens.form_token(self.clinic.consent.version, self.network)

    @cached_property
    def token_field(self):
        return tokens.token_field(self.token)

    @property
    def is_for_a_minor(self):
        return self.sent.get("is_adult") == "no"

    @property
    def is_for_another(self):
        return self.sent.get("for_whom") in {ForWhom.OTHER, ForWhom.CLINICIAN}

    @property
    def is_from_clinician(self):
        return self.sent.get("for_whom") == ForWhom.CLINICIAN

    @property
    def typed(self):
        """Each text as it was sent, valid or not; None for one that is over its limit."""
        texts = [(name, f) for name, f in self.fields.items() if isinstance(f, PlainText)]
        return {name: field.read(self.sent.get(name)) for name, field in texts}

    @property
    def answers_to_keep(self):
        """Everything that was sent except the age, for a person who selected it by mistake."""
        kept = {name: field for name, field in self.fields.items() if name != "is_adult"}
        return [
            (name, field.bound_data(value, None))
            for name, field in kept.items()
            for value in self.sent.getlist(name)
        ]

    @property
    def honeypot(self):
        """The value of the hidden field."""
        return self.sent.get(HONEYPOT, "")

    def clean(self):
        if self.has_new_consent:
            self.errors.pop("consent", None)  # the person did nothing wrong
        for name, message in NEEDED.get(self.cleaned_data.get("contact_by", ""), {}).items():
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, message)

    def answers(self) -> dict:
        """What is stored of a valid form: of each answer only what its sender was asked."""
        given = self.cleaned_data
        stored = {name: given.get(name, "") for name in STORED}
        stored |= {name: ",".join(given.get(name, [])) for name in LISTS}
        if stored["for_whom"] != ForWhom.OTHER:
            stored["knows"] = ""
        if self.is_from_clinician:
            stored["topics"] = ""
        return stored | {"consent_version": self.clinic.consent.version}


STORED = (
    "name",
    "for_whom",
    "knows",
    "contact_by",
    "phone",
    "voicemail",
    "email",
    "language",
    "message",
)
LISTS = ("topics", "days", "times", "aids")
