"""Which tables are kept, and in which order their rows can be written."""

from functools import cache
from graphlib import TopologicalSorter

from django.apps import apps
from django.db.models import Model

# Of use for minutes, or only to a thief; and the published pages, which publishing makes again.
LEFT_OUT = (
    "accounts.StaffSession",
    "accounts.CacheEntry",
    "inquiries.RecentSender",
    "inquiries.Undo",
    "inquiries.Heartbeat",
    "machines.SharedSet",
    "machines.SharedFile",
)


@cache
def all_models() -> list[type[Model]]:
    """Those that others point to come first."""
    models = apps.get_models(include_auto_created=True)
    order = TopologicalSorter({model: pointed_to(model) - {model} for model in models})
    return [model for model in order.static_order() if model._meta.managed]


def pointed_to(model: type[Model]) -> set[type[Model]]:
    fields = model._meta.concrete_fields
    return {field.related_model for field in fields if field.related_model}


def kept_models() -> list[type[Model]]:
    return [model for model in all_models() if model._meta.label not in LEFT_OUT]


def tables_left_out() -> list[str]:
    return [apps.get_model(label)._meta.db_table for label in LEFT_OUT]


def key_of(model: type[Model]) -> tuple[int, str]:
    """The place of the primary key among the columns, and its column."""
    fields = model._meta.concrete_fields
    place = next(place for place, field in enumerate(fields) if field.primary_key)
    return place, str(fields[place].column)
