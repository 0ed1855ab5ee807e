"""Addresses that pages had before: `redirect_from` in the front matter of the page there now.

Links and bookmarks outlive a page's name, so no published address may disappear without one.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from kapsite.content_files.problems import Problem
from kapsite.pages.load.site import OTHER_URLS, Site
from kapsite.pages.publish.serving.dated import is_page
from kapsite.pages.publish.serving.published_set import REDIRECTS, Reader, current_folder


def redirects_of(site: Site) -> dict[str, str]:
    """Old path -> new path."""
    drafts = [draft for draft in site.drafts if draft.meta]
    return {old: draft.path for draft in drafts for old in draft.meta.redirect_from}


def redirect_problems(site: Site, published_dir: Path) -> Iterator[Problem]:
    yield from clashes(site)
    if site.is_complete:  # a file that cannot be read is no page that was removed
        kept = {*site.paths, *redirects_of(site)}
        for path in sorted(published_paths(published_dir) - kept):
            name, back = file_behind(path)
            message = f"{path} is a published address and would lead nowhere."
            fix = (
                f"Put {back} back, or add `redirect_from: [{path}]` to the page that readers "
                "should see instead."
            )
            yield Problem(site.name(name), 1, message, fix)


def file_behind(path: str) -> tuple[str, str]:
    """The file that made the page, and what of it is missing."""
    if path == "/team/":  # makes itself while people.yaml has an entry
        return "people.yaml", "the people"
    name = f"{path.strip('/')}.md"
    return name, name


def clashes(site: Site) -> Iterator[Problem]:
    """Old addresses that belong to a page of today, or to two pages."""
    owners = dict.fromkeys(OTHER_URLS, "the site itself")
    owners |= {draft.path: draft.file for draft in site.drafts}
    for draft in site.drafts:
        for index, old in enumerate(draft.meta.redirect_from if draft.meta else ()):
            if old in owners:
                message = f"The address {old} belongs to {owners[old]}."
                yield draft.problem(("redirect_from", index), message, "Remove it here.")
            owners.setdefault(old, draft.file)


def published_paths(published_dir: Path) -> set[str]:
    """The addresses of pages in the set in use, and those that lead to them."""
    reader = Reader(current_folder(published_dir))
    manifest = reader.manifest()
    about = manifest["files"].get(REDIRECTS)
    content = reader.file(REDIRECTS, about) if about else None
    pages = set(filter(is_page, manifest["pages"]))
    return pages | json.loads(content or b"{}").keys()
