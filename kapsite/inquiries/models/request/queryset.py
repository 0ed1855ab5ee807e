"""Finds requests, and stores one with every row that comes with it."""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from kapsite.encryption.row_binding import RowBoundQuerySet
from kapsite.inquiries.models.bulk_insert import Sql, Statement, insert, statement
from kapsite.inquiries.models.choices import Status
from kapsite.inquiries.models.counting import flood
from kapsite.inquiries.models.key_in_use import KeyInUse
from kapsite.inquiries.models.request.deadlines import next_due
from kapsite.inquiries.models.request.notices import first_notices

from .activity import first_activities
from .search_digest import Digest, digests_of, insertion

if TYPE_CHECKING:
    from .inquiry import Inquiry

STORE_ATTEMPTS = 5  # a reference already taken is drawn again


class InquiryQuerySet(RowBoundQuerySet["Inquiry"]):
    def receive(
        self,
        form_id: str,
        triage_fields=None,
        network: str | None = "",
        rescore: flood.Rescore | None = None,
        attempts=STORE_ATTEMPTS,
        **answers,
    ) -> tuple["Inquiry", bool]:
        """Store what one form sent, and say whether it is new. Every real request comes this way.

        The same form sent again unchanged gives the inquiry stored the first time; with other
        answers it is another inquiry. ``triage_fields`` are what the site adds, and may differ
        when a form comes twice; ``rescore`` gives those about spam again, if others came from the
        same network or on the same form within the hour. ``network``: None if staff entered it,
        which is no flood, and "" if it isn't known.
        On return the row is committed, unless the caller has a transaction open. Raises
        flood.TooMany.
        """
        fields = {"received_at": timezone.now(), **(triage_fields or {}), **answers}
        fields["form_token"] = token = fingerprint(form_id, answers)
        try:
            return self._store(network, form_id, fields, rescore), True
        except IntegrityError:
            if stored := self.filter(form_token=token).first():
                return stored, False
            if attempts == 1:
                raise
            return self.receive(form_id, triage_fields, network, rescore, attempts - 1, **answers)

    def active(self) -> "InquiryQuerySet":
        """Without what was withdrawn before staff reached the person."""
        return self.exclude(status=Status.WITHDRAWN)

    def contactable(self) -> "InquiryQuerySet":
        """Without what was withdrawn, before or after staff reached the person."""
        return self.filter(withdrawn_at__isnull=True)

    def seen_by(self, user) -> "InquiryQuerySet":
        """The active ones; a lead still sees a safety concern among those withdrawn."""
        if user.has_perm("inquiries.erase_inquiry"):
            # In this order SQLite reads the state from an index, and hardly ever the row itself.
            return self.filter(~Q(status=Status.WITHDRAWN) | Q(safety_concern=True))
        return self.active()

    def _store(
        self, network: str | None, form_id: str, fields: dict, rescore: flood.Rescore | None
    ) -> "Inquiry":
        inquiry = self.model(**fields)
        inquiry.derive()
        # All that can be made before others have to wait.
        digests, prepared = digests_of(inquiry), statement(inquiry)
        with flood.counted(network, form_id, fields, rescore) as different:
            if different:
                for name, value in different.items():
                    setattr(inquiry, name, value)
                inquiry.due_at = next_due(inquiry)  # none for spam
                prepared = statement(inquiry)
            return self._insert_with_rows(inquiry, prepared, digests)

    def insert_all(self, **fields) -> "Inquiry":
        """Every row that comes with a request. Call it in a transaction."""
        inquiry = self.model(**fields)
        inquiry.derive()
        return self._insert_with_rows(inquiry, statement(inquiry), digests_of(inquiry))

    def _insert_with_rows(
        self, inquiry: "Inquiry", prepared: Statement, digests: list[Digest]
    ) -> "Inquiry":
        def rows(key: int | Sql) -> list[Statement]:
            others = (first_activities(inquiry, key), *first_notices(inquiry, key))
            return [*others, insertion(key, digests)]

        with KeyInUse.objects.record_once():
            insert(inquiry, prepared, rows)
        return inquiry


def fingerprint(form_id: str, answers: dict) -> str:
    """The same for the same form and answers. ``form_id`` is random and kept nowhere else."""
    content = json.dumps(answers, sort_keys=True).encode()
    return hmac.new(form_id.encode(), content, hashlib.sha256).hexdigest()
