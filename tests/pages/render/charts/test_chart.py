import re

import pytest

from kapsite.pages.render.charts import svg
from tests.html import Page
from tests.pages.conftest import TODAY
from tests.pages.samples import check_content, load_catalog, make_content, make_page

ICONS = """\
kind: icons
about: ketamine
title: More people got better with it
measure: People whose score fell
time: after a day
did: got better
did_not: did not
groups:
  - label: Placebo
    arm: comparison
    value: 9
    n: 60
  - label: Ketamine
    arm: treatment
    value: 30
    n: 62
    range: [13, 49]
sources: [S1]
badge: early
caption: It is not about sleep.
"""
BARS = """\
kind: bars
about: esketamine
title: More people got better with it
measure: People whose score fell
did: got better
did_not: did not
people: 40
groups:
  - {label: Pill, arm: comparison, value: 45, time: Day 2}
  - {label: Spray, arm: treatment, value: 59, time: Day 2}
sources: [S1, S2]
badge: strong
caption: It is not about KAP.
"""
RANGES = """\
kind: ranges
about: ketamine
title: Hours against weeks
measure: Time until a change
groups:
  - label: Ketamine
    arm: treatment
    from_hours: 1
    to_hours: 24
    words: up to a day
    sources: [S1]
  - {label: Pills, arm: comparison, from_hours: 168, to_hours: 1344, words: weeks, sources: [S2]}
badge: moderate
caption: It is not about KAP.
"""
GRADES = """\
kind: grades
title: Most is known of depression
measure: How sure we can be
groups:
  - {label: Depression, link: "#depression", esketamine: strong, ketamine: moderate, kap: early}
  - {label: Migraine, link: "#migraine", ketamine: not-enough}
caption: It does not say how large a benefit is.
"""
CONDITIONS = """\
## Depression

::: evidence esketamine="strong" ketamine="moderate" kap="early" sources="S1"
:::

## Migraine

::: evidence ketamine="not-enough" sources="S1"
:::
"""
SHOW = '::: chart id="sample"\n:::\n'


