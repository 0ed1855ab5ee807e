"""The sources that a form can cite, those of drafts too."""

import re
from collections.abc import Mapping

from django.utils.http import urlencode

from kapsite.editor.models import ContentVersion
from kapsite.editor.view_base import open_file
from kapsite.editor.writing.drafts_ahead import texts_of

from .fields.group_lists import GroupList
from .fields.groups import Group, fields_in
from .fields.source_inputs import SourceField
from .files.data_files import FILES, SOURCES
from .files.file_parts import DataFile
from .words.field_names import address


def known_sources() -> dict[str, str]:
    """Their titles, by their short names."""
    parsed = FILES[SOURCES].read(open_file(SOURCES).text)
    return dict(FILES[SOURCES].parts(parsed.data)) if parsed else {}


def offer_sources(form: Group | GroupList) -> None:
    """To the fields of ``form`` that cite some."""
    fields = [each.field for each in fields_in(form) if isinstance(each.field, SourceField)]
    known = known_sources() if fields else {}
    for field in fields:
        field.widget.known = known


def known_by(form: Group | GroupList) -> Mapping[str, str]:
    """The titles of the sources that were offered to ``form``; none if it cites none."""
    fields = (each.field for each in fields_in(form))
    return next((each.known for each in fields if isinstance(each, SourceField)), {})


def free_source() -> str:
    """The short name of the next new source: none that a draft cites already."""
    drafts = texts_of(ContentVersion.objects.open_drafts())
    cited = {name for text in drafts.values() for name in re.findall(r"\bS\d+\b", text)}
    taken = set(known_sources())
    while (name := FILES[SOURCES].free_name(taken)) in cited:
        taken.add(name)
    return name


def new_source(name: str, cited_in: DataFile) -> str:
    """Where its form is, which leads back to the one that cites it."""
    return f"{address(FILES[SOURCES], name)}&{urlencode({'back': cited_in.name})}"
