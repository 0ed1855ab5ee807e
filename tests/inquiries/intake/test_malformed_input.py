"""Whatever is sent, the form answers with a page and never breaks."""

import pytest

from kapsite.inquiries.models import Inquiry

pytestmark = pytest.mark.django_db
FORM = "/request-evaluation/"


ANSWERED = ["token", "name", "for_whom", "is_adult", "topics", "contact_by", "phone"]
ANSWERED += ["voicemail", "email", "times", "message", "consent"]


@pytest.mark.parametrize("strange", ["%00", "%ED%A0%80", "%FF", "%E2%80%AE", "x" * 5_000, ""])
def test_no_value_breaks_the_form(client, strange):
    """Each field twice, as each has to choose one of two values or take both."""
    body = "&".join(f"{name}={strange}&{name}=second" for name in ANSWERED)
    kind = "application/x-www-form-urlencoded"
    assert client.post(FORM, body, content_type=kind).status_code == 200


def test_a_hundred_thousand_fields_are_refused(client):
    body = "&".join(f"f{number}=1" for number in range(100_000))[:60_000]
    kind = "application/x-www-form-urlencoded"
    assert client.post(FORM, body, content_type=kind).status_code == 400


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"\xff\xfe", "text/plain"),
    ],
)
def test_another_kind_of_body_is_no_form(client, body, kind):
    assert client.post(FORM, body, content_type=kind).status_code in {200, 400}
    assert not Inquiry.objects.exists()