@pytest.fixture
def content(tmp_path):
    """A content folder with the chart ``sample`` and a page with this body."""

    def make(chart: str, body: str = SHOW, **more: str):
        folder = make_content(tmp_path, page=make_page(body))
        (folder / "charts").mkdir(exist_ok=True)
        for name, text in {"sample": chart, **more}.items():
            (folder / "charts" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def drawn(content):
    """The page with the chart, taken apart."""
    return lambda *args, **more: Page(load_catalog(content(*args, **more)).pages["/page/"].html)


@pytest.fixture
def problems(content):
    return lambda *args, **more: [str(p) for p in check_content(content(*args, **more), TODAY)]


every_chart_of_results = pytest.mark.parametrize("chart", [ICONS, BARS, RANGES])


# What readers get


@pytest.mark.parametrize("chart", [ICONS, BARS, RANGES, GRADES])
def test_a_chart_is_a_figure_named_by_its_finding(drawn, chart):
    page = drawn(chart, SHOW + CONDITIONS)
    [figure] = page.all("figure")
    [heading] = [element for element in page.having("id") if element["id"] == "chart-sample"]
    assert figure["aria-labelledby"] == heading["id"]
    assert heading.tag == "h2"
    assert f"title: {heading.words}\n" in chart


@pytest.mark.parametrize("chart", [ICONS, BARS, RANGES, GRADES])
def test_a_chart_ends_with_what_it_is_not(drawn, chart):
    page = drawn(chart, SHOW + CONDITIONS)
    [caption] = page.all("figcaption")
    [words] = re.findall("caption: (.*)", chart)
    assert caption.words.startswith(words)
    assert page.all("figure")[0].words.endswith(caption.words)


@pytest.mark.parametrize(("chart", "sources"), [(ICONS, 1), (BARS, 2), (RANGES, 2), (GRADES, 0)])
def test_a_chart_has_one_mark_for_all_its_sources_at_the_end_of_its_caption(drawn, chart, sources):
    page = drawn(chart, SHOW + CONDITIONS)
    marks = [each for each in page.all("details") if "figure" in each.inside]
    assert len(marks) == (sources > 0)
    assert all(mark.inside[-1] == "figcaption" for mark in marks)
    assert len([li for li in page.all("li") if "figcaption" in li.inside]) == sources


def test_the_finding_is_one_level_below_its_section_and_not_in_the_contents(content):
    page = load_catalog(content(ICONS, f"## One\n\n### Two\n\n{SHOW}")).pages["/page/"]
    assert '<h4 id="chart-sample">' in page.html
    assert [heading.id for heading in page.headings] == ["one", "two"]


@every_chart_of_results
def test_one_picture_speaks_for_the_chart_and_says_where_the_numbers_are(drawn, chart):
    page = drawn(chart)
    pictures = page.all("svg")
    assert len(pictures) > 1
    [named] = [picture for picture in pictures if picture["role"] == "img"]
    assert named["aria-label"] == "Chart. The numbers are in the table below."
    [figure] = page.all("figure")
    assert figure["aria-labelledby"] == page.all("h2")[0]["id"]
    others = [picture for picture in pictures if picture is not named]
    assert all(picture["aria-hidden"] == "true" for picture in others)


@every_chart_of_results
def test_a_chart_has_its_numbers_in_a_table_with_headings_for_rows_and_columns(drawn, chart):
    page = drawn(chart)
    [table] = page.all("table")
    assert "details" in table.inside
    assert page.all("caption")[0].words.startswith(page_measure(chart))
    assert {cell["scope"] for cell in page.all("th")} == {"col", "row"}


def page_measure(chart: str) -> str:
    return re.search(r"measure: (.*)", chart)[1]


def test_both_sides_of_each_figure_stand_beside_its_dots(drawn):
    words = drawn(ICONS).all("figure")[0].words
    assert "9 in 100 got better Placebo 60 people 91 did not" in words
    assert "30 in 100 got better Ketamine 62 people 70 did not" in words
    assert "Perhaps as few as 13, or as many as 49" in words


def test_the_table_gives_both_sides_the_range_and_the_people(drawn):
    page = drawn(ICONS)
    assert [cell.words for cell in page.all("th", "td")] == [
        "Group", "How many of 100 got better", "How many of 100 did not", "Range", "People",
        "Placebo", "9", "91", "", "60",
        "Ketamine", "30", "70", "13 to 49", "62",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [0, 1, 9, 10, 11, 27, 99, 100])
def test_a_figure_is_shown_as_so_many_filled_people_of_100(value):
    people = {"hollow": 0, "helped": 0}
    for use in Page(svg.people(value, are_drawn=True)).all("use"):
        people[use["class"]] += 10 if use["href"] == "#crowd_row" else 1
    assert people == {"helped": value, "hollow": 100 - value}


def test_people_are_drawn_once_on_a_page(drawn):
    page = drawn(ICONS)
    assert [each["id"] for each in page.all("g")] == ["crowd_person", "crowd_row"]
    assert {use["href"] for use in page.all("use")} == {"#crowd_person", "#crowd_row"}


def test_a_bar_stands_on_a_track_of_100(drawn):
    widths = [bar["width"] for bar in drawn(BARS).all("rect")]
    assert widths == ["100%", "45%", "100%", "59%"]


def test_a_heading_of_any_name_takes_nothing_from_a_chart(drawn, problems):
    names = ["Person", "Row", "Hatch", "Crowd person", "Chart sample", "Chart sample image"]
    body = "".join(f"## {name}\n\nText.\n\n" for name in names) + SHOW
    assert problems(ICONS, body) == []
    ids = [element["id"] for element in drawn(ICONS, body).having("id")]
    assert {"crowd_person", "crowd_row"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_what_is_compared_with_is_hatched_so_that_no_color_is_needed(drawn):
    page = drawn(BARS)
    assert [bar["fill"] for bar in page.all("rect") if bar["class"] == "comparison"] == [
        "url(#chart_hatch)"
    ]
    assert [bar["fill"] for bar in page.all("rect") if bar["class"] == "treatment"] == [None]


def test_the_hatching_is_made_once_on_a_page(drawn):
    body = '::: chart id="sample"\n:::\n\n::: chart id="other"\n:::\n'
    assert len(drawn(BARS, body, other=RANGES).all("pattern")) == 1


def test_spans_share_one_scale_from_zero(drawn):
    page = drawn(RANGES)
    bars = [bar for bar in page.all("rect") if bar["class"] in ("treatment", "comparison")]
    assert [(bar["x"], bar["width"]) for bar in bars] == [
        ("0.0744%", "1.711%"),
        ("12.5%", "87.5%"),
    ]
    assert [mark.words for mark in page.all("text")] == ["0", "2", "4", "6", "8"]
    assert "weeks" in [unit.words for unit in page.all("p") if unit["class"] == "unit"]


@every_chart_of_results
def test_a_chart_names_its_sources_and_how_sure_all_studies_let_us_be(content, chart):
    page = load_catalog(content(chart)).pages["/page/"]
    assert set(page.citations) == set(re.findall(r"S\d", chart))
    grade = re.search("badge: (.*)", chart)[1]
    assert f"\N{NO-BREAK SPACE}{grade}\N{NO-BREAK SPACE}evidence" in page.html


def test_a_chart_about_another_treatment_may_leave_its_studies_without_a_grade(drawn, problems):
    other = ICONS.replace("about: ketamine", "about: other").replace("badge: early\n", "")
    assert problems(other) == []
    assert [p.words for p in drawn(other).all("p") if p["class"] == "basis"] == [
        "122 people in all."
    ]


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        (ICONS, "122 people in all."),
        (BARS, "40 people in all."),
        (BARS.replace("people: 40", "people_unknown: Nobody told us."), "Nobody told us."),
        (BARS.replace("people: 40", "people: 40\nno_comparison: None."), "40 people in all. None."),
    ],
)
def test_a_chart_says_how_many_people_it_rests_on(drawn, chart, words):
    [basis] = [p.words for p in drawn(chart).all("p") if p["class"] == "basis"]
    assert basis.startswith(words)


