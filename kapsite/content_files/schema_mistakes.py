"""What a schema finds wrong with a value, explained in plain words."""

import re
from typing import Any

from pydantic import TypeAdapter

from .problems import count, did_you_mean
from .yaml_mistakes import QUOTE_IT
from .yaml_reader import Place

Words = tuple[str, ...]  # what is wrong, and the fix; in a form, too, if that differs
IN_FORM = "Fill it in."
EMPTY = '"{key}" is empty.', "Write a value after `{key}:`, or remove the line.", IN_FORM
EACH_ENTRY = "Write each entry on its own line: `- …`."
WHOLE, DIGITS = "Write it in digits, like 10.", "Write it in digits, like 8.5."
INDENTED = "Write its keys on the next lines, indented by two spaces."
MISTAKES: dict[str, Words] = {  # by pydantic's type of error, with what its context has
    "missing": ('"{key}" is missing.', "Add a line `{key}: …`.", IN_FORM),
    "too_short": ('"{key}" should be a list with something in it.', EACH_ENTRY, IN_FORM),
    "string_too_short": ('"{key}" has {length}.', "Write at least {min_length}."),
    "string_too_long": ('"{key}" has {length}.', "Shorten it to {max_length}."),
    "greater_than_equal": ('"{key}" is {value}.', "Write {ge} or more."),
    "less_than_equal": ('"{key}" is {value}.', "Write {le} or less."),
    "greater_than": ('"{key}" is {value}.', "Write more than {gt}."),
    "string_type": ('"{key}" should be text.', QUOTE_IT),
    "int_parsing": ('"{key}" should be a whole number.', WHOLE),
    "int_type": ('"{key}" should be a whole number.', WHOLE),
    "float_parsing": ('"{key}" should be a number.', DIGITS),
    "float_type": ('"{key}" should be a number.', DIGITS),
    "bool_parsing": ('"{key}" should be yes or no.', "Write yes or no."),
    "date_type": ('"{key}" should be a date.', "Write year, month and day like 2026-11-22."),
    "tuple_type": (
        '"{key}" should be a list.', "Write each entry on its own line, beginning with `- `."
    ),
    "model_type": ('"{key}" should be a group of keys.', INDENTED),
    "dict_type": ('"{key}" should be a group of keys.', INDENTED),
}  # fmt: skip
UNKNOWN = '"{key}" should be something else.', "See docs/editing.md."


def in_plain_words(error: Any, path: Place, adapter: TypeAdapter) -> Words:
    """What is wrong with the value at ``path``, by the error of pydantic."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if kind == "wrong":
        message = f"{key}: {context['message']}" if key else context["message"]
        return message, context["fix"], context["in_form"]
    if kind == "extra_forbidden":
        return f'"{key}" isn\'t a known key.', did_you_mean(key, known_keys(adapter, path[:-1]))
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        fix = did_you_mean(str(value), choices)
        return f'{key}: "{value}" isn\'t valid.', fix, "Choose one of the list."
    if kind == "missing" and isinstance(path[-1], int):
        return f'"{key}" has too few values: {path[-1]}.', "Write each on its own line."
    words = EMPTY if value in (None, "") else MISTAKES.get(kind, UNKNOWN)
    length = count(len(value), "character") if isinstance(value, str) else ""
    return tuple(each.format(key=key, value=value, length=length, **context) for each in words)


def known_keys(adapter: TypeAdapter, path: Place) -> list[str]:
    """The keys that the schema knows at ``path``."""
    schema = adapter.json_schema()
    definitions = schema.get("$defs", {})

    def resolve(part: dict) -> dict:
        if "anyOf" in part:
            part = next((o for o in part["anyOf"] if o.get("type") != "null"), part)
        return definitions[part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part

    here = resolve(schema)
    for step in path:
        inner = here.get("items") if isinstance(step, int) else here.get("properties", {}).get(step)
        here = resolve(inner or here.get("additionalProperties") or {})
    return list(here.get("properties", {}))
