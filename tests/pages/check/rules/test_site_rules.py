from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from kapsite.pages.syntax.samples import BLOCKS
from tests.pages.samples import check_content, make_content, make_page


def problems_of(content) -> list[str]:
    return [str(problem) for problem in check_content(content)]


def test_sound_content_has_no_problems(tmp_path):
    assert problems_of(make_content(tmp_path)) == []


def test_all_problems_of_all_files_are_found_in_one_run(tmp_path):
    content = make_content(tmp_path, a=make_page("[x](/gone/)\n\n**y"), b="")
    (content / "glossary.yaml").write_text("Placebo: {meening: x}")
    assert [problem[: problem.index(": ")] for problem in problems_of(content)] == [
        "content/a.md:5",
        "content/a.md:7",
        "content/b.md:1",
        "content/glossary.yaml:1",
        "content/glossary.yaml:1",
    ]


def test_a_photo_of_a_person_that_is_not_there_is_named_in_the_file_of_people(tmp_path):
    content = make_content(tmp_path)
    (content / "people.yaml").write_text("- name: Ana\n  role: MD\n  photo: images/ana.jpg\n")
    assert "content/people.yaml:3: There is no image images/ana.jpg." in problems_of(content)[0]


@pytest.mark.parametrize(
    "link",
    [
        "/", "/page/", "#part", "/page/#part", "/request-evaluation/", "/sitemap.xml",
        "https://example.org/a", "tel:988", "tel:+14255550143", "sms:988", "mailto:a@example.org",
    ],
)  # fmt: skip
def test_a_link_that_leads_somewhere_is_fine(problems_with, link):
    assert problems_with(f"## Part\n\n[Go]({link})") == []


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("/pag/", 'There is no page /pag/. Fix: Did you mean "/page/"?'),
        ("/page", "The link /page needs a slash at its end. Fix: Write /page/."),
        ("/page/#prt", 'The page /page/ has no section #prt. Fix: Did you mean "part"?'),
        ("#prt", "The page /page/ has no section #prt."),
        ("page.md", 'The link "page.md" isn\'t an address on this site.'),
        ("page/", 'The link "page/" isn\'t an address on this site.'),
        ("www.example.org", "isn't an address on this site."),
        ("//example.org", "isn't an address on this site."),
        ("http://example.org", "isn't secure. Fix: Write https://"),
        ("javascript:alert(1)", "isn't an address on this site."),
        ("data:text/html,x", "isn't an address on this site."),
        ("page.md", "Fix: Write /page/"),
        ("Page", "Fix: Write /page/"),
        ("www.example.org", "Fix: Write https://www.example.org, or a page like /risks/."),
        ("a@example.org", "Fix: Write mailto:a@example.org"),
        ("425-555-0143", "Fix: Write tel: followed by the number"),
        ("tel:+1425555014", "The number in tel:+1425555014 can't be dialed. Fix: Write it like"),
        ("sms:98", "The number in sms:98 can't be dialed."),
        ("/#", "The page / has no section #. Fix: Remove the # and what follows it."),
        ("/page/?a=b", "There is no page /page/?a=b."),
        ("/admin/", "There is no page /admin/."),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(problems_with, link, message):
    [problem] = problems_with(f"## Part\n\n[Go]({link})")
    assert problem.startswith("content/page.md:7: ")
    assert message in problem


def test_a_link_to_a_page_that_is_itself_broken_is_not_a_second_problem(tmp_path):
    content = make_content(tmp_path, a=make_page("[b](/b/#part)"), b="no front matter")
    assert [problem.split(":")[0] for problem in problems_of(content)] == ["content/b.md"]


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("# Title", 5, "A heading with one # is the page title"),
        ("### Detail", 5, "This heading skips a level (from # to ###). Fix: Begin it with ##."),
        ("## A\n\n#### B", 7, "This heading skips a level (from ## to ####)."),
    ],
)
def test_headings_out_of_order_are_errors(problems_with, body, line, message):
    [problem] = problems_with(body)
    assert problem.startswith(f"content/page.md:{line}: {message}")


def test_headings_may_rise_by_more_than_one_level(problems_with):
    assert problems_with("## A\n\n### B\n\n#### C\n\n## D") == []


@pytest.mark.parametrize(
    ("key", "value", "line"), [("title", "Visit", 2), ("menu", "Visit", 4), ("guide", "10", 4)]
)
def test_no_two_pages_share_a_title_a_menu_label_or_a_place_in_the_guide(
    tmp_path, key, value, line
):
    pages = {name: make_page(**{"title": f"Page {name}", key: value}) for name in "ab"}
    assert problems_of(make_content(tmp_path, **pages)) == [
        f'content/b.md:{line}: {key}: "{value}" is already used by content/a.md. '
        "Fix: Give one of them a different one."
    ]


def test_no_two_files_make_one_address(tmp_path):
    content = make_content(tmp_path, a=make_page(title="One"))
    (content / "a").mkdir()
    (content / "a/index.md").write_text(make_page(title="Two"))
    [problem] = problems_of(content)
    assert "The address /a/ is already used by content/a" in problem


