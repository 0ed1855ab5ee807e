"""The empty form, rendered once for everybody when the site is published."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

from kapsite.clinic.facts import Clinic

from .forms import InquiryForm


def blank_form(clinic: Clinic, token_field: str, context: Mapping[str, Any]) -> str:
    """The page with ``token_field`` in the place of the hidden field.

    ``context`` has what every page shows: menus and notices.
    """
    form = InquiryForm(clinic)
    form.token_field = token_field
    return render_to_string("inquiries/new.html", {"form": form, "clinic": clinic, **context})
