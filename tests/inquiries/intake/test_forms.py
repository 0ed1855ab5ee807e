import pytest
from django.http import QueryDict

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake.forms import LONGEST_VALUE, InquiryForm
from kapsite.inquiries.intake.questions import ONLY_WAY
from tests.factories import fill


def errors(**overrides):
    return {name: list(messages) for name, messages in fill(**overrides).errors.items()}


def test_a_filled_in_form_is_accepted():
    assert errors() == {}


def test_an_empty_form_says_what_to_do_for_each_question(every_way):
    form = InquiryForm(get_clinic(), QueryDict("token=x"))
    assert {name: messages[0] for name, messages in form.errors.items()} == {
        "name": "Enter the name we should use",
        "for_whom": "Select who this is for",
        "is_adult": "Select yes if the person who would be evaluated is 18 or older",
        "contact_by": "Select how we should reach you",
        "consent": "Select the box if you agree. "
        "Without it we may not keep your details or contact you",
    }


def test_questions_come_in_the_agreed_order_with_the_agreed_words(every_way):
    form = InquiryForm(get_clinic())
    assert [(question.name, question.label) for question in form] == [
        ("name", "What name should we use?"),
        ("for_whom", "Who is this for?"),
        ("knows", "Do they know that you’re writing? (optional)"),
        ("is_adult", "Is the person who would be evaluated 18 or older?"),
        ("topics", "What would you like help with? (optional)"),
        ("contact_by", "How should we reach you?"),
        ("phone", "What number should we call or text?"),
        ("voicemail", "Can we leave a voicemail?"),
        ("days", "Which days are good? (optional)"),
        ("times", "When is a good time? (optional)"),
        ("email", "What is your email?"),
        ("language", "What language should we use? (optional)"),
        ("aids", "What would help us talk? (optional)"),
        ("message", "Is there anything you want us to know? (optional)"),
        ("consent", get_clinic().consent.text),
    ]


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("for_whom", ["Me", "Someone I care about", "A patient I want to refer"]),
        ("knows", ["Yes", "Not yet"]),
        ("is_adult", ["Yes", "No"]),
        (
            "topics",
            [
                "Depression",
                "Anxiety",
                "PTSD or trauma",
                "Migraine or other pain",
                "Something else, or not sure",
            ],
        ),
        ("contact_by", ["Call me", "Text me", "Email me"]),
        ("voicemail", ["Yes", "Yes, but only a first name and number", "No"]),
        ("days", ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays"]),
        ("times", ["Mornings", "Afternoons", "Evenings"]),
        ("aids", ["An interpreter", "A sign language interpreter", "I use relay (711)"]),
    ],
)
def test_a_question_offers_the_agreed_answers_and_has_none_selected(every_way, name, answers):
    form = InquiryForm(get_clinic())
    assert [choice.choice_label for choice in form[name]] == answers
    assert "checked" not in form[name].as_field_group()


@pytest.mark.parametrize(
    ("offered", "asked", "label"),
    [
        (["call"], {"phone", "voicemail"}, "What number should we call?"),
        (["text"], {"phone"}, "What number should we text?"),
        (["call", "text"], {"phone", "voicemail"}, "What number should we call or text?"),
        (["email"], {"email"}, None),
        (["call", "email"], {"phone", "voicemail", "email"}, "What number should we call?"),
    ],
)
def test_only_what_the_clinic_offers_is_asked(clinic_file, offered, asked, label):
    clinic_file(contact_by=offered, email="hello@example.org")
    form = InquiryForm(get_clinic())
    assert {"phone", "voicemail", "email"} & set(form.fields) == asked
    assert [value for value, _ in form.fields["contact_by"].choices] == offered
    assert label is None or form["phone"].label == label


