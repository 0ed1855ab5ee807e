import pytest
from django.contrib.auth.models import User

from kapsite.inquiries.desk.appointments import clinicians as module
from kapsite.inquiries.desk.appointments.clinicians import clinicians
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def test_clinicians_are_those_with_an_account_who_still_work_here():
    make_staff("clinician", "rivera", first_name="Dr. Rivera")
    make_staff("clinician", "gone", first_name="Dr. Gone")
    make_staff("front-desk", "ana", first_name="Ana")
    User.objects.filter(username="gone").update(is_active=False)
    assert clinicians() == ["Dr. Rivera"]


def test_those_the_clinic_publishes_come_instead(monkeypatch):
    make_staff("clinician", "rivera", first_name="Rivera")
    monkeypatch.setattr(module, "evaluators", lambda: ["A. Rivera, MD"])
    assert clinicians() == ["A. Rivera, MD"]


def test_a_clinic_that_names_nobody_asks_for_nobody():
    assert clinicians() == []
