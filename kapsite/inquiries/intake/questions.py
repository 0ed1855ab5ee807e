"""The questions of the form, and which of them a clinic asks."""

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.safestring import mark_safe

from kapsite.clinic.facts import Clinic
from kapsite.inquiries.models.choices import (
    Aid,
    ContactBy,
    Day,
    ForWhom,
    Knows,
    Time,
    Topic,
    Voicemail,
)

from .fields import EmailAddress, Line, PhoneNumber, PlainText, pick_any, pick_one

CALL, TEXT, EMAIL = (way.value for way in ContactBy)
NEEDED = {  # by how to reach the person
    CALL: {
        "phone": "Enter the number we should call",
        "voicemail": "Select if we can leave a voicemail",
    },
    TEXT: {"phone": "Enter the number we should text"},
    EMAIL: {"email": "Enter your email"},
}
NUMBER = "Add the area code and any extension"
ONLY_WAY = {
    CALL: f"We reach people by phone call only. {NUMBER}",
    TEXT: "We reach people by text message only",
    EMAIL: "We reach people by email only",
}
# What Benefits says about pain, where a person selects it: content/benefits/pain.md.
PAIN = "Ketamine isn’t shown to help migraine, and KAP isn’t a treatment for pain"
READ_FIRST = mark_safe(
    'For migraine or other pain, read <a href="/benefits/pain/" target="_blank" '
    'rel="noopener">what studies say (opens in a new tab)</a> first'
)
WEEKDAYS = tuple(Day.values[:5])


class AllQuestions(forms.Form):
    name = Line(
        label="What name should we use?",
        help_text="It can be a first name or a nickname",
        max_length=100,
        too_long="The name must be 100 characters or fewer",
        error_messages={"required": "Enter the name we should use"},
        widget=forms.TextInput(
            attrs={"autocomplete": "name", "spellcheck": "false", "autocapitalize": "words"}
        ),
    )
    for_whom = pick_one(
        "Who is this for?",
        ForWhom.choices,
        "Select who this is for",
        hints={
            ForWhom.OTHER: "Give us your own name and number",
            ForWhom.CLINICIAN: "For clinicians. Give your direct line, and leave out your "
            "patient’s name and health details",
        },
    )
    knows = pick_one(
        "Do they know that you’re writing? (optional)",
        Knows.choices,
        "Select yes or not yet",
        help_text="If this is for someone you care about. We won’t contact them ourselves",
        required=False,
    )
    is_adult = pick_one(
        "Is the person who would be evaluated 18 or older?",
        [("yes", "Yes"), ("no", "No")],
        "Select yes if the person who would be evaluated is 18 or older",
    )
    topics = pick_any(
        "What would you like help with? (optional)",
        Topic.choices,
        help_text=READ_FIRST,
        hints={Topic.PAIN: PAIN},
    )
    contact_by = pick_one(
        "How should we reach you?", ContactBy.choices, "Select how we should reach you"
    )
    phone = PhoneNumber(
        label="What number should we call or text?",
        required=False,
        max_length=50,
        too_long="The phone number must be 50 characters or fewer",
    )
    voicemail = pick_one(
        "Can we leave a voicemail?",
        Voicemail.choices,
        "Select if we can leave a voicemail",
        required=False,
    )
    days = pick_any("Which days are good? (optional)", Day.choices)
    times = pick_any("When is a good time? (optional)", Time.choices)
    email = EmailAddress(
        label="What is your email?",
        required=False,
        max_length=254,
        too_long="The email address must be 254 characters or fewer",
    )
    language = Line(
        label="What language should we use? (optional)",
        required=False,
        max_length=60,
        too_long="The language must be 60 characters or fewer",
    )
    aids = pick_any("What would help us talk? (optional)", Aid.choices)
    message = PlainText(
        label="Is there anything you want us to know? (optional)",
        help_text="You can leave out health details. Up to 2,000 characters",
        required=False,
        max_length=2000,
        too_long="Your message must be 2,000 characters or fewer",
        widget=forms.Textarea(
            attrs={
                "rows": 6,
                "cols": False,
                "autocomplete": "off",
                "spellcheck": "true",
                "data-limit": 2000,  # for the counter in static/js/form.js
            }
        ),
    )
    consent = forms.BooleanField(
        error_messages={
            "required": "Select the box if you agree. "
            "Without it we may not keep your details or contact you"
        },
    )


def questions_of(clinic: Clinic, another_way: bool) -> Mapping[str, forms.Field]:
    days = tuple(clinic.hours or WEEKDAYS)
    return questions(clinic.contact_by, clinic.consent.text, another_way, days)


@lru_cache(maxsize=8)
def questions(
    offered: tuple[str, ...], consent: str, another_way: bool, days: tuple[str, ...]
) -> Mapping[str, forms.Field]:
    """Those of a clinic that reaches people in the ways ``offered``, with its text of consent.

    All forms share them: copied for each, as Django does, they took longer than checking the form.
    ``another_way``: an older copy of the form offered one, so the person selects again.
    ``days``: the weekdays on which someone answers.
    """
    fields: dict[str, Any] = deepcopy(AllQuestions.base_fields)
    for field in fields.values():
        field.template_name = "inquiries/question.html"
    fields["consent"].label = consent
    ways = [choice for choice in ContactBy.choices if choice[0] in offered]
    fields["contact_by"].choices = ways
    fields["days"].choices = [choice for choice in Day.choices if choice[0] in days]
    if len(ways) == 1:
        ask_nothing_where_there_is_one_way(fields, ways[0][0], another_way)
    else:
        fields["phone"].help_text = f"If we should call or text you. {NUMBER}"
        fields["voicemail"].help_text = "If we should call you"
        fields["email"].help_text = "If we should email you"
    leave_out_other_ways(fields, offered)
    return fields


def leave_out_other_ways(fields: dict[str, Any], offered: tuple[str, ...]) -> None:
    if CALL not in offered:
        del fields["voicemail"]
    if EMAIL not in offered:
        del fields["email"]
    if not {CALL, TEXT} & set(offered):
        del fields["phone"], fields["days"], fields["times"]
    elif not {CALL, TEXT} <= set(offered):
        verb = "call" if CALL in offered else "text"
        fields["phone"].label = f"What number should we {verb}?"


def ask_nothing_where_there_is_one_way(fields: dict[str, Any], way: str, another_way: bool) -> None:
    fields["phone" if way in {CALL, TEXT} else "email"].help_text = ONLY_WAY[way]
    if not another_way:
        question = fields["contact_by"]
        question.initial, question.disabled, question.widget = way, True, forms.HiddenInput()
