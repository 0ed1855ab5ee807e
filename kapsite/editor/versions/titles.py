"""What editors call the files of the content folder."""

import re
from collections.abc import Iterable

import yaml

from kapsite.editor.data_forms.data_files import data_file
from kapsite.editor.models import Blob, ContentVersion

TITLE = re.compile(rb"^title:(.*)$", re.MULTILINE)
OTHERS = {"signoffs.yaml": "Sign-offs", "claims.yaml": "Words of claims", "wording.yaml": "Wording"}


def titles_of(version: ContentVersion, names: Iterable[str]) -> dict[str, str]:
    """The title of each page and chart, the label of other data, or the name of a file that has
    neither. What ``version`` removed is called as it was before."""
    found = {name: label_of(name) for name in names}
    blobs = {
        name: blob
        for name, label in found.items()
        if not label and (blob := blob_of(version, name))
    }
    contents = Blob.objects.in_bulk(set(blobs.values()))
    for name, blob in blobs.items():
        found[name] = title_in(bytes(contents[blob].content))
    return {name: title or fallback(name) for name, title in found.items()}


def title_of(draft: ContentVersion) -> str:
    """Of the file that is drafted."""
    return titles_of(draft, [draft.file])[draft.file]


def blob_of(version: ContentVersion, name: str) -> str | None:
    if not name.endswith((".md", ".yaml")):
        return None
    before = version.parent.files if version.parent else {}
    return version.files.get(name) or before.get(name)


def label_of(name: str) -> str:
    file = data_file(name)
    return OTHERS.get(name, "") if file is None or file.is_chart else file.label


def fallback(name: str) -> str:
    file = data_file(name)
    return file.label if file else name


def title_in(content: bytes) -> str:
    match = TITLE.search(content)
    words = match[1].strip().decode(errors="replace") if match else ""
    try:
        return str(yaml.safe_load(words) or "") if words[:1] in ("'", '"') else words
    except yaml.YAMLError:
        return words


def in_short(titles: Iterable[str]) -> str:
    """A few of them, and how many more there are."""
    few = [*titles]
    more = f" and {len(few) - 3} more" if len(few) > 3 else ""
    return ", ".join(few[:3]) + more
