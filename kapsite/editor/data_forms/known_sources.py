"""The sources that a form can cite, those of drafts too."""

from collections.abc import Mapping

from kapsite.editor.view_base import open_file

from .data_files import FILES, SOURCES
from .fields.group_lists import GroupList
from .fields.groups import Group, fields_in
from .fields.source_inputs import SourceField


def known_sources() -> dict[str, str]:
    """Their titles, by their short names."""
    parsed = FILES[SOURCES].read(open_file(SOURCES).text)
    return dict(FILES[SOURCES].parts(parsed.data)) if parsed else {}


def offer_sources(form: Group | GroupList) -> None:
    """To the fields of ``form`` that cite some."""
    fields = [each.field for each in fields_in(form) if isinstance(each.field, SourceField)]
    known = known_sources() if fields else {}
    for field in fields:
        field.know(known)


def known_by(form: Group | GroupList) -> Mapping[str, str]:
    """The titles of the sources that were offered to ``form``; none if it cites none."""
    fields = (each.field for each in fields_in(form))
    return next((each.known for each in fields if isinstance(each, SourceField)), {})


def free_source() -> str:
    """The short name of the next new source."""
    return FILES[SOURCES].free_name(known_sources())
