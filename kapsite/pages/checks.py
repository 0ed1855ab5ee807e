"""All of the content, checked: for the commands, and as Django's check pages.E001."""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.checks import Error

from kapsite.content_files.problems import Problem, errors_among
from kapsite.pages.check.site_rules import problems_of
from kapsite.pages.load.site import read_site


def check_content(content_dir: Path, today: date) -> list[Problem]:
    """Every problem of every file, sorted by file and line."""
    return problems_of(read_site(content_dir), today)


def check_content_files(app_configs, **kwargs):
    """pages.E001: the content can be published."""
    errors = errors_among(check_content(settings.CONTENT_DIR, date.today()))
    return [Error(str(problem), hint=problem.fix, id="pages.E001") for problem in errors]