def test_another_study_can_stand_beside_the_dots(drawn):
    other = "other_side: {title: The larger trial, text: It found nothing., sources: [S2]}\n"
    words = drawn(ICONS + other).all("figure")[0].words
    assert "The larger trial It found nothing.[2]" in words


def test_grades_are_a_table_of_words_and_bars_that_leads_to_each_condition(drawn):
    page = drawn(GRADES, SHOW + CONDITIONS)
    assert [cell.words for cell in page.all("th", "td")] == [
        "Condition", "Medicine alone", "With therapy (KAP)",
        "Depression", "Spravato Strong Ketamine Moderate", "Early",
        "Migraine", "Ketamine Not enough", "–",
    ]  # fmt: skip
    assert [a["href"] for a in page.all("a") if "th" in a.inside] == ["#depression", "#migraine"]
    bars = [bar["class"] for bar in page.all("span") if "table" in bar.inside]
    assert bars.count("bar filled") == 4 + 3 + 2


def test_words_of_a_chart_are_escaped(content):
    folder = content(ICONS.replace("Placebo", "R & D").replace("after a day", "< 1 day"))
    html = load_catalog(folder).pages["/page/"].html
    assert "<b>R &amp; D</b>" in html
    assert "&lt; 1 day" in html


@pytest.mark.parametrize("chart", [ICONS, BARS, RANGES, GRADES])
def test_a_chart_has_no_style_attribute_and_no_color_of_its_own(content, chart):
    html = load_catalog(content(chart, SHOW + CONDITIONS)).pages["/page/"].html
    assert "style" not in html
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', html)) <= {
        "none", "currentColor", "url(#chart_hatch)", "#fff",
    }  # fmt: skip # white is what lies under a dot when no style sheet is read


