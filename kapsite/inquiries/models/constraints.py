"""Constraints that several models have."""

from django.db import models
from django.db.models import Q


def one_of(choices, field: str, name: str, or_empty=False) -> models.CheckConstraint:
    values = [*choices.values, ""] if or_empty else choices.values
    return models.CheckConstraint(condition=Q(**{f"{field}__in": sorted(values)}), name=name)
