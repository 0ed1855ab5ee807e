"""With whom an appointment can be: the names that the clinic publishes, or else its accounts."""

from django.contrib.auth import get_user_model

from kapsite.clinic.people import evaluators
from kapsite.inquiries.desk.page_parts.formatting import person

ROLE = "Clinician"


def clinicians() -> list[str]:
    """Names for a list to select from; [] where the clinic names nobody, and nobody is asked."""
    return evaluators() or with_an_account()


def with_an_account() -> list[str]:
    able = get_user_model().objects.filter(is_active=True, is_staff=True, groups__name=ROLE)
    return list(dict.fromkeys(person(user) for user in able.order_by("first_name", "username")))
