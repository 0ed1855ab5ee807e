"""An encrypted value opens in its own row only, and is written by its own instance only."""

import logging
import uuid

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Value
from django.test.utils import isolate_apps

from kapsite.database.append_only import AppendOnly
from kapsite.encryption import fields
from kapsite.encryption.fields import EncryptedTextField, encrypted_fields
from kapsite.encryption.keyring import Unreadable, keyring
from kapsite.encryption.row_binding import (
    CANNOT_BE_READ,
    RowBound,
    names_bound,
    replace_unreadable,
    unreadable_in,
)
from kapsite.inquiries.data_protection.key_rotation import encrypted_columns
from kapsite.inquiries.models import Access, Activity, EarlierContact, Inquiry, Notice, Undo
from kapsite.inquiries.models.bulk_insert import insert_for_each
from tests.encryption.tampering import drop_triggers, put, stored, swap
from tests.factories import make_inquiry

pytestmark = pytest.mark.django_db


def words_for(model, number):
    return {field.name: f"{field.name} {number}" for field in encrypted_fields(model)}


def full_inquiry(user, number):
    inquiry = make_inquiry(**words_for(Inquiry, number) | {"safety_concern": True})
    inquiry.phone_e164, inquiry.normalized_email = (
        f"phone_e164 {number}",
        f"normalized_email {number}",
    )
    inquiry.save()
    return inquiry


MAKERS = {
    Inquiry: full_inquiry,
    Activity: lambda user, number: make_inquiry().record("noted", by=user, note=f"note {number}"),
    Access: lambda user, number: Access.objects.create(
        by=user, act="exported", reason=f"reason {number}"
    ),
    EarlierContact: lambda user, number: EarlierContact.objects.create(
        inquiry=make_inquiry(),
        by=user,
        name=f"name {number}",
        phone=f"phone {number}",
        email=f"email {number}",
    ),
    Undo: lambda user, number: Undo.objects.create(
        by=user, inquiry=make_inquiry(), version=1, before=f"before {number}"
    ),
}
ENCRYPTED = [
    pytest.param(model, column.name, id=f"{model.__name__}.{column.name}")
    for model, columns in encrypted_columns().items()
    for column in columns
]


@pytest.fixture
def two(admin_user):
    """Two rows of a model with every encrypted value filled in."""
    drop_triggers()
    return lambda model: [MAKERS[model](admin_user, number) for number in (1, 2)]


def again(row):
    return type(row).objects.get(pk=row.pk)


# What is noticed


def test_each_model_with_encrypted_fields_is_tested_here():
    assert set(MAKERS) == set(encrypted_columns())


@pytest.mark.parametrize(("model", "column"), ENCRYPTED)
def test_a_value_opens_in_its_own_row(two, model, column):
    assert [getattr(again(row), column) for row in two(model)] == [f"{column} 1", f"{column} 2"]


@pytest.mark.parametrize(("model", "column"), ENCRYPTED)
def test_values_swapped_between_two_rows_do_not_open(two, model, column):
    first, second = two(model)
    swap(first, second, column)
    for row in (first, second):
        with pytest.raises(Unreadable, match=rf"\.{column} was changed or moved"):
            getattr(again(row), column)


@pytest.mark.parametrize(("model", "column"), ENCRYPTED)
def test_a_value_from_before_there_were_row_ids_does_not_open(two, model, column):
    row, _ = two(model)
    field = model._meta.get_field(column)
    put(row, **{column: keyring().encrypt("Ada", field.place)})
    with pytest.raises(Unreadable, match="changed or moved"):
        getattr(again(row), column)


def test_everything_moved_to_another_request_with_its_row_id_does_not_open(two):
    first, second = two(Inquiry)
    names = [field.column for field in encrypted_fields(Inquiry)]
    swap(first, second, "row_id", *names)
    assert unreadable_in(replace_unreadable(again(first))) == encrypted_fields(Inquiry)


def test_a_reference_that_was_changed_makes_the_request_unreadable(two):
    first, second = two(Inquiry)
    swap(first, second, "reference")
    with pytest.raises(Unreadable):
        again(first).name  # noqa: B018


def test_a_note_moved_to_another_request_does_not_open(two):
    first, second = two(Activity)
    put(first, inquiry_id=second.inquiry_id)
    with pytest.raises(Unreadable):
        second.inquiry.activities.get(pk=first.pk).note  # noqa: B018


