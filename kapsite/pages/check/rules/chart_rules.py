"""Rules for charts and the pages that show them: one small function for each."""

from collections.abc import Iterator
from datetime import date

from kapsite.content_files.problems import Problem
from kapsite.pages.language.evidence import compare, lacking, missing_figures
from kapsite.pages.load.site import Site
from kapsite.pages.syntax.chart_schema import Grades, Shares


def every_chart_is_used(site: Site, today: date) -> Iterator[Problem]:
    if not site.is_complete:
        return
    used = {name for draft in site.drafts for name in draft.rendered.charts}
    for name in sorted(site.data.charts.keys() - used):
        fix = f'Show it with ::: chart id="{name}" and a line :::, or remove the file.'
        file = f"charts/{name}.yaml"
        yield site.problem(file, (), "No page shows this chart.", fix, "warning")


def overviews_agree_with_badges(site: Site, today: date) -> Iterator[Problem]:
    """A chart of all conditions repeats the badges of their sections or pages."""
    drafts = {draft.path: draft for draft in site.drafts}
    for draft in site.drafts:
        for name in sorted(draft.rendered.charts):
            chart = site.data.charts[name]
            for index, condition in enumerate(chart.groups if isinstance(chart, Grades) else ()):
                path, _, section = condition.link.partition("#")
                there = drafts.get(path or draft.path)  # a link that leads nowhere has its own rule
                badges = there.rendered.grades.get(section) if there else None
                if there and badges is not None and badges != condition.grades:
                    file, label = f"charts/{name}.yaml", condition.label
                    message = f'The grades of "{label}" differ from the badges in {there.file}.'
                    fix = "Change the ones that are wrong."
                    key = min({key for key, _ in badges.items() ^ condition.grades.items()})
                    yield site.problem(file, ("groups", index, key), message, fix)


def figures_are_in_the_sources(site: Site, today: date) -> Iterator[Problem]:
    """Those of the groups, in the entries that the chart cites."""
    known = site.data.sources or {}
    for name, chart in site.data.charts.items():
        if not isinstance(chart, Shares):
            continue
        cited = [known[key] for key in chart.sources if key in known]
        for index, group in enumerate(chart.groups):
            figures = {"value": f"{group.value} in 100", "n": f"{group.n or 'some'} people"}
            for key, figure in figures.items():
                if cited and (missing := missing_figures([figure], cited)):
                    message = f'"{group.label}": {lacking(chart.sources, missing)}'
                    place, fix = ("groups", index, key), compare(chart.sources)
                    yield site.problem(f"charts/{name}.yaml", place, message, fix)


CHART_RULES = (every_chart_is_used, overviews_agree_with_badges, figures_are_in_the_sources)