WAYS = {
    "call": {"phone": "425 555 0142", "voicemail": "no"},
    "text": {"phone": "425 555 0142", "voicemail": None},
    "email": {"phone": "", "voicemail": None, "email": "ada@example.org"},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_lone_way_to_reach_a_person_is_no_question(clinic_file, way):
    clinic_file(contact_by=[way], email="hello@example.org")
    empty = InquiryForm(get_clinic())
    assert "contact_by" not in [question.name for question in empty.visible_fields()]
    [question] = [q for q in empty.visible_fields() if q.name in {"phone", "email"}]
    assert question.help_text == ONLY_WAY[way]
    for sent in (None, "", way):
        form = fill(contact_by=sent, **WAYS[way])
        assert form.is_valid()
        assert form.answers()["contact_by"] == way


def test_a_way_that_is_no_longer_offered_becomes_a_question_again(clinic_file):
    clinic_file(contact_by=["call"])
    form = fill(contact_by="email", email="ada@example.org")
    assert "contact_by" in form.errors
    assert "contact_by" in [question.name for question in form.visible_fields()]
    assert "checked" not in form["contact_by"].as_field_group()


@pytest.mark.parametrize("offered", [["call"], ["call", "email"]])
def test_what_one_person_sent_changes_no_question_of_the_next(clinic_file, offered):
    clinic_file(contact_by=offered, email="hello@example.org")
    empty = [question.as_field_group() for question in InquiryForm(get_clinic())]
    sent = fill(name="", message="x" * 3000, contact_by="text", email="x", topics=["cats"])
    assert not sent.is_valid()
    assert [question.as_field_group() for question in sent] != empty
    assert [question.as_field_group() for question in InquiryForm(get_clinic())] == empty


def test_two_ways_to_reach_a_person_are_a_question(clinic_file):
    clinic_file(contact_by=["call", "text"])
    assert "contact_by" in [q.name for q in InquiryForm(get_clinic()).visible_fields()]
    assert "contact_by" in errors(contact_by=None)


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({"contact_by": "call", "phone": ""}, {"phone": ["Enter the number we should call"]}),
        ({"contact_by": "text", "phone": ""}, {"phone": ["Enter the number we should text"]}),
        (
            {"contact_by": "call", "voicemail": None},
            {"voicemail": ["Select if we can leave a voicemail"]},
        ),
        ({"contact_by": "text", "voicemail": None}, {}),
        ({"contact_by": "email", "email": ""}, {"email": ["Enter your email"]}),
        ({"contact_by": "email", "email": "a@b.org", "phone": "", "voicemail": None}, {}),
        (
            {"contact_by": None, "phone": "", "voicemail": None},
            {"contact_by": ["Select how we should reach you"]},
        ),
    ],
)
def test_what_is_needed_follows_from_how_to_reach_the_person(every_way, answers, wanted):
    assert errors(**answers) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        "(425) 555-0142",
        "4255550142",
        "425.555.0142",
        "+1 425 555 0142",
        "1-425-555-0142 ext. 12",
        "call 425 555 0142 after 5",
        "425 555 0142 or 206 555 0100",
        "+44 20 7946 0958",
        "４２５５５５０１４２",
        "425-KAP-TEST",
        "00 52 55 1234 5678",
        "00-1-425-555-0142",
        "425•555•0142",
        "425_555_0142",
        "DOB 01/02/1990 425-555-0142",
    ],
)
def test_a_number_is_taken_in_any_way_people_type_it(typed):
    form = fill(phone=typed)
    assert form.errors == {}
    assert form.answers()["phone"] == typed


@pytest.mark.parametrize("typed", ["555-0142", "425", "none", "0" * 40])
def test_a_number_that_cannot_be_dialled_is_explained(typed):
    wanted = "The phone number must have an area code, like (425) 555-0142"
    assert errors(phone=typed) == {"phone": [wanted]}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("+52 55 1234 567", "The phone number has too few digits for the country code +52"),
        ("00 52 55 1234 56789", "The phone number has too many digits for the country code +52"),
        (
            "+47 1234567",
            "The phone number doesn’t have the right number of digits for the country code +47",
        ),
        (
            "+999 123 4567",
            "No country has that code. For the US and Canada it’s 1, like +1 425 555 0142",
        ),
        (
            "52 55 1234 5678",
            "The phone number has too many digits. If it isn’t from the US or Canada, start it "
            "with + and the country code",
        ),
    ],
)
def test_a_number_with_a_country_code_is_told_what_is_wrong_with_it(typed, wanted):
    assert errors(phone=typed) == {"phone": [wanted]}


@pytest.mark.parametrize(
    "typed", ["ada", "ada@", "a b@example.org", "ada@example.org\nBcc: x@y.org"]
)
def test_an_email_address_that_cannot_be_one_is_explained(every_way, typed):
    wanted = "The email address must look like name@example.com"
    assert errors(contact_by="email", email=typed) == {"email": [wanted]}


@pytest.mark.parametrize(
    ("name", "limit", "wanted"),
    [
        ("name", 100, "The name must be 100 characters or fewer"),
        ("message", 2000, "Your message must be 2,000 characters or fewer"),
    ],
)
def test_a_text_may_be_as_long_as_the_limit_and_no_longer(name, limit, wanted):
    assert errors(**{name: "x" * limit}) == {}
    assert errors(**{name: "x" * (limit + 1)}) == {name: [wanted]}


