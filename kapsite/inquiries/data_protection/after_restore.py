"""Deletes requests again that a restored backup brought back."""

from django.db.models import Q

from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.logs.erasure_log import Erasure, Rule

from . import erased_file, erasure

BATCH = 200  # requests


def catch_up() -> int:
    """Returns how many were deleted again. Also adds to the file what it lacks, as after a crash.

    Called when the worker starts, for databases that were put in place by hand.
    """
    again = delete_again()
    known = {reference for reference, _ in erased_file.entries()}
    records = Erasure.objects.order_by("pk")
    erased_file.append(each for each in records if each.reference not in known)
    return again


def delete_again() -> int:
    deleted = 0
    listed = list(erased_file.entries())
    for start in range(0, len(listed), BATCH):
        found = Q(pk__in=[])
        for reference, at in listed[start : start + BATCH]:
            found |= Q(reference=reference, received_at__lte=at)  # a later one reuses the reference
        deleted += len(erasure.erase(Inquiry.objects.filter(found), Rule.REPEATED))
    return deleted
