"""What the feature cannot work without."""

from django import db
from django.conf import settings
from django.core.checks import Error, Warning, register

from kapsite.clinic.facts import known_clinic
from kapsite.clinic.opening_hours import ADD_HOURS, NO_HOURS
from kapsite.content_files.problems import ContentError, Problem
from kapsite.encryption.keyring import UnknownKey, Unreadable
from kapsite.inquiries.desk.scripts.file import scripts_file
from kapsite.inquiries.models.key_in_use import KeyInUse
from kapsite.inquiries.triage.danger import danger_words
from kapsite.inquiries.triage.spam_words import spam_words

from .models import Inquiry


@register("keys")
def check_keys(app_configs, databases=None, **kwargs):
    """inquiries.E001: some key in FIELD_KEYS opens the newest request, while no key is recorded.
    inquiries.E003: FIELD_KEYS has every key that encrypted rows of this database.

    Checked only with ``--database``, as when the site starts. A database that is away, or has no
    tables yet, is no reason not to start: pages are served without it.
    """
    if not databases:
        return []
    try:
        if missing := KeyInUse.objects.missing():
            return [Error(missing_keys(missing), hint=MISSING_KEYS_HINT, id="inquiries.E003")]
        if KeyInUse.objects.exists():
            return []
        if newest := Inquiry.objects.only("name").order_by("pk").last():
            _ = newest.name  # reading it decrypts it
    except UnknownKey:
        message = "FIELD_KEYS: no key opens the newest request in the database."
        return [Error(message, hint=PUT_KEYS_BACK, id="inquiries.E001")]
    except (db.Error, Unreadable):  # Unreadable: one damaged value must not stop the site
        return []
    return []


PUT_KEYS_BACK = (
    "Put back the FIELD_KEYS that this database was written with. Several keys are separated by "
    "commas; the first encrypts, all decrypt."
)
MISSING_KEYS_HINT = (
    f"{PUT_KEYS_BACK} To stop using a key, keep it behind the new one and run "
    "manage.py rotate_keys; when it succeeds, the old key can be removed."
)


def missing_keys(missing: list[KeyInUse]) -> str:
    return "FIELD_KEYS lacks a key that encrypted rows in the database: " + "; ".join(
        map(str, missing)
    )


@register("inquiries", deploy=True)
def check_staff_are_notified(app_configs, **kwargs):
    """inquiries.W001: someone is notified of new requests."""
    if settings.NOTIFY_EMAILS:
        return []
    hint = "Set NOTIFY_EMAILS to one or more addresses, separated by commas, and EMAIL_URL."
    return [Warning("No one is notified of new requests.", hint=hint, id="inquiries.W001")]


@register("inquiries", deploy=True)
def check_hours_are_known(app_configs, **kwargs):
    """inquiries.W002: deadlines count by the clinic's own hours."""
    clinic = known_clinic()  # a broken file is reported as pages.E001
    if not clinic or clinic.hours:
        return []
    return [Warning(NO_HOURS, hint=ADD_HOURS, id="inquiries.W002")]


@register("content", deploy=True)
def check_word_lists(app_configs, **kwargs):
    """inquiries.E002: the words of danger and of spam, and what staff say, can be read."""
    problems: list[Problem] = []
    for watched in (danger_words, spam_words, scripts_file):
        try:
            watched.read_new(settings.CONTENT_DIR / watched.name)
        except ContentError as error:
            problems += error.problems
    return [Error(str(problem), hint=problem.fix, id="inquiries.E002") for problem in problems]