@pytest.mark.parametrize("name", ["name", "phone", "email", "message"])
@pytest.mark.parametrize("sign", ["x", "\u0316", "\ufdfa", "\r\n"], ids=ascii)
def test_a_text_far_over_its_limit_is_explained_and_shown_again_in_full(every_way, name, sign):
    typed = "a" + sign * 20_000
    form = fill(**{name: typed})
    [wanted] = form.errors[name]
    assert wanted.endswith("characters or fewer")
    assert form[name].value() == typed.replace("\r\n", "\n")


def test_of_hidden_fields_and_choices_no_more_is_kept_than_they_can_hold():
    long = "x" * 10_000
    form = fill(token=long, subject=long, for_whom=long, topics=["depression"] * 50 + [long])
    kept = {name: form.sent.getlist(name) for name in ("token", "subject", "for_whom", "topics")}
    assert {name: len(values) for name, values in kept.items()} == {
        "token": 1, "subject": 1, "for_whom": 1, "topics": 10,
    }  # fmt: skip
    assert max(len(value) for values in kept.values() for value in values) == LONGEST_VALUE
    assert set(form.errors) == {"for_whom", "topics"}


def test_fields_that_the_form_does_not_have_are_not_looked_at():
    form = fill(**{"x" * 1000: "y", "status": "closed"})
    assert form.errors == {}
    assert form.sent.keys() <= {*form.fields, "token", "subject"}


def test_of_a_text_that_comes_twice_the_last_one_counts():
    form = fill(name=["Eve", "Ada"])
    assert form.errors == {}
    assert form.answers()["name"] == "Ada"
    assert form.sent.getlist("name") == ["Ada"]


def test_the_token_that_we_make_is_well_within_its_limit(clinic_file):
    clinic_file(consent={"version": "v" * 40, "text": "I agree."})  # as long as can be stored
    assert len(InquiryForm(get_clinic()).token) < LONGEST_VALUE / 1.5


def test_a_line_break_counts_as_one_character_and_is_stored_as_one():
    form = fill(message="a\r\n" * 1000)
    assert form.errors == {}
    assert form.answers()["message"] == ("a\n" * 1000).strip()


@pytest.mark.parametrize(
    "strange", [{"topics": ["x"]}, {"for_whom": "\0"}, {"is_adult": "maybe"}, {"voicemail": "x"}]
)
def test_an_answer_that_was_not_offered_is_refused_and_not_repeated(strange):
    [(name, [message])] = errors(**strange).items()
    assert name in strange
    assert message.startswith("Select")


def test_without_the_box_nothing_is_accepted():
    assert "consent" in errors(consent=None)


def test_the_version_of_the_consent_text_is_stored():
    form = fill()
    assert form.is_valid()
    assert form.answers()["consent_version"] == get_clinic().consent.version


def test_a_good_token_is_kept_and_a_bad_one_replaced():
    form = fill()
    assert form.token == form.data["token"]
    stale = fill(token="made up")
    assert stale.is_stale
    assert stale.token != "made up"


def test_the_questions_stand_in_three_groups_and_none_is_left_out(every_way):
    form = InquiryForm(get_clinic())
    groups = list(form.groups)
    assert [each.title for each in groups] == ["About you", "How to reach you", "Anything else"]
    asked = [question.name for each in groups for question in each.questions + each.further]
    assert asked == [question.name for question in form]


def test_only_days_when_someone_answers_are_offered(clinic_file):
    clinic_file(hours={"tuesday": "9 am to 5 pm", "saturday": "9 am to noon"})
    choices = InquiryForm(get_clinic()).fields["days"].choices
    assert [label for _, label in choices] == ["Tuesdays", "Saturdays"]


@pytest.mark.parametrize(
    ("who", "kept"),
    [("me", ("", "pain")), ("other", ("no", "pain")), ("clinician", ("", ""))],
)
def test_what_was_not_asked_of_a_sender_is_neither_stored_nor_an_error(who, kept):
    form = fill(for_whom=who, knows="no", topics=["pain"])
    assert form.errors == {}
    answers = form.answers()
    assert (answers["knows"], answers["topics"]) == kept


def test_language_and_help_to_talk_open_again_with_what_was_given():
    [_, reach, _] = fill(name="", language="Spanish").groups
    assert reach.is_open
    [_, untouched, _] = InquiryForm(get_clinic()).groups
    assert not untouched.is_open
