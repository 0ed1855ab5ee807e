import pytest
from django.core.exceptions import FieldError
from django.db import connection

from kapsite.encryption.keyring import Unreadable
from kapsite.inquiries.data_protection.key_rotation import encrypted_columns
from kapsite.inquiries.models import Activity, Inquiry
from tests.factories import make_inquiry

ENCRYPTED = [column.name for column in encrypted_columns()[Inquiry]]
pytestmark = pytest.mark.django_db


def stored(column, table="inquiries_inquiry"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608
        return cursor.fetchone()[0]


@pytest.mark.parametrize("column", ENCRYPTED)
def test_the_database_holds_no_plain_text_of(column):
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Asked for a call today")
    setattr(inquiry, column, "Canary words")
    inquiry.save()
    assert "Canary" not in stored(column)
    assert getattr(Inquiry.objects.get(pk=inquiry.pk), column) == "Canary words"


def test_the_database_holds_no_plain_text_of_a_note(admin_user):
    make_inquiry().record("noted", by=admin_user, note="Canary words")
    assert "Canary" not in stored("note", "inquiries_activity")
    assert Activity.objects.get().note == "Canary words"


def test_an_answer_left_empty_stays_empty():
    make_inquiry(message="")
    assert stored("message") == ""
    assert Inquiry.objects.filter(message="").exists()


def test_inserting_many_encrypts():
    inquiry = make_inquiry()
    Inquiry.objects.all().delete()
    inquiry.name = "Canary"
    Inquiry.objects.bulk_create([inquiry])
    assert "Canary" not in stored("name")
    assert Inquiry.objects.get().name == "Canary"


def test_a_value_moved_to_another_column_does_not_open():
    make_inquiry(name="Ada")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inquiries_inquiry SET message = name")
    with pytest.raises(Unreadable, match=r"inquiries_inquiry\.message"):
        Inquiry.objects.get().message  # noqa: B018


@pytest.mark.parametrize(
    "lookup", ["name", "name__contains", "name__in", "name__gt", "name__length"]
)
def test_a_search_that_could_never_find_anything_is_an_error(lookup):
    with pytest.raises(FieldError):
        Inquiry.objects.filter(**{lookup: "Ada"}).exists()
