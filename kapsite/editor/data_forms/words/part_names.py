"""What parts of data files are called, and what a draft is a draft of."""

from kapsite.editor.data_forms.files.file_parts import DataFile
from kapsite.editor.writing.drafts import Editing

MOST_NAMED = 3


def part_name(file: DataFile, part: str) -> str:
    """Like "Sources to cite: S3"."""
    section = file.section(part)
    about = section.label if section else part
    return f"{file.label}: {about}" if about else file.label


def draft_of(file: DataFile, editing: Editing) -> str:
    """The parts that differ, like "S3 in Sources to cite", or the file."""
    if file.is_chart:
        return "this chart"
    before, now = map(file.read, (editing.current.text_of(file.name), editing.text))
    if before is None or now is None or not file.has_parts:
        return file.label
    both = dict(file.parts(before.data)) | dict(file.parts(now.data))
    changed = [
        about if file.sections else key
        for key, about in both.items()
        if file.raw(before.data, key) != file.raw(now.data, key)
    ]
    if not changed:
        return file.label
    named, more = changed[:MOST_NAMED], len(changed) - MOST_NAMED
    others = f" and {more} more" if more > 0 else ""
    return f"{', '.join(named)}{others} in {file.label}"
