import base64

from django import template
from django.contrib.auth.models import User
from django.utils.crypto import salted_hmac

from kapsite.accounts.pages import page_of

register = template.Library()
register.simple_tag(page_of)


@register.simple_tag
def draft_key(user: User) -> str:
    """With which this person's browser encrypts drafts: nobody else's page has it, and it is a
    new one after a change of password. On a shared computer a draft is of no use to others."""
    secret = f"{user.pk}:{user.password}"
    key = salted_hmac("kapsite.accounts.drafts", secret, algorithm="sha256").digest()
    return base64.b64encode(key).decode()
