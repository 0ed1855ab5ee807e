import pytest

from kapsite.inquiries.models import Inquiry
from tests.factories import make_answers

pytestmark = pytest.mark.django_db
FORM = "/request-evaluation/"


def test_a_sent_form_is_stored_and_leads_to_the_confirmation(client):
    response = client.post(FORM, make_answers(), follow=True)
    [inquiry] = Inquiry.objects.all()
    assert (inquiry.name, inquiry.topics, inquiry.status) == ("Ada", "depression,anxiety", "new")
    assert "We have your request" in response.text
    assert inquiry.reference_in_groups in response.text