def test_the_other_values_of_a_row_still_open(two):
    first, second = two(Inquiry)
    swap(first, second, "phone")
    assert again(first).name == "name 1"


def test_it_is_logged_once_and_without_the_value(two, caplog):
    fields.log_once.cache_clear()
    first, second = two(Inquiry)
    swap(first, second, "phone")
    for _ in range(2):
        with pytest.raises(Unreadable):
            again(first).phone  # noqa: B018
    sealed = stored(first, "phone")[0]
    [line] = [entry.getMessage() for entry in caplog.records if entry.levelno == logging.ERROR]
    assert line == (
        f"Row {first.pk}: inquiries_inquiry.phone was changed or moved after it was written."
    )
    assert not [part for part in ("phone 1", "phone 2", sealed) if part in caplog.text]


# How it is read


@pytest.mark.parametrize(
    "read",
    [
        lambda: Inquiry.objects.only("name").get(),
        lambda: Inquiry.objects.defer("message").get(),
        lambda: Inquiry.objects.raw("SELECT * FROM inquiries_inquiry")[0],
        lambda: Inquiry.objects.in_bulk().popitem()[1],
        lambda: Activity.objects.select_related("inquiry").get().inquiry,
        lambda: next(Inquiry.objects.iterator()),
        lambda: Inquiry.objects.select_for_update().get(),
    ],
)
def test_an_instance_opens_however_it_was_read(read, django_assert_num_queries):
    make_inquiry(name="Ada", message="Two medicines").record("received")
    with django_assert_num_queries(1):
        assert read().name == "Ada"
    assert read().message == "Two medicines"


def test_even_without_what_it_takes_to_open_it():
    make_inquiry(name="Ada").record("received")
    assert Inquiry.objects.defer("row_id", "reference").get().name == "Ada"
    related = Activity.objects.select_related("inquiry").only("kind", "inquiry__name")
    assert related.get().inquiry.name == "Ada"


def test_a_deferred_value_takes_one_query(django_assert_num_queries):
    make_inquiry(message="Two medicines")
    inquiry = Inquiry.objects.only("received_at").get()
    with django_assert_num_queries(1):
        assert inquiry.message == "Two medicines"


def test_a_row_is_read_again(two):
    first, second = two(Inquiry)
    swap(first, second, "phone")
    second.name = "Changed"
    second.refresh_from_db(fields=["name"])
    assert second.name == "name 2"
    with pytest.raises(Unreadable):
        second.refresh_from_db()


@pytest.mark.parametrize(
    "read",
    [
        lambda: Inquiry.objects.values("name"),
        lambda: Inquiry.objects.values(),
        lambda: Inquiry.objects.values_list("pk", "name"),
        lambda: Inquiry.objects.values_list("name", flat=True),
        lambda: Inquiry._base_manager.values("name"),
        lambda: Inquiry.objects.values(other=F("name")),
        lambda: Notice.objects.values("inquiry__name"),
        lambda: Inquiry.objects.values_list("name", flat=True).distinct(),
    ],
)
def test_reading_it_without_its_row_is_refused(read):
    Notice.objects.create(inquiry=make_inquiry(), kind="staff")
    with pytest.raises(FieldError, match=r"Inquiry\.name is encrypted for its row.*only\(\)"):
        list(read())


def test_a_value_taken_along_under_another_name_shows_nothing():
    make_inquiry(name="Ada")
    taken = Inquiry.objects.annotate(other=F("name")).get().other
    for show in (str, format, "{}".format, lambda value: f"{value}"):
        with pytest.raises(FieldError):
            show(taken)
    assert "Ada" not in repr(taken)


# How it is written


@pytest.mark.parametrize(
    "write",
    [
        lambda row: Inquiry.objects.update(name="Eve"),
        lambda row: Inquiry.objects.update(name=""),
        lambda row: Inquiry.objects.filter(pk=row.pk).update(name=F("phone")),
        lambda row: Inquiry.objects.update(name=Value("Eve")),
        lambda row: Inquiry.objects.bulk_update([row], ["status", "name"]),
        lambda row: Inquiry._base_manager.update(name="Eve"),
        lambda row: Inquiry._base_manager.update(name=F("phone")),
        lambda row: Inquiry._base_manager.bulk_update([row], ["name"]),
        lambda row: Inquiry.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["form_token"], update_fields=["name"]
        ),
        lambda row: row.save_base(raw=True),
        lambda row: row.later_requests.update(name="Eve"),
    ],
)
def test_writing_it_without_its_row_is_refused(write):
    row = make_inquiry(name="Ada")
    refused = pytest.raises(FieldError, match=r"Inquiry\.name is encrypted .* call save\(\)")
    with refused, transaction.atomic():
        write(row)
    assert again(row).name == "Ada"


