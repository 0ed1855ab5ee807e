"""Rules for charts and the pages that show them: one small function for each."""

from collections.abc import Iterator
from datetime import date

from kapsite.content_files.problems import Problem
from kapsite.pages.load.site import Site
from kapsite.pages.syntax.chart_schema import Grades


def every_chart_is_used(site: Site, today: date) -> Iterator[Problem]:
    if not site.is_complete:
        return
    used = {name for draft in site.drafts for name in draft.rendered.charts}
    for name in sorted(site.data.charts.keys() - used):
        fix = f'Show it with ::: chart id="{name}" and a line :::, or remove the file.'
        file = f"charts/{name}.yaml"
        yield site.problem(file, (), "No page shows this chart.", fix, "warning")


def overviews_agree_with_badges(site: Site, today: date) -> Iterator[Problem]:
    """A chart of all conditions repeats the badges in their sections."""
    for draft in site.drafts:
        for name in sorted(draft.rendered.charts):
            chart = site.data.charts[name]
            for index, condition in enumerate(chart.groups if isinstance(chart, Grades) else ()):
                badges = draft.rendered.grades.get(condition.link.removeprefix("#"))
                if badges is not None and badges != condition.grades:
                    file, label = f"charts/{name}.yaml", condition.label
                    message = f'The grades of "{label}" differ from the badges in {draft.file}.'
                    fix = "Change the ones that are wrong."
                    yield site.problem(file, ("groups", index), message, fix)


CHART_RULES = (every_chart_is_used, overviews_agree_with_badges)
