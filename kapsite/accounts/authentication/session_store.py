"""Stores sessions so that nobody who reads the database or a backup of it can take one over.

The key in the cookie is not stored, only a digest of it. What the session holds is encrypted,
since that can be a secret too, such as the one of an app that is being set up; and it opens only
in its own row, so that copying it into another row makes nobody somebody else.
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
    """Nothing when SECRET_KEY has changed, or somebody has changed or moved ``stored``."""
    try:
        return json.loads(ring().decrypt(stored, PLACE.format(stored_key)))
    except Unreadable:
        return {}


def ring() -> Keyring:
    """Of SECRET_KEY and not of FIELD_KEYS: it may change at any time, and only signs people out."""
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
            self._session_key = None  # never one that somebody else has chosen
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
