"""A page whose front matter isn't complete yet, as a preview can show it all the same."""

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from kapsite.content_files.problems import Report
from kapsite.pages.load.page_file import Draft, PageFile
from kapsite.pages.load.site import Site, with_page
from kapsite.pages.syntax.page_schema import FrontMatter

TITLE = "The title is still missing"
DESCRIPTION = "The description of this page is still missing, so this sentence is here instead."


def with_stand_ins(site: Site, draft: Draft) -> tuple[Site, Draft]:
    """The same where ``draft`` has a title and a description, and no value with an error; as it is
    where its front matter can't be read at all."""
    document = draft.document
    if document.meta or document.parsed is None:
        return site, draft
    whole = replace(document, meta=completed(document.parsed.data))
    report = Report(draft.file)  # what is wrong was found before
    page = PageFile(draft.source, draft.file, draft.path, draft.modified, whole, report)
    return with_page(site, page)


def completed(data: dict[str, Any]) -> FrontMatter:
    values = {key: value for key, value in data.items() if value is not None}
    wrong = wrong_keys(values)
    kept = {key: value for key, value in values.items() if key not in wrong}
    return FrontMatter.model_validate({"title": TITLE, "description": DESCRIPTION} | kept)


def wrong_keys(values: dict[str, Any]) -> set[Any]:
    try:
        FrontMatter.model_validate(values)
    except ValidationError as errors:
        return {error["loc"][0] for error in errors.errors(include_url=False)}
    return set()
