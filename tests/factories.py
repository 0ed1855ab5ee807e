"""Saved rows that satisfy every constraint, and what an honest browser sends."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.http import QueryDict

from kapsite.accounts.authentication import sessions
from kapsite.accounts.authentication.session_store import SessionStore
from kapsite.accounts.roles import ROLES
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake import tokens
from kapsite.inquiries.intake.forms import InquiryForm
from kapsite.inquiries.models import Inquiry, SearchDigest


def make_inquiry(**overrides):
    answers = {
        "name": "Ada",
        "for_whom": "me",
        "contact_by": "call",
        "phone": "(425) 555-0142",
        "voicemail": "no",
        "consent_version": "2026-11-22",
        "form_token": f"token {Inquiry.objects.count()}",
    }
    inquiry = Inquiry(**answers | overrides)
    inquiry.derive()
    inquiry.save()
    return inquiry


def make_searchable(**overrides):
    """With the digests by which staff find it."""
    inquiry = make_inquiry(**overrides)
    SearchDigest.objects.add_for(inquiry)
    return inquiry


def make_answers(**overrides):
    """A filled-in form; an answer of None is left out."""
    answers = {
        "token": tokens.form_token(get_clinic().consent.version),
        "name": "Ada",
        "for_whom": "me",
        "is_adult": "yes",
        "topics": ["depression", "anxiety"],
        "contact_by": "call",
        "phone": "(425) 555-0142",
        "voicemail": "no",
        "times": ["morning"],
        "message": "I have tried two medicines.",
        "consent": "on",
    }
    return {name: value for name, value in (answers | overrides).items() if value is not None}


def fill(**overrides):
    """The form as the server receives it; see make_answers."""
    data = QueryDict(mutable=True)
    for name, value in make_answers(**overrides).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return InquiryForm(get_clinic(), data)


def make_staff(role: str | None = "lead", username="ana", **fields) -> User:
    """A member of the staff, with one of accounts.roles.ROLES or with none."""
    user = User.objects.create_user(username, is_staff=True, **fields)
    if role:
        user.groups.add(Group.objects.get(name=ROLES[role].name))
    return user


def sign_in(client, user):
    """A session as after a sign-in with a second factor, which nothing records."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.update(sessions.fresh(factor=True))
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return user
