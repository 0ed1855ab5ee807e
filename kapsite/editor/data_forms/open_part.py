"""One part of a data file in the browser: its form, and what stands beside that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from kapsite.content_files.yaml_reader import Parsed
from kapsite.editor.models import ContentVersion
from kapsite.editor.writing.drafts import Editing
from kapsite.editor.writing.drafts_ahead import check_with_drafts
from kapsite.editor.writing.previews.aside import aside

from .fields.group_lists import GroupList, Posted
from .fields.groups import Group
from .files.file_parts import DataFile
from .known_sources import offer_sources
from .placed_problems import listed, placed
from .used_by import used_by
from .words.field_names import FieldNames
from .words.part_names import part_name

if TYPE_CHECKING:
    from .data_check import CheckedData


@dataclass(frozen=True)
class OpenPart:
    """``part`` of ``file``, which is "" where one form has everything. ``parsed`` is the file with
    its draft, or with what is typed.
    """

    file: DataFile
    editing: Editing
    parsed: Parsed
    part: str

    @property
    def has_form(self) -> bool:
        """Whether there is such a part: of a dict, also an entry that is to be added."""
        if self.file.is_dict:
            data = self.parsed.data
            return self.part in data or not self.file.problem_with_name(self.part, data)
        return not self.file.has_parts or self.file.section(self.part) is not None

    @property
    def title(self) -> str:
        if self.file.is_chart:
            title = self.parsed.data.get("title")
            return title if isinstance(title, str) and title else "New chart"
        return part_name(self.file, self.part)

    @property
    def is_new(self) -> bool:
        """Whether nothing of it was ever saved."""
        return not (self.raw and self.editing.text)

    @property
    def raw(self) -> Any:
        return self.file.raw(self.parsed.data, self.part)

    def form(self, posted: Posted = None) -> Group | GroupList:
        form = self.file.form(self.parsed.data, self.part, posted)
        offer_sources(form)
        return form

    def text_with(self, values: Any) -> str:
        """The text of the file with ``values`` for this part; without it if they are None."""
        return self.file.with_part(self.parsed, self.part, values)

    def is_unchanged_since(self, began_with: str) -> bool:
        """Whether this part is still as it was when its form was opened. Others may differ."""
        began = ContentVersion.objects.numbered(began_with)
        if began is None:
            return False
        before = self.file.read(began.text_of(self.file.name) or self.parsed.text)
        return before is not None and self.file.raw(before.data, self.part) == self.raw


def beside(
    opened: OpenPart, text: str, form: Group | GroupList, *, typing: str = "", is_new: bool = False
) -> dict[str, Any]:
    """What stands beside the form of ``text``; errors are shown in it too.

    ``typing`` is the id of the field that has the focus. Until something ``is_new`` is saved, what
    is empty is only listed.
    """
    file = opened.file
    checked = check_data(opened.editing, text)
    problems = checked.problems if text else []  # nothing is wrong before it is begun
    names = FieldNames.of(file.name, checked.site, here=file.name, part=opened.part)
    here, elsewhere = placed(problems, file, opened.part, opened.parsed, form, names)
    return listed(here, typing, is_new=is_new) | {
        "elsewhere": elsewhere,
        "file": file,
        "picture": aside(checked.picture, file.name) if file.is_chart else "",
        "uses": used_by(checked.site, file, opened.part),
        "pages": checked.pages if file.is_chart and opened.editing.text else [],
        "chart": PurePath(file.name).stem,
    }


def check_data(editing: Editing, text: str) -> CheckedData:
    from . import data_check  # large: only editors need it

    return check_with_drafts(editing, text, data_check.check)
