"""What must hold between charts and pages: one small function for each rule."""

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
        yield Problem(
            site.name(f"charts/{name}.yaml"),
            1,
            "No page shows this chart.",
            f'Show it with ::: chart id="{name}" and a line :::, or remove the file.',
            "warning",
        )


def overviews_agree_with_badges(site: Site, today: date) -> Iterator[Problem]:
    """A chart of all conditions says what the badges in their sections say."""
    for draft in site.drafts:
        for name in sorted(draft.rendered.charts):
            chart = site.data.charts[name]
            for index, condition in enumerate(chart.groups if isinstance(chart, Grades) else ()):
                badges = draft.rendered.grades.get(condition.link.removeprefix("#"))
                if badges is not None and badges != condition.grades:
                    file = f"charts/{name}.yaml"
                    yield Problem(
                        site.name(file),
                        site.data.lines[file].line(("groups", index)),
                        f'The grades of "{condition.label}" are not those of its badges in '
                        f"{draft.file}.",
                        "Change the ones that are wrong.",
                    )


CHART_RULES = (every_chart_is_used, overviews_agree_with_badges)