# What editors are told


@pytest.mark.parametrize(
    ("chart", "old", "new", "problem"),
    [
        (ICONS, "kind: icons", "kind: icon", "1: The kind of the chart isn't valid. Fix: Write"),
        (ICONS, "kind: icons\n", "", "1: The kind of the chart isn't valid."),
        (ICONS, "badge: early", "badge: weak", '19: badge: "weak" isn\'t valid.'),
        (ICONS, "badge: early\n", "", '1: "badge" is missing from a chart about ketamine.'),
        (RANGES, "badge: moderate\n", "", '1: "badge" is missing from a chart about ketamine.'),
        (ICONS, "did_not: d", "didnt: d", '1: "did_not" is missing.'),
        (ICONS, "caption: It is not about sleep.\n", "", '1: "caption" is missing.'),
        (
            ICONS,
            "[13, 49]",
            "[49, 13]",
            "17: range: The value 30 isn't in the range from 49 to 13.",
        ),
        (
            ICONS,
            "[13, 49]",
            "[53, 69]",
            "17: range: The value 30 isn't in the range from 53 to 69.",
        ),
        (ICONS, "value: 9", "value: 109", '11: "value" is 109. Fix: Write 100 or less.'),
        (ICONS, "n: 60", "n: 0", '12: "n" is 0. Fix: Write 1 or more.'),
        (ICONS, "    n: 60\n", "", '9: The group "Placebo" doesn\'t say how many people it had.'),
        (ICONS, "arm: comparison", "arm: treatment", "10: The comparison group is missing."),
        (ICONS, "arm: treatment", "arm: comparison", "10: The treatment group is missing."),
        (BARS, "59, time: Day 2", "59, time: Day 9", "9: The treatment group is missing at Day 2."),
        (ICONS, "sources: [S1]", "sources: [S9]", '18: There is no source "S9".'),
        (ICONS, "sources: [S1]", "sources: []", "18: sources: The list is empty."),
        (ICONS, "sources: [S1]", "sources: [M1]", '18: The source "M1" is from memory, so'),
        (RANGES, "sources: [S1]", "sources: [M1]", '11: The source "M1" is from memory'),
        (RANGES, "from_hours: 1\n", "from_hours: -1\n", '8: "from_hours" is -1. Fix: Write 0'),
        (RANGES, "from_hours: 1\n", "from_hours: 30\n", "8: The span ends before it begins."),
        (GRADES, '"#migraine"', "migraine", '6: link: "migraine" isn\'t a page or a section of'),
        (BARS, "label: Pill,", "label: KAP,", "9: KAP and Spravato (esketamine) are in one"),
        (BARS, "title: More", "title: Ketamine with therapy", "3: KAP and Spravato (esketamine)"),
        (ICONS, "label: Placebo", "label: KAP or Spravato", "9: KAP and Spravato (esketamine)"),
    ],
)
def test_a_slip_in_a_chart_is_reported_with_its_line(problems, chart, old, new, problem):
    assert old in chart
    found = problems(chart.replace(old, new, 1), SHOW + CONDITIONS)
    assert found[0].startswith(f"content/charts/sample.yaml:{problem}")


ARMS = re.compile(r"    arm: \w+\n|arm: \w+, ")


def survey(chart):
    return re.sub("about: .*", "about: other", re.sub("badge: .*\n", "", ARMS.sub("", chart)))


@every_chart_of_results
def test_a_survey_needs_no_treatment_and_nothing_to_compare_it_with(problems, drawn, chart):
    chart = survey(chart).replace("Ketamine", "Visitors")
    assert problems(chart) == []
    classes = {element["class"] for element in drawn(chart).elements}
    assert "counted" in classes
    assert classes.isdisjoint({"treatment", "comparison"})


