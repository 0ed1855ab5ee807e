"""Who else has a record open now, as far as the access log shows."""

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef

from kapsite.inquiries.desk.page_parts.formatting import person, span
from kapsite.inquiries.models.logs.access_log import Access, Act

RECENTLY = timedelta(minutes=10)
ON_A_RECORD = (Act.OPENED, Act.MESSAGE, Act.PRINTED, Act.CHANGED)


def also_reading(inquiry, user, now: datetime) -> list[tuple[str, str]]:
    """Who else opened it within ten minutes and looked at nothing else since, and how long ago.

    A colleague who closed the window without opening another page counts for ten minutes.
    """
    elsewhere = Access.objects.filter(by=OuterRef("by"), at__gt=OuterRef("at")).exclude(
        reference=inquiry.reference
    )
    here = Access.objects.filter(
        ~Exists(elsewhere), reference=inquiry.reference, act__in=ON_A_RECORD, at__gt=now - RECENTLY
    ).exclude(by=user)
    last = dict(here.order_by("at").values_list("by", "at"))
    people = get_user_model().objects.in_bulk(list(last))
    return [(person(people[by]), span(now - at)) for by, at in last.items()]
