"""Re-encrypts the secrets of second factors with the first of FIELD_KEYS."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from kapsite.encryption import keyring

from .adapter import SECRETS


def rewrite_secrets(unreadable: list[str]) -> int:
    """Returns the number of re-encrypted rows; adds what no key can decrypt to ``unreadable``."""
    rows = 0
    for key in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=key).first()
            rows += bool(row and _rewrite(row, unreadable))
    return rows


def _rewrite(row: Authenticator, unreadable: list[str]) -> bool:
    ring, rewritten = keyring.keyring(), {}
    for name in ("secret", "seed"):  # of an app, and of recovery codes; a passkey has none
        stored = row.data.get(name)
        if stored and not stored.startswith(f"{ring.current}:"):
            try:
                rewritten[name] = ring.encrypt(ring.decrypt(stored, SECRETS), SECRETS)
            except keyring.Unreadable as error:
                unreadable.append(f"Row {row.pk}: {error}")
    row.data |= rewritten
    if rewritten:
        row.save(update_fields=["data"])
    return bool(rewritten)


keyring.kept_elsewhere["secrets of second factors"] = rewrite_secrets