@pytest.mark.parametrize("name", ["Ketamine", "Esketamine", "Spravato", "KAP"])
def test_results_of_our_treatments_are_no_survey(problems, name):
    [problem] = problems(survey(ICONS).replace("Ketamine", name))
    assert problem.startswith("content/charts/sample.yaml:12: This chart names one of our treat")
    assert problems(survey(ICONS).replace("Ketamine", "Visitors")) == []


@every_chart_of_results
@pytest.mark.parametrize("about", ["ketamine", "other"])
def test_every_group_of_a_study_says_which_kind_it_is(problems, chart, about):
    chart = ARMS.sub("", chart, count=1)
    found = problems(re.sub("about: .*", f"about: {about}", chart))
    assert "doesn't say which kind it is. Fix: Add `arm: treatment` or" in found[0]


def test_the_caption_may_say_what_a_chart_is_not_about(problems):
    assert problems(BARS.replace("not about KAP", "about Spravato and not about KAP")) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            '::: chart id="smaple"\n:::',
            '5: There is no chart "smaple". Fix: Did you mean "sample"?',
        ),
        ("::: chart\n:::", '5: The block "chart" needs "id".'),
        (SHOW * 2, '7: This page already shows the chart "sample".'),
    ],
)
def test_a_slip_in_showing_a_chart_is_reported(problems, body, problem):
    assert f"content/page.md:{problem}" in problems(ICONS, body)[-1]


def test_a_chart_with_errors_is_reported_once_and_not_as_missing(problems):
    [problem] = problems(ICONS.replace("value: 9", "value: nine"))
    assert problem == (
        'content/charts/sample.yaml:11: "value" should be a whole number. '
        "Fix: Write it in digits, like 10."
    )


def test_a_chart_that_no_page_shows_is_a_warning(content):
    [problem] = check_content(content(ICONS, "Text."), TODAY)
    assert problem.level == "warning"
    assert str(problem).startswith("content/charts/sample.yaml:1: No page shows this chart.")


@pytest.mark.parametrize("name", ["charts/more.yml", "charts/more.csv", "charts/old/more.yaml"])
def test_a_file_beside_the_charts_that_is_not_read_is_a_warning(content, name):
    folder = content(ICONS)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("kind: icons", encoding="utf-8")
    [problem] = check_content(folder, TODAY)
    assert problem.level == "warning"
    assert str(problem).startswith(f"content/{name}:1: This file isn't used.")


def test_a_grade_that_differs_from_the_badge_of_its_section_is_an_error(problems):
    chart = GRADES.replace("ketamine: not-enough", "ketamine: strong")
    assert problems(chart, SHOW + CONDITIONS) == [
        'content/charts/sample.yaml:6: The grades of "Migraine" differ from the badges in '
        "content/page.md. Fix: Change the ones that are wrong."
    ]


def test_a_grade_that_differs_from_the_badge_of_its_page_is_an_error(content):
    folder = content(GRADES.replace("#migraine", "/page/migraine/"), SHOW + CONDITIONS)
    badge = '::: evidence ketamine="early" sources="S1"\n:::\n'
    (folder / "page").mkdir()
    (folder / "page/migraine.md").write_text(make_page(badge, title="Migraine"), encoding="utf-8")
    assert [str(problem) for problem in check_content(folder, TODAY)] == [
        'content/charts/sample.yaml:6: The grades of "Migraine" differ from the badges in '
        "content/page/migraine.md. Fix: Change the ones that are wrong."
    ]


def test_a_condition_that_leads_nowhere_is_an_error(problems):
    [problem] = problems(GRADES.replace("#migraine", "#migrane"), SHOW + CONDITIONS)
    assert problem.startswith("content/page.md:5: The page /page/ has no section #migrane.")


def test_the_words_of_a_chart_are_held_to_the_same_rules_as_pages(problems):
    [problem] = problems(ICONS.replace("It is not about sleep", "It is a miracle"))
    assert problem.startswith('content/charts/sample.yaml:20: We don\'t say "miracle".')