def test_no_page_takes_an_address_of_the_site_itself(tmp_path):
    content = make_content(tmp_path, **{"request-evaluation": make_page()})
    assert "The address /request-evaluation/ is already used by the site" in problems_of(content)[0]


@pytest.mark.parametrize("name", ["What To Expect", "Costs", "über", "a_b"])
def test_a_file_name_must_make_a_good_address(tmp_path, name):
    [problem] = problems_of(make_content(tmp_path, **{name: make_page()}))
    assert "can't be used as a web address" in problem


def test_there_must_be_a_home_page(tmp_path):
    content = make_content(tmp_path, page=make_page())
    (content / "index.md").unlink()
    assert problems_of(content) == [
        "content/index.md:1: There is no home page. Fix: Add the file index.md."
    ]


def test_a_page_that_must_not_stand_alone_needs_the_other(tmp_path):
    benefits = make_page(title="Benefits", requires="[risks]")
    [problem] = problems_of(make_content(tmp_path, benefits=benefits))
    assert problem.startswith("content/benefits.md:4: This page can't be published without /risks/")
    risks = make_page(title="Risks")
    assert problems_of(make_content(tmp_path, benefits=benefits, risks=risks)) == []


@pytest.mark.parametrize(("today", "warnings"), [(date(2027, 5, 22), 0), (date(2027, 5, 23), 1)])
def test_a_review_that_is_overdue_is_a_warning(tmp_path, today, warnings):
    content = make_content(tmp_path, page=make_page(review_by="2027-05-22"))
    found = check_content(content, today)
    assert [problem.level for problem in found] == ["warning"] * warnings


def test_the_next_review_may_be_a_year_away(problems_with):
    assert problems_with(reviewed_on="2026-11-22", review_by="2027-11-22") == []


def test_a_source_that_nobody_cites_is_a_warning(tmp_path):
    content = make_content(tmp_path, index=make_page("Text [@S1].", title="Home"))
    [problem] = check_content(content)
    assert (problem.level, problem.line) == ("warning", 3)
    assert problem.message == "No page cites the source S2."


def test_a_crisis_line_names_a_known_source(tmp_path):
    content = make_content(tmp_path)
    clinic = (content / "clinic.yaml").read_text().replace("source: C1", "source: C9")
    (content / "clinic.yaml").write_text(clinic)
    assert 'names the source "C9", which doesn\'t exist' in problems_of(content)[0]


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("history.markdown", "If it is a page, rename it to history.md."),
        ("notes.txt", "If it is a page, rename it to notes.md."),
        ("test.md.txt", "If it is a page, rename it to test.md."),
        ("Our Test.MD", "If it is a page, rename it to our-test.md."),
        ("more/history.markdown", "If it is a page, rename it to history.md."),
        ("sources.yml", "The site reads sources.yaml in the content folder"),
        ("more/clinic.yaml", "The site reads clinic.yaml in the content folder"),
        ("clinc.yaml", 'Did you mean "clinic.yaml"?'),
        ("charts/onset.yml", "If it is a chart, rename it to charts/onset.yaml."),
        ("more/charts/onset.yaml", "The site reads only certain data files."),
        ("Draft.docx", "Copy its text into a page whose name ends in .md"),
        ("room.jpg", "Move it to content/images/room.jpg, then show it with ![what it shows]("),
        ("images/room.jpg", "To use it, show it with ![what it shows](images/room.jpg)"),
        ("images/Our Room.JPG", "Move it to content/images/our-room.jpg, then show it with ![what"),
        ("images/room.heic", "Save a copy of it as content/images/room.jpg, then show it with"),
        ("images/room.svg", "Save a copy of it as content/images/room.jpg, then show it with"),
        ("index.md.bak", "Remove it, or move it out of this folder."),
        ("notes", "Remove it, or move it out of this folder."),
    ],
)
def test_a_file_that_would_be_left_out_unseen_is_a_warning(tmp_path, name, fix):
    content = make_content(tmp_path)
    (content / name).parent.mkdir(parents=True, exist_ok=True)
    (content / name).write_text("x")
    [problem] = check_content(content)
    assert (problem.level, problem.file) == ("warning", f"content/{name}")
    assert fix in problem.fix


def test_a_folder_that_is_only_a_link_is_a_warning_since_its_pages_are_left_out(tmp_path):
    content = make_content(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "page.md").write_text(make_page())
    (content / "handouts").symlink_to(tmp_path / "other")
    [problem] = problems_of(content)
    assert problem.startswith("content/handouts:1: This folder isn't used.")


