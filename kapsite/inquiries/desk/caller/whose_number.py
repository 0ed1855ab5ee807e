"""Keeps the number of a service from being stored as that of a person."""

from django.core.exceptions import ValidationError

from kapsite.clinic.facts import get_clinic
from kapsite.text.phone_numbers import base_of, phone_numbers


def validate_owner(phone: str) -> None:
    """Raises ValidationError if ``phone`` names the clinic's own number or a crisis line."""
    services = get_clinic().numbers_of_services
    for number in map(base_of, phone_numbers(phone)):
        if name := services.get(number):
            raise ValidationError(f"That’s the number of {name}. Enter the person’s own number")
