"""What keeps a change from being published, in the words of the forms: before it is, or after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings

from kapsite.clinic import days
from kapsite.content_files.problems import Problem, errors_among
from kapsite.editor.data_forms.words.field_names import bare
from kapsite.editor.models import Blob, ContentVersion, Publication
from kapsite.editor.versions.titles import titles_of
from kapsite.editor.writing.drafts import Editing, with_unix_lines
from kapsite.editor.writing.errors_listed import ListedError, listed
from kapsite.editor.writing.previews.aside import aside, site_aside

if TYPE_CHECKING:
    from kapsite.pages.load.site import Site

MOST = 20  # errors that are kept of one publication


class Refusal(NamedTuple):
    """What is wrong with a file, by its title."""

    title: str
    errors: list[ListedError]


def refusals(
    current: ContentVersion, texts: Mapping[str, str | None], images: Mapping[str, str | None]
) -> list[Refusal]:
    """What publishing would find, if these were the files; None is one to remove."""
    contents: dict[str, bytes | None] = {
        name: None if text is None else with_unix_lines(text) for name, text in texts.items()
    }
    contents |= {
        name: Blob.objects.read(sha256) if sha256 else None for name, sha256 in images.items()
    }
    site, errors = aside(checked, contents)
    return in_words(current, site, errors, texts)


def checked(contents: Mapping[str, bytes | None]) -> tuple[Site, list[Problem]]:
    """The whole site with these files, as publishing reads and checks it."""
    from kapsite.editor.writing.previews.overlay import overlaid  # here: large, for editors only
    from kapsite.pages.load.site import read_site
    from kapsite.pages.publish.making.preflight import preflight

    with overlaid(settings.CONTENT_DIR, contents, "*") as folder:
        site = read_site(folder)
        return site, errors_among(preflight(site, settings.PUBLISHED_DIR, days.today()))


def in_words(
    current: ContentVersion,
    site: Site,
    errors: Iterable[Problem],
    texts: Mapping[str, str | None],
) -> list[Refusal]:
    by_file = {file: [*found] for file, found in groupby(errors, lambda each: bare(each.file))}
    titles = titles_of(current, by_file)
    return [
        Refusal(
            titles[file],
            list(listed(Editing(current, None, file), texts.get(file), site, found)),
        )
        for file, found in by_file.items()
    ]


def as_stored(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as a publication stores them."""
    return [asdict(each) for each in problems][:MOST]


def of_publication(failed: Publication, current: ContentVersion) -> list[Refusal]:
    """What the check found when it was published."""
    from kapsite.editor.writing.previews.overlay import with_texts

    errors = [Problem(**each | {"place": tuple(each["place"])}) for each in failed.errors]
    files = {bare(each.file) for each in errors} & failed.version.files.keys()
    texts = {
        name: failed.version.text_of(name) for name in files if name.endswith((".md", ".yaml"))
    }
    site = aside(with_texts, site_aside(current.pk), current.pk, texts)
    return in_words(current, site, errors, texts)