@pytest.mark.parametrize(
    "name",
    [
        ".#index.md", "#index.md#", "index.md~", ".index.md.swp", "~$index.docx", "~$index.md",
        ".DS_Store", "Thumbs.db", ".obsidian/app.json",
    ],
)  # fmt: skip
def test_files_that_programs_keep_for_themselves_are_left_alone(tmp_path, name):
    content = make_content(tmp_path)
    (content / name).parent.mkdir(exist_ok=True)
    (content / name).symlink_to("nowhere")
    assert problems_of(content) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("sources.yaml", "S1: {", "S1: {year: 2028, ", 1),
        ("medicines.yaml", "sources: [S1]", "sources: [S1, S1]", 1),
        ("glossary.yaml", "[dummy pill]", "[dummy pill, Dummy pill]", 1),
        (
            "glossary.yaml",
            "[dummy pill]}",
            "[dummy pill]}\nFake: {meaning: X., also: [Placebo]}",
            2,
        ),
        ("clinic.yaml", "[call]", "[call, call]", 3),
        ("wording.yaml", "[miracle, game-changer]", "[miracle, game-changer, miracle]", 1),
    ],
)
def test_data_that_cannot_be_right_is_an_error_at_its_line(tmp_path, name, old, new, line):
    content = make_content(tmp_path)
    text = (content / name).read_text().replace(", year: 2000", "").replace(old, new, 1)
    (content / name).write_text(text)
    [problem] = check_content(content)
    assert (problem.level, problem.file, problem.line) == ("error", f"content/{name}", line)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"changes": "[{on: 2026-11-23, note: N}]"},
            "The date of this change (2026-11-23) is in the future.",
        ),
        ({"reviewed_by": "A. Person, MD"}, "A reviewer is named, but no review date."),
        (
            {"reviewed_on": "2026-11-23", "review_by": "2027-05-23"},
            "The review date (2026-11-23) is in the future.",
        ),
        (
            {"reviewed_on": "2026-11-22"},
            "content/page.md:4: This page has no date for its next review.",
        ),
        (
            {"reviewed_on": "2026-11-22", "review_by": "2072-11-22"},
            "content/page.md:5: The next review is due more than a year after",
        ),
        ({"review_by": "2072-05-22"}, "The first review is due more than a year from now."),
        (
            {"reviewed_on": "2026-11-22", "review_by": "2026-11-22"},
            "The next review isn't after the last one (2026-11-22).",
        ),
        ({"lead": ""}, '"lead" is empty.'),
        ({"requires": "[page, page]"}, 'This list has "page" twice'),
    ],
)
def test_front_matter_that_cannot_be_right_is_an_error(problems_with, keys, message):
    [problem] = problems_with(**keys)
    assert message in problem


def test_an_empty_folder_is_reported_and_not_a_traceback(tmp_path):
    assert [problem.file for problem in check_content(tmp_path / "content")] == [
        "content/claims.yaml",
        "content/clinic.yaml",
        "content/glossary.yaml",
        "content/index.md",
        "content/medicines.yaml",
        "content/must_say.yaml",
        "content/sources.yaml",
        "content/wording.yaml",
    ]


def test_the_command_groups_problems_by_file_and_fails(tmp_path, settings, capsys):
    settings.CONTENT_DIR = make_content(tmp_path, page=make_page("**a\n\n[b](/c/)"))
    with pytest.raises(SystemExit) as stopped:
        call_command("check_content", no_color=True)
    assert stopped.value.code == 1
    assert capsys.readouterr().out == (
        "content/page.md\n"
        "  line 5: Bold or italic marks don't match.\n"
        "    Fix: Write **bold** with no space inside the marks.\n"
        "  line 7: There is no page /c/.\n"
        "    Fix: Write one of: /, /.well-known/security.txt, /page/, /request-evaluation/, "
        "/request-evaluation/status/, /robots.txt, /sitemap.xml.\n"
        "\n"
        "2 errors, 0 warnings.\n"
    )


def test_the_command_is_content_with_warnings(tmp_path, settings, capsys):
    settings.CONTENT_DIR = make_content(tmp_path, page=make_page(review_by="2020-01-01"))
    call_command("check_content", no_color=True)
    assert capsys.readouterr().out.endswith("0 errors, 1 warning.\n")


def test_the_deploy_check_refuses_broken_content(tmp_path, settings):
    settings.CONTENT_DIR = make_content(tmp_path, page="broken")
    with pytest.raises(SystemCheckError, match=r"pages\.E001.*content/page\.md:1"):
        call_command("check", deploy=True, tags=["content"])


def test_broken_content_does_not_stop_other_commands(tmp_path, settings):
    settings.CONTENT_DIR = make_content(tmp_path, page="broken")
    call_command("check", "pages")


@pytest.mark.parametrize("name", [name for name, text in BLOCKS.items() if text.count("\n") > 1])
def test_a_sample_that_nobody_replaced_is_found_with_its_line(problems_with, name):
    problems = problems_with(f"## Part\n\n{BLOCKS[name]}")
    assert any("page.md:8: " in each and "still the sample text" in each for each in problems)


def test_sources_of_a_sample_are_found(problems_with):
    assert any("S0" in each for each in problems_with(f"## Part\n\n{BLOCKS['evidence']}"))
