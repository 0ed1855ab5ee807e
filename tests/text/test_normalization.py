"""One normal form for what people type in many ways, and masks that give nothing away."""

import pytest

from kapsite.inquiries.models import Inquiry
from kapsite.text.masking import mask_email, mask_phone
from kapsite.text.normalization import email_address, likely_domain
from tests.factories import fill, make_inquiry


@pytest.mark.parametrize(
    "typed",
    [
        "ada.l@example.org",
        " Ada.L@Example.ORG ",
        "Ada <ada.l@example.org>,",
        "mailto:ada.l@example.org",
        "(ada.l@example.org)",
        '"ada.l@example.org".',
        "ada.l @ example . org",
        "Ada.L at example dot org",
        "ada．l＠example．org",
        "ada.l﹫example。org",
        "“ada.l@example.org”",
        "‘ada.l@example.org’",
        "«ada.l@example.org»",
        "ada.l@example.org.",
        "ada.l@example.org。",
        "ada.l@example.org…",
        "ada.l@example.org (work)",
        "Email: ada.l@example.org",
        "E-mail:ada.l@example.org",
        "Ada.L [at] example (dot) org",
    ],
)
def test_an_address_is_taken_in_any_way_people_type_it(every_way, typed):
    assert email_address(typed) == "ada.l@example.org"
    form = fill(contact_by="email", email=typed)
    assert form.errors == {}
    assert form.answers()["email"] == typed.strip()


@pytest.mark.parametrize(
    ("typed", "sent_to"),
    [
        ("o’neill@example.org", "o'neill@example.org"),
        ("ada\N{NON-BREAKING HYPHEN}l@example.org", "ada-l@example.org"),
        ("ada\N{ZERO WIDTH JOINER}@example.\N{NO-BREAK SPACE}org", "ada@example.org"),
        ("ada@münchen.de", "ada@xn--mnchen-3ya.de"),
        ("Ada@MÜNCHEN。de", "ada@xn--mnchen-3ya.de"),
        ("ada@mu\N{COMBINING DIAERESIS}nchen.de", "ada@xn--mnchen-3ya.de"),
        ("ada@straße.de", "ada@xn--strae-oqa.de"),
        ("ada@почта.рф", "ada@xn--80a1acny.xn--p1ai"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_an_address_that_mail_can_reach_is_taken_in_its_ascii_form(every_way, typed, sent_to):
    assert fill(contact_by="email", email=typed).errors == {}
    assert email_address(typed) == sent_to
    assert email_address(sent_to) == sent_to


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "josé@example.org",
            "We can’t send mail to an address with “é”. Did you mean jose@example.org?",
        ),
        (
            "jose\N{COMBINING ACUTE ACCENT}@münchen.de",
            "We can’t send mail to an address with “é”. Did you mean jose@münchen.de?",
        ),
        (
            "аda@example.org",
            "We can’t send mail to an address with “а” (Cyrillic small letter a)",
        ),
        ("straße@example.org", "We can’t send mail to an address with “ß”"),
        ("ada@exam→ple.org", "We can’t send mail to an address with “→” (Rightwards arrow)"),
    ],
)
def test_a_sign_that_no_mail_can_reach_is_named(every_way, typed, message):
    assert fill(contact_by="email", email=typed).errors == {"email": [message]}


@pytest.mark.parametrize(
    "typed",
    [
        "ada@example.org\r\nBcc: eve@example.net",
        "ada@example.org%0ABcc:eve@example.net",
        "ada@example.org, eve@example.net",
        "ada@example.org eve@example.net",
        "Ada <ada@example.org>\nSubject: x",
        "ada@example.org\0@example.net",
        "ada@[127.0.0.1]\n.org",
    ],
)
def test_no_second_address_and_no_header_comes_with_it(every_way, typed):
    wanted = "The email address must look like name@example.com"
    assert fill(contact_by="email", email=typed).errors == {"email": [wanted]}


@pytest.mark.django_db
def test_the_normal_form_is_stored_beside_what_was_typed():
    make_inquiry(phone="425.555.0142 or 206 555 0100 ext. 7", email="Ada <ada@Example.org>")
    inquiry = Inquiry.objects.get()
    assert inquiry.phone == "425.555.0142 or 206 555 0100 ext. 7"
    assert inquiry.phone_e164 == "+14255550142 +12065550100;ext=7"
    assert inquiry.email == "Ada <ada@Example.org>"
    assert inquiry.normalized_email == "ada@example.org"


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yaho.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("iclould.com", "icloud.com"),
        ("gmail.com", ""),
        ("mail.com", ""),
        ("email.com", ""),
        ("ymail.com", ""),
        ("example.org", ""),
        ("clinic.example", ""),
    ],
)
def test_a_slip_in_a_well_known_domain_is_seen(domain, meant):
    assert likely_domain(f"ada@{domain}") == meant


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+14255550142", "(•••) •••-0142"),
        ("+442079460958", "+•• •• •••• 0958"),
        ("+4930901820", "+•• •• ••1820"),
        ("+14255550142;ext=12", "(•••) •••-0142 ext. 12"),
    ],
)
def test_of_a_number_the_last_four_digits_are_shown(number, masked):
    assert mask_phone(number) == masked


def test_a_domain_is_shown_as_people_read_it():
    assert mask_email("ada@xn--mnchen-3ya.de") == "a•••@münchen.de"
    assert mask_email("ada@xn--\uffff.de") == "a•••@xn--\uffff.de"


@pytest.mark.parametrize("address", ["ada@example.org", "a.very.long.name@example.org"])
def test_of_an_address_the_first_letter_and_the_domain_are_shown(address):
    assert mask_email(address) == "a•••@example.org"