@pytest.mark.parametrize("name", ["row_id", "reference"])
def test_what_values_are_bound_to_is_not_changed_beside_them(name):
    row = make_inquiry()
    with pytest.raises(FieldError, match=rf"Inquiry\.{name} never changes"):
        Inquiry.objects.update(**{name: uuid.uuid4().hex[:8]})
    with pytest.raises(FieldError, match=rf"Inquiry\.{name} never changes"):
        Inquiry.objects.bulk_update([row], [name])
    assert again(row).name == "Ada"


def test_history_is_not_changed_by_inserting_it_again(admin_user):
    row = Access.objects.create(by=admin_user, act="exported", reason="For the board")
    with pytest.raises(AppendOnly):
        Access.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["id"], update_fields=["reason"]
        )


@pytest.mark.parametrize(
    "write",
    [
        lambda row: row.save(),
        lambda row: row.save(update_fields=["name"]),
        lambda row: Inquiry.objects.update_or_create(pk=row.pk, defaults={"name": "Ben"}),
        lambda row: row.save_base(),
    ],
)
def test_an_instance_writes_its_own(write):
    row = make_inquiry()
    row.name = "Ben"
    write(row)
    assert again(row).name == "Ben"


def test_many_can_be_inserted_at_once(admin_user):
    known = make_inquiry()
    line = {"inquiry": known, "by": admin_user, "kind": "noted"}
    Activity.objects.bulk_create([Activity(note="one", **line), Activity(note="two", **line)])
    assert {row.note for row in known.activities.all()} == {"one", "two"}


def test_a_line_inserted_for_each_request_has_a_row_id_of_its_own(admin_user):
    keys = [make_inquiry().pk for _ in range(3)]
    line = Activity(by=admin_user, kind="exported")
    assert insert_for_each(keys, line, "inquiry") == 3
    assert len({row.row_id for row in Activity.objects.all()} | {line.row_id}) == 4
    line.note = "For one of them"
    with pytest.raises(FieldError, match="note would be encrypted for one row"):
        insert_for_each(keys, line, "inquiry")


def test_a_copy_with_the_same_row_id_is_refused(admin_user):
    copy = make_inquiry().record("noted", by=admin_user, note="Rang.")
    copy.pk, copy._state.adding = None, True
    with pytest.raises(IntegrityError, match="row_id"):
        copy.save()


def test_a_copy_does_not_take_along_what_is_bound_to_another_row():
    make_inquiry()
    copy = Inquiry.objects.get()
    copy.pk, copy.row_id, copy.form_token = None, uuid.uuid4(), "another"
    with pytest.raises(Unreadable), transaction.atomic():
        copy.save()
    assert Inquiry.objects.count() == 1


def test_what_does_not_open_stays_as_it_is_when_the_row_is_saved(two):
    first, second = two(Inquiry)
    swap(first, second, "phone", "phone_e164")
    before = stored(first, "phone", "phone_e164")
    row = replace_unreadable(again(first))
    assert [field.name for field in unreadable_in(row)] == ["phone", "phone_e164"]
    assert (row.phone, row.phone_e164) == (CANNOT_BE_READ, "")  # nothing to dial
    row.name = "Ben"
    row.save()
    assert stored(first, "phone", "phone_e164") == before
    assert again(first).name == "Ben"


@isolate_apps("kapsite.inquiries")
def test_a_model_whose_rows_have_no_id_is_a_fault():
    class Bare(models.Model):  # noqa: DJ008
        text = EncryptedTextField()

        class Meta:
            app_label = "inquiries"

    class Bound(RowBound):
        text = EncryptedTextField()

        class Meta:
            app_label = "inquiries"

    assert [problem.id for problem in Bare.check() if problem.is_serious()] == ["fields.E001"]
    assert Bound.check() == []
    assert names_bound(Bound) == ("row_id",)
