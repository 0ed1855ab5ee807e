"""What check_content tells beside problems: the table of pages, and the reviews due."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from kapsite.pages.publish.document.page_html import render_page
from tests.pages.samples import load_catalog, make_content, make_page


def run(capsys, *arguments: str) -> str:
    call_command("check_content", *arguments, no_color=True)
    return capsys.readouterr().out


def test_the_report_has_a_line_for_each_page(tmp_path, settings, capsys):
    page = make_page(
        "It helps people to talk with us [@S1; @S2]. It helps people a lot.\n\n"
        '::: status of="ketamine"\n:::',
        uncited="\n  - text: It helps people a lot\n    reason: We say so.",
        reviewed_on="2026-11-22",
        review_by="2027-05-22",
    )
    settings.CONTENT_DIR = make_content(tmp_path, page=page)
    table = run(capsys, "--report", "--today", "2026-11-22").split("\n\n")[0]
    assert [line.split("  ")[0] for line in table.split("\n")] == [
        "Page", "/", "/page/", "All pages",
    ]  # fmt: skip
    lines = table.replace("below 1", "below-1").split("\n")[1:]  # a reading grade
    home, row, total = (line.split() for line in lines)
    assert row[:2] + row[3:] == [
        "/page/", "12", "2", "3", "1", "due", "2027-05-22", "no", "one", "yet",
    ]  # fmt: skip
    assert home[5:] == ["0", "no", "date", "no", "one", "yet"]
    assert total[2:] == ["16", "2", "5", "1"]


def test_the_report_says_which_reviews_are_overdue(tmp_path, settings, capsys):
    settings.CONTENT_DIR = make_content(tmp_path, page=make_page(review_by="2027-05-22"))
    assert "overdue since 2027-05-22" in run(capsys, "--report", "--today", "2027-05-23")
    assert "due 2027-05-22" in run(capsys, "--report", "--today", "2027-05-22")


def test_the_report_copes_with_a_page_that_cannot_be_read(tmp_path, settings, capsys):
    settings.CONTENT_DIR = make_content(tmp_path, page="broken")
    with pytest.raises(SystemExit):
        run(capsys, "--report")
    assert "/page/" in capsys.readouterr().out


@pytest.fixture
def two_pages(tmp_path, settings):
    late, early = (
        make_page(title=f"Page {day}", review_by=day) for day in ("2027-06-01", "2027-05-22")
    )
    settings.CONTENT_DIR = make_content(tmp_path, late=late, early=early)


@pytest.mark.parametrize(
    ("today", "days", "lines"),
    [
        ("2027-05-01", 20, ["No review is due by 2027-05-21."]),
        ("2027-05-01", 21, ["Due         Page              Days",
                            "2027-05-22  content/early.md    21"]),
        ("2027-05-30", 30, ["Due         Page              Days",
                            "2027-05-22  content/early.md    -8",
                            "2027-06-01  content/late.md      2"]),
    ],
)  # fmt: skip
def test_due_lists_the_reviews_by_their_day(two_pages, capsys, today, days, lines):
    assert run(capsys, "--due", str(days), "--today", today).splitlines() == lines


def test_a_day_that_cannot_be_read_is_explained(two_pages):
    with pytest.raises(CommandError, match="Write it like 2026-11-22"):
        call_command("check_content", "--today", "tomorrow")


@pytest.mark.parametrize("path", ["/page/", "/"])
@pytest.mark.parametrize(("today", "said"), [(date(2027, 5, 22), False), (date(2027, 5, 23), True)])
def test_a_page_past_its_review_says_so_near_its_top(tmp_path, path, today, said):
    text = make_page("Text.\n\n## A part", title="Some page", review_by="2027-05-22")
    pages = {"index": text, "page": make_page()} if path == "/" else {"page": text}
    catalog = load_catalog(make_content(tmp_path, **pages))
    html = render_page(catalog, catalog.pages[path], today)
    notice = "We meant to check this page again by"
    assert (notice in html) is said
    if said:
        assert html.index("<h1") < html.index(notice) < html.index("<h2")
