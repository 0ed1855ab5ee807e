"""Re-encrypts values with the first key.

A batch is one short transaction, so that forms can be stored meanwhile. If the work is interrupted,
each value is complete, either old or new, and the next run continues with the old ones. A value is
replaced only if it hasn't changed since it was read, so no change is overwritten.
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet, TextField

from kapsite.encryption.fields import EncryptedTextField, encrypted_fields
from kapsite.encryption.keyring import Unreadable, keyring
from kapsite.encryption.row_binding import binding_of, names_bound
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.request.search_digest import SearchDigest


class NotVerified(Exception):
    """A re-encrypted value does not decrypt to the original. Its batch was rolled back."""


@dataclass
class Batch:
    rows: int = 0  # re-encrypted
    unreadable: list[str] = field(default_factory=list)


def encrypted_columns() -> dict[type[Model], list[EncryptedTextField]]:
    columns = {model: encrypted_fields(model) for model in apps.get_models()}
    return {model: found for model, found in columns.items() if found}


def rewrite_values(model: type[Model], keys: range) -> Batch:
    """Rewrite the values in the rows that have one of ``keys``."""
    batch = Batch()
    with transaction.atomic():
        for row in old_rows(model).filter(pk__gte=keys.start, pk__lt=keys.stop):
            rewrite_row(model, row, batch)
    return batch


def old_rows(model: type[Model]) -> QuerySet:
    """Rows with a value that was not written with the first key."""
    is_old = Q()
    for column in encrypted_columns()[model]:
        name = f"stored_{column.name}"
        is_old |= ~Q(**{name: ""}) & ~Q(**{f"{name}__startswith": current_mark()})
    return rows_as_stored(model).filter(is_old)


def rows_as_stored(model: type[Model]) -> QuerySet:
    """For each row its "pk", what its values are bound to, and "stored_name" and so on: values as
    the database has them."""
    columns = encrypted_columns()[model]
    stored = {f"stored_{c.name}": ExpressionWrapper(F(c.name), TextField()) for c in columns}
    # Not the usual manager: that of Activity refuses any update.
    return model._base_manager.annotate(**stored).values("pk", *names_bound(model), *stored)


def current_mark() -> str:
    return f"{keyring().current}:"


def rewrite_row(model: type[Model], row: dict, batch: Batch) -> None:
    plain, sealed, bound = {}, {}, binding_of(model, row)
    for column in encrypted_columns()[model]:
        stored = row[f"stored_{column.name}"]
        if stored and not stored.startswith(current_mark()):
            try:
                text = keyring().decrypt(stored, column.place, bound)
                plain[column.name], sealed[column.name] = text, column.seal(text, bound)
            except Unreadable as error:
                batch.unreadable.append(f"Row {row['pk']}: {error}")
    unchanged = {f"stored_{name}": row[f"stored_{name}"] for name in plain}
    this = rows_as_stored(model).filter(pk=row["pk"])
    if plain and this.filter(**unchanged).update(**sealed):
        verify(model, this.get(), plain)
        batch.rows += 1


def verify(model: type[Model], row: dict, plain: dict[str, str]) -> None:
    bound = binding_of(model, row)
    for column in encrypted_columns()[model]:
        if column.name not in plain:
            continue
        stored = row[f"stored_{column.name}"]
        opens = keyring().decrypt(stored, column.place, bound) == plain[column.name]
        if not opens or not stored.startswith(current_mark()):
            raise NotVerified(f"{column.place} of row {row['pk']} does not decrypt as before.")


def rewrite_digests(keys: range) -> Batch:
    """Make the digests of the inquiries that have one of ``keys``, with the first key."""
    batch = Batch()
    with transaction.atomic():
        found = without_digests().filter(pk__gte=keys.start, pk__lt=keys.stop)
        for key in found.values_list("pk", flat=True):
            rewrite_digests_of(key, batch)
    return batch


def without_digests() -> QuerySet[Inquiry]:
    """Inquiries that a search with the first key alone would not find, by some of it or at all."""
    digests = SearchDigest.objects.filter(inquiry=OuterRef("pk"))
    current = digests.filter(digest__startswith=current_mark())
    old = digests.exclude(digest__startswith=current_mark())
    return Inquiry.objects.filter(~Exists(current) | Exists(old))


def rewrite_digests_of(key: int, batch: Batch) -> None:
    inquiry = Inquiry.objects.select_for_update().filter(pk=key).first()
    if not inquiry:  # erased meanwhile
        return
    try:
        with transaction.atomic():
            SearchDigest.objects.filter(inquiry=inquiry).delete()
            SearchDigest.objects.add_for(inquiry)
    except Unreadable as error:
        batch.unreadable.append(f"Row {key}: {error}")
    else:
        batch.rows += 1
