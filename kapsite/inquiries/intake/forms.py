"""The request form: its questions, and what of it is stored."""

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property

from kapsite.clinic.facts import Clinic
from kapsite.inquiries.models.choices import ContactBy, ForWhom, Time, Topic, Voicemail

from . import tokens
from .fields import EmailAddress, Line, PhoneNumber, PlainText, Question, pick_any, pick_one

TRAP = "subject"  # a honeypot: bots fill it in, people don't see it
LONGEST_VALUE = 400  # characters of an answer that is not typed, and of the token: two times enough
MOST_VALUES = 10  # of one question; there are five topics
CALL, TEXT, EMAIL = (way.value for way in ContactBy)


ONLY_WAY = {
    CALL: "We reach people by phone call only",
    TEXT: "We reach people by text message only",
    EMAIL: "We reach people by email only",
}


class InquiryForm(forms.Form):
    use_required_attribute = False
    bound_field_class = Question
    has_new_consent = False
    has_unknown_origin = False
    network: str | None = None

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
        help_text="If it is for someone else, give us your own name and number",
    )
    is_adult = pick_one(
        "Is the person who would be evaluated 18 or older?",
        [("yes", "Yes"), ("no", "No")],
        "Select yes if the person who would be evaluated is 18 or older",
    )
    topics = pick_any("What would you like help with? (optional)", Topic.choices)
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
    email = EmailAddress(
        label="What is your email?",
        required=False,
        max_length=254,
        too_long="The email address must be 254 characters or fewer",
    )
    times = pick_any("When is a good time? (optional)", Time.choices)
    message = PlainText(
        label="Is there anything you want us to know? (optional)",
        help_text="You can leave out health details and tell us by phone. Up to 2,000 characters",
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

    def __init__(self, clinic: Clinic, data: QueryDict | None = None):
        self.sent = self._known_of(data or QueryDict())
        super().__init__(None if data is None else self.sent, auto_id="%s")
        self.clinic = clinic
        self.opened = tokens.opened_form(self.sent.get("token", ""))
        if self.opened and self.opened.consent_version != clinic.consent.version:
            self._ask_for_consent_again()
        self._ask_only_what_the_clinic_offers()
        self.fields["consent"].label = clinic.consent.text

    def _known_of(self, data: QueryDict) -> QueryDict:
        """What a form of ours can hold. Everything else in ``data`` is not looked at again."""
        known = QueryDict(mutable=True)
        for name in {*self.base_fields, "token", TRAP} & data.keys():
            field = self.base_fields.get(name)
            is_list = isinstance(field, forms.MultipleChoiceField)
            values = data.getlist(name)[-MOST_VALUES if is_list else -1 :]
            if not isinstance(field, PlainText):  # a text is shown again in full
                values = [str(value)[:LONGEST_VALUE] for value in values]
            known.setlist(name, values)
        return known

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

    def _ask_only_what_the_clinic_offers(self):
        offered = self.clinic.contact_by
        ways = [choice for choice in ContactBy.choices if choice[0] in offered]
        self.fields["contact_by"].choices = ways  # type: ignore[attr-defined]
        if len(ways) == 1:
            self._ask_nothing_where_there_is_one_way(ways[0][0])
        else:
            self.fields["phone"].help_text = "If we should call or text you"
            self.fields["voicemail"].help_text = "If we should call you"
            self.fields["email"].help_text = "If we should email you"
        if CALL not in offered:
            del self.fields["voicemail"]
        if EMAIL not in offered:
            del self.fields["email"]
        if not {CALL, TEXT} & set(offered):
            del self.fields["phone"]
        elif not {CALL, TEXT} <= set(offered):
            verb = "call" if CALL in offered else "text"
            self.fields["phone"].label = f"What number should we {verb}?"

    def _ask_nothing_where_there_is_one_way(self, way: str):
        """Hide the question, unless an older copy of the form offered another way."""
        self.fields["phone" if way in {CALL, TEXT} else "email"].help_text = ONLY_WAY[way]
        if self.sent.get("contact_by") in {None, "", way}:
            question = self.fields["contact_by"]
            question.initial, question.disabled, question.widget = way, True, forms.HiddenInput()

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
    def public_id(self):
        return tokens.public_id(self.token)

    @property
    def is_for_a_minor(self):
        return self.sent.get("is_adult") == "no"

    @property
    def is_for_someone_else(self):
        return self.sent.get("for_whom") == ForWhom.OTHER

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
    def trap(self):
        """The value of the hidden field."""
        return self.sent.get(TRAP, "")

    def clean(self):
        if self.has_new_consent:
            self.errors.pop("consent", None)  # the person did nothing wrong
        way = self.cleaned_data.get("contact_by")
        if way in {CALL, TEXT}:
            self._need("phone", f"Enter the number we should {way}")
        if way == CALL:
            self._need("voicemail", "Select if we can leave a voicemail")
        if way == EMAIL:
            self._need("email", "Enter your email")

    def _need(self, name, message):
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def answers(self) -> dict:
        """What is stored of a valid form."""
        typed = {name: self.cleaned_data.get(name, "") for name in STORED}
        lists = {name: ",".join(self.cleaned_data[name]) for name in ("topics", "times")}
        return typed | lists | {"consent_version": self.clinic.consent.version}


STORED = ("name", "for_whom", "contact_by", "phone", "voicemail", "email", "message")
