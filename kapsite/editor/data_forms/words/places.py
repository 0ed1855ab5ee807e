"""What stands at a place in a file, by its schema."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from kapsite.content_files.yaml_reader import Place
from kapsite.editor.data_forms.fields.keys import Spec, is_model, specs_of, unwrapped
from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.pages.syntax.chart_schema import KINDS
from kapsite.pages.syntax.page_schema import FrontMatter


def found_at(file: str, key: str, place: Place, part: str) -> tuple[Spec | None, Place]:
    """What ``key`` means at ``place`` of a file: there, or else further out."""
    data = data_file(file)
    place = place or ((part,) if data and data.is_dict else ())
    for length in range(len(place), -1, -1):
        for at in ((*place[:length], key), (*place[:length], 0, key)):
            specs = specs_to_field(file, at)
            if len(specs) == len(at) and specs[-1].name:
                return specs[-1], at
    return None, place


def specs_to_field(file: str, place: Place) -> list[Spec]:
    """What each step to the field with the value at ``place`` leads to: one field has all lines of
    a list. [] if the schema of the file doesn't have them.
    """
    trails = (list(trail(kind, place)) for kind in schemas(file))
    specs = next((found for found in trails if len(found) == len(place)), [])
    while specs and not specs[-1].name and not is_model(unwrapped(specs[-1].kind)[0]):
        specs.pop()
    return specs


def schemas(file: str) -> list[Any]:
    """Those that the file can have: of a chart, that of each kind."""
    data = data_file(file)
    if data is None:
        return [FrontMatter]
    return list(dict.fromkeys(KINDS.values())) if data.is_chart else [data.schema]


def trail(kind: Any, place: Place) -> Iterator[Spec]:
    """What each step of ``place`` leads to in a schema, as far as it has them. For an entry of a
    list, or one with a name of an editor's own, the spec has no name.
    """
    for step in place:
        kind, spec = unwrapped(kind)[0], None
        if specs := specs_of(kind):
            spec = next((each for each in specs if each.name == step), None)
        elif get_origin(kind) is dict:
            spec = Spec("", get_args(kind)[1], str(step))
        elif get_origin(kind) is tuple and isinstance(step, int):
            spec = Spec("", get_args(kind)[0], f"{step + 1}")
        if spec is None:
            return
        yield spec
        kind = spec.kind
