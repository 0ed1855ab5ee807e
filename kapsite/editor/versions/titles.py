"""What editors call the files of the content folder."""

import re
from collections.abc import Iterable

import yaml

from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.editor.models import Blob, ContentVersion

TITLE = re.compile(rb"^title:(.*)$", re.MULTILINE)
OTHERS = {
    "signoffs.yaml": "Sign-offs",
    "claims.yaml": "Words of claims",
    "wording.yaml": "Words to avoid",
    "must_say.yaml": "Required facts",
    "danger_words.yaml": "Danger words",
    "spam_words.yaml": "Spam words",
    "desk/scripts.yaml": "What staff say",
}


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


def called(name: str, text: str) -> str:
    """The same of a file with this text."""
    return label_of(name) or title_in(text.encode()) or fallback(name)


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


def in_short(version: ContentVersion) -> str:
    """What ``version`` changed: a few titles, and how many more there are."""
    names = list(version.changes)
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(titles_of(version, names[:3]).values()) + more
