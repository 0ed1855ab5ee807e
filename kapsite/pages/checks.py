"""Django's check pages.E001: the content can be published."""

from django.conf import settings
from django.core.checks import Error

from kapsite.clinic import days


def check_content_files(app_configs, **kwargs):
    # Here, since a web worker registers this check and never runs it.
    from kapsite.content_files.problems import errors_among
    from kapsite.pages.load.site import read_site
    from kapsite.pages.publish.making.preflight import preflight

    problems = preflight(read_site(settings.CONTENT_DIR), settings.PUBLISHED_DIR, days.today())
    return [
        Error(str(problem), hint=problem.fix, id="pages.E001") for problem in errors_among(problems)
    ]
