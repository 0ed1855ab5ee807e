"""Stores sessions so that nobody with a copy of the database can hijack one.

Only a digest of the cookie's key is stored. The content is encrypted, since it can hold secrets
too, such as that of an app being set up. It is bound to its row, so that copying it to another row
doesn't turn one user into another.
"""

import base64
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kapsite.encryption.keyring import Keyring, Unreadable

if TYPE_CHECKING:
    from kapsite.accounts.models import StaffSession

PLACE = "session {}"


def digest(key: str | None) -> str:
    """What stands for ``key`` in the database. No salt: a key is 165 random bits."""
    return hashlib.sha256((key or "").encode()).hexdigest()[:40]


def seal(content: dict[str, Any], stored_key: str) -> str:
    return ring().encrypt(json.dumps(content), PLACE.format(stored_key))


def unseal(stored: str, stored_key: str) -> dict[str, Any]:
    """Empty when SECRET_KEY has changed, or ``stored`` was altered or moved."""
    try:
        return json.loads(ring().decrypt(stored, PLACE.format(stored_key)))
    except Unreadable:
        return {}


def ring() -> Keyring:
    """From SECRET_KEY, not FIELD_KEYS: changing it only signs people out."""
    return _ring(settings.SECRET_KEY)


@lru_cache(maxsize=1)
def _ring(secret: str) -> Keyring:
    key = salted_hmac(
        "kapsite.accounts.authentication.session_store", "", secret, algorithm="sha256"
    ).digest()
    return Keyring([base64.urlsafe_b64encode(key).decode()])


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> type["StaffSession"]:
        from kapsite.accounts.models import StaffSession  # not before the apps are ready

        return StaffSession

    def load(self) -> dict[str, Any]:
        row = self.model.objects.filter(
            session_key=digest(self.session_key), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None  # never accept a key that the client chose
            return {}
        return row.get_decoded()

    def exists(self, session_key: str) -> bool:
        return super().exists(digest(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.session_key = digest(row.session_key)
        row.user_id = data.get(SESSION_KEY)  # type: ignore[attr-defined]
        return row

    def encode(self, session_dict: dict[str, Any]) -> str:
        return seal(session_dict, digest(self.session_key))

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(digest(key))
