"""The keys that a schema has: their types, labels and what to type."""

import re
from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kapsite.content_files.validation import PARAGRAPH, check_plain

NONE = type(None)
LABELS = ("Name", "Value")
SPELLED = {"kap": "KAP", "off-label": "Off-label"}


@dataclass(frozen=True)
class Spec:
    """A key of a file. ``kind`` is its type, without ``| None`` and what validates it."""

    name: str
    kind: Any
    label: str = ""
    help: str = ""
    default: Any = None
    is_required: bool = False
    is_long: bool = False
    is_one_line: bool = True
    labels: Any = LABELS  # of the two columns of a dict
    keys: Any = ()  # what can stand in the first; () if anything can
    words: Any = field(default_factory=dict)  # for choices that need more than their name

    @property
    def item(self) -> Any:
        """What a list has many of."""
        return unwrapped(get_args(self.kind)[0])[0]

    @property
    def has_ends(self) -> bool:
        """Whether it is from one number to another."""
        return get_origin(self.kind) is tuple and get_args(self.kind)[1:] != (Ellipsis,)

    def in_words(self, choice: str) -> str:
        return self.words.get(choice) or words_of(choice)


def unwrapped(annotation: Any) -> tuple[Any, list]:
    """The type that is meant, and everything that is noted about it."""
    notes: list[Any] = []
    while True:
        if get_origin(annotation) is Annotated:
            notes += annotation.__metadata__
            annotation = annotation.__origin__
        elif get_origin(annotation) in (Union, UnionType):
            annotation = next(each for each in get_args(annotation) if each is not NONE)
        else:
            return annotation, notes


def specs_of(kind: Any) -> list[Spec]:
    """The keys of a model, or of a dict with known ones, such as the days of the week; else []."""
    if is_model(kind):
        return [spec_of(info.alias or name, info) for name, info in kind.model_fields.items()]
    if get_origin(kind) is dict:
        key, value = (unwrapped(each)[0] for each in get_args(kind))
        if is_choice(key):
            return [Spec(name, value, words_of(name)) for name in get_args(key)]
    return []


def spec_of(name: str, info: FieldInfo) -> Spec:
    kind, notes = unwrapped(info.annotation)
    notes += info.metadata
    is_long = PARAGRAPH in notes
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    is_plain = any(getattr(note, "func", None) is check_plain for note in notes)
    return Spec(
        name,
        kind,
        info.title or words_of(name),
        info.description or "",
        None if info.is_required() else info.default,
        info.is_required(),
        is_long,
        not is_long or is_plain,
        extra.get("labels", LABELS),
        extra.get("keys", ()),
        extra.get("words", {}),
    )


def is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal


def words_of(name: str) -> str:
    return SPELLED.get(name) or re.sub("[_-]", " ", name).capitalize()
