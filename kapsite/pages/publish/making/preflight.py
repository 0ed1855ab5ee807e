"""Everything that keeps a site from being published, and its warnings."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.conf import settings

from kapsite.content_files.problems import Problem, in_order
from kapsite.pages.check.rules.site_rules import problems_of
from kapsite.pages.load.site import Site

from .consents import consent_problems
from .images import image_problems
from .redirects import redirect_problems


def preflight(site: Site, published_dir: Path, today: date) -> list[Problem]:
    """Every problem, sorted by file and line."""
    problems = problems_of(site, today)
    problems += reserved_paths(site)
    problems += redirect_problems(site, published_dir)
    problems += image_problems(site, published_dir)
    return in_order([*problems, *consent_problems(site, published_dir)])


def reserved_paths(site: Site) -> Iterator[Problem]:
    """Pages that would hide staff pages or static files, since published pages are served first."""
    reserved = (f"/{settings.ADMIN_PATH}", settings.STATIC_URL, "/healthz/")
    for draft in site.drafts:
        if draft.path.startswith(reserved):
            message = f"The address {draft.path} belongs to another part of the site."
            yield draft.problem_at(1, message, "Give the file another name.")
