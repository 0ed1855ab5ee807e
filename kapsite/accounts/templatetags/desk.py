import base64

from django import template
from django.contrib.auth.models import User
from django.utils.crypto import salted_hmac

from kapsite.accounts.pages import page_of

register = template.Library()
register.simple_tag(page_of)


@register.simple_tag
def draft_key(user: User) -> str:
    """The key with which this person's browser encrypts drafts. It changes with the password, and
    on a shared computer nobody else's page has it."""
    secret = f"{user.pk}:{user.password}"
    key = salted_hmac("kapsite.accounts.drafts", secret, algorithm="sha256").digest()
    return base64.b64encode(key).decode()
