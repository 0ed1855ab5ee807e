"""What a chart about a treatment can't do without, while the rest of it isn't there yet."""

from collections.abc import Iterator
from typing import Any, get_args

from kapsite.editor.data_forms.fields.keys import unwrapped
from kapsite.pages.syntax.chart_reader import Found, missing_from
from kapsite.pages.syntax.chart_schema import KINDS, Grades

FEWEST = 2  # groups, to compare them


def still_needed(data: Any) -> Iterator[Found]:
    """Of a chart that its schema doesn't accept yet; of a new one, its first groups too."""
    kind = KINDS.get(str(data.get("kind"))) if isinstance(data, dict) else None
    if kind is None or issubclass(kind, Grades):
        return
    group = unwrapped(get_args(unwrapped(kind.model_fields["groups"].annotation)[0])[0])[0]
    given = data.get("groups")
    groups = list(given) if isinstance(given, list) else []
    groups += [{}] * (0 if data.get("no_comparison") and groups else FEWEST - len(groups))
    made = [as_typed(group, each, label=str(at)) for at, each in enumerate(groups, 1)]
    yield from missing_from(as_typed(kind, {**data, "groups": made}, about="other"))


def as_typed(model: Any, data: Any, **others: str) -> Any:
    """Unchecked, with ``others`` for what may be missing."""
    known = {key: data[key] for key in model.model_fields if isinstance(data, dict) and key in data}
    return model.model_construct(**others | known)
