import re
from datetime import date
from typing import get_args

import pytest
from django.conf import settings

from kapsite.clinic.parts import CrisisLine
from kapsite.pages.render.blocks.help_lines import card, in_order
from kapsite.pages.render.blocks.lists import KINDS
from kapsite.pages.render.writer import TEMPLATE_IDS
from kapsite.pages.syntax.data_schema import Source
from tests.html import Page


def test_headings_get_ids_that_can_be_linked_to(html_of):
    html = html_of("## What's it like?\n\n## What's it like?\n\n## Us {#about-us}\n\n## 2 facts")
    assert [part.split('"')[0] for part in html.split('<h2 id="')[1:]] == [
        "whats-it-like",
        "whats-it-like-2",
        "about-us",
        "part-2-facts",
    ]


def test_a_heading_called_sources_keeps_off_the_id_of_the_source_list(html_of):
    assert '<h2 id="sources-2"' in html_of("## Sources")


def test_headings_keep_off_every_id_of_the_templates_around_a_page():
    names = "includes/*.html", "pages/*.html", "base.html"
    files = [file for name in names for file in (settings.BASE_DIR / "templates").glob(name)]
    found = {name for file in files for name in re.findall(r' id="([^"{]+)"', file.read_text())}
    assert found == TEMPLATE_IDS


def test_text_is_escaped(html_of):
    assert html_of("Tom & Jerry are < 5 & done\\.") == (
        "<p>Tom &amp; Jerry are &lt; 5 &amp; done.</p>\n"
    )


def test_a_line_can_be_broken_and_lines_still_count(html_of, problems_with):
    assert html_of("One\\\nTwo.") == "<p>One<br>\nTwo.</p>\n"
    assert problems_with("One\\\nTwo **three.")[0].startswith("content/page.md:6: ")


def test_a_table_is_a_named_region_with_headings_for_columns_and_rows(html_of):
    html = html_of("## Numbers\n\n| Day | Better |\n|---|--:|\n| 1 | 27 of 100 |\n")
    assert '<section class="table-wrap" tabindex="0" aria-label="Table: Numbers">' in html
    assert '<th scope="col">Day</th><th scope="col" class="align-right">Better</th>' in html
    assert '<th scope="row">1</th><td class="align-right">27 of 100</td>' in html


def test_two_tables_in_a_section_have_different_names(html_of):
    table = "| A |\n|---|\n| 1 |\n\n"
    html = html_of(f"## Numbers\n\n{table}Text.\n\n{table}")
    assert 'aria-label="Table: Numbers"' in html
    assert 'aria-label="Table 2: Numbers"' in html


def test_the_cells_of_a_wide_table_carry_the_heading_of_their_column(html_of):
    html = html_of("| A | B & B | C |\n|---|---|---|\n| 1 | 2 | 3 |\n")
    assert '<section class="table-wrap stacks"' in html
    assert '<td data-label="B &amp; B">2</td><td data-label="C">3</td>' in html
    assert "stacks" not in html_of("| A | B |\n|---|---|\n| 1 | 2 |\n")


def test_no_style_attribute_comes_out_of_a_table(html_of):
    assert "style" not in html_of("| A | B | C |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n")


def test_key_facts_are_a_description_list_that_is_named_as_the_summary(html_of):
    html = html_of("::: key-facts\n- **What:** A drug [@S1].\n- **Main risk:** Sleepiness.\n:::")
    summary = '<p class="in-short">In short</p>\n<dl class="key-facts">'
    assert html.startswith(f"{summary}\n<div><dt>What</dt>\n<dd>A drug<sup")
    assert "<div><dt>Main risk</dt>\n<dd>Sleepiness.</dd></div>" in html


@pytest.mark.parametrize(
    ("when", "stamp"),
    [
        ("1962", "1962"),
        ("1890s", "1890"),
        ("March 2019", "2019-03"),
        ("October 10, 2023", "2023-10-10"),
        ("About 1985 to 1997", "1985"),
    ],
)
def test_a_timeline_is_an_ordered_list_with_times(html_of, when, stamp):
    html = html_of(f"## Events\n\n::: timeline\n### {when}: It happened\nReally [@S1].\n:::")
    assert '<ol class="timeline">\n<li>\n' in html
    assert f'<p class="when"><time datetime="{stamp}">{when}</time></p>' in html
    assert '>It happened</h3>\n<div class="cited">\n<p>Really<sup' in html


def test_a_year_before_our_era_is_plain_text(html_of):
    html = html_of("## E\n\n::: timeline\n### About 1400 BCE: It began\nText.\n:::")
    assert '<p class="when">About 1400 BCE</p>' in html


def test_a_main_event_is_marked(html_of):
    html = html_of("## E\n\n::: timeline\n### 1962: One {core}\nA.\n\n### 1963: Two\nB.\n:::")
    assert html.count('<li class="core">') == 1
    assert "{core}" not in html


def test_a_worksheet_has_empty_lines_and_nothing_to_type_in(html_of):
    html = html_of('## Plan\n\n::: worksheet lines="3"\n### Who helps?\nA name.\n\n### Where?\n:::')
    assert html.count("<span></span>") == 6
    assert '<h3 id="who-helps">Who helps?</h3>\n<p>A name.</p>\n<div class="blank"' in html
    assert not any(tag in html for tag in ("<input", "<textarea"))


def test_steps_are_an_ordered_list_with_headings(html_of):
    html = html_of("## How\n\n::: steps\n### Call us\nWe answer.\n\n### Come in\nSit down.\n:::")
    assert html.count("<li>") == 2
    assert '<ol class="steps">\n<li>\n<h3 id="call-us">Call us</h3>\n<p>We answer.</p>' in html


def test_headings_of_items_are_one_level_below_their_section(html_of):
    steps = "::: steps\n### Call\nNow.\n:::\n"
    assert '<h2 id="call">' in html_of(steps)
    assert '<h4 id="call">' in html_of(f"## A\n\n### B\n\n{steps}")


def test_questions_open_without_script_and_can_be_linked_to(html_of):
    html = html_of("::: questions\n### Is it safe? {#safe}\nNobody can promise that.\n:::")
    assert html == (
        '<details class="question" id="safe">\n<summary>Is it safe?</summary>\n'
        "<p>Nobody can promise that.</p>\n</details>\n"
    )


@pytest.mark.parametrize(("level", "words"), [("urgent", "Act now: "), ("soon", "Ask soon: ")])
def test_a_care_card_says_its_urgency_in_words(html_of, level, words):
    html = html_of(f'## R\n\n::: care level="{level}"\n### Call us if:\n- you feel worse\n:::')
    assert f'<section class="care care-{level}" aria-labelledby="call-us-if">' in html
    assert f'<span class="visually-hidden">{words}</span>Call us if:</h3>' in html


def test_the_help_card_links_the_whole_number(html_of):
    html = html_of("::: help-now\n:::")
    links = [(link["href"], link.words) for link in Page(html).all("a")]
    assert links == [("tel:988", "Call 988"), ("sms:988", "Text 988")]
    assert 'id="help-now">If you need to talk to someone now</h2>' in html


def test_the_help_card_says_what_to_press_and_what_to_write():
    ways = {"call": "988", "call_note": "then press 2", "text": "988", "text_word": "AYUDA"}
    spanish = CrisisLine(**ways, **{"name": "A", "for": "B", "checked_on": date(2026, 11, 22)})
    page = Page(card(spanish, "h2", is_first=False))
    assert [each.words for each in page.all("h3", "p")][:2] == ["B", "A: call 988, then press 2"]
    links = [(link["href"], link.words) for link in page.all("a")]
    assert links == [("tel:988", "Call 988"), ("sms:988", "Text AYUDA to 988")]


def test_the_line_with_the_most_ways_comes_first():
    day = date(2026, 11, 22)
    one = CrisisLine(**{"name": "A", "for": "B", "call": "911", "checked_on": day})
    two = CrisisLine(**{"name": "C", "for": "D", "call": "988", "text": "988", "checked_on": day})
    assert in_order((one, two)) == [two, one]


def test_a_key_fact_may_have_an_icon_and_an_answer(html_of):
    html = html_of("::: key-facts\n- **How long {clock}:** **An hour.** Or two.\n:::")
    assert '<use href="static:img/icons.svg#clock"/></svg>\n<span>How long</span></dt>' in html
    assert "<dd><strong>An hour.</strong> Or two.</dd>" in html


def test_a_pair_has_two_cards_with_their_side_and_a_way_on(html_of):
    html = html_of("::: pair\n### A {good}\nText.\n\n[More](/)\n\n### B {hard}\nText.\n:::")
    assert re.findall(r'class="side-card (\w+)"', html) == ["good", "hard"]
    assert '<p class="go"><a href="/">More</a></p>' in html


def test_a_day_shows_when_what_and_a_drawing(html_of):
    html = html_of("::: day\n### At nine: You arrive {door}\nText.\n:::")
    assert '<use href="static:img/drawings/door.svg#d"/>' in html
    assert '<p class="when">At nine</p>\n<h2 id="at-nine-you-arrive">You arrive</h2>' in html


@pytest.mark.parametrize(
    "text",
    [
        "::: key-facts\n- **How long {clok}:** An hour.\n:::",
        "::: pair\n### A {goood}\nText.\n\n### B\nText.\n:::",
        "::: pair\n### A\nText.\n:::",
        "::: day\n### You arrive {dor}\nText.\n:::",
        "::: day\n### You arrive\nText.\n:::",
        '::: picture of="dock"\n:::',
        '::: worksheet lines="two"\n### A\nText.\n:::',
        '::: worksheet lines="99999999"\n### A\nText.\n:::',
    ],
)
def test_a_drawing_side_or_text_that_is_missing_is_named(problems_with, text):
    assert len(problems_with(text)) == 1


def test_the_call_to_action_has_one_button_and_the_phone_beside_it(html_of):
    html = html_of("::: action\nIt is free.\n:::")
    assert '<a class="button" href="/request-evaluation/">Ask for an evaluation</a>' in html
    assert '<a class="phone" href="tel:+14255550142">(425) 555-0142</a>' in html


def test_an_approval_status_comes_from_the_data_with_its_sources(html_of):
    html = html_of('::: status of="esketamine"\n:::')
    assert '<div class="status status-approved">' in html
    assert "<strong>Spravato: FDA-approved.</strong> Approved for adults.<sup" in html


def test_an_evidence_badge_says_its_grade_in_words(html_of):
    html = html_of('::: evidence ketamine="moderate" kap="early" sources="S1 S2"\n:::')
    assert html.count('class="badge') == 2
    assert html.count('class="bar filled"') == 5
    assert "</span> Moderate evidence</dd>" in html
    assert "<summary>2 sources</summary>" in html


def test_the_list_of_all_sources_tells_what_each_shows_and_where_it_is_cited(html_of):
    html = html_of("::: sources\n:::")
    assert '<li id="S1">First trial. 2000.<br>\nIt helped seven people.<br>' in html
    assert 'original. Cited on: <a href="/">Home</a></li>' in html
    assert "a report about it. Cited on: " in html
    assert '<a href="https://doi.org/10.1000/xyz">Second trial</a>' in html
    assert "memory" not in html


def test_the_list_of_all_sources_is_divided_by_their_kind(html_of):
    parts = html_of("::: sources\n:::").split("<h2 ")
    assert [part.split(">")[1].split("<")[0] for part in parts[1:]] == [
        "Trials",
        "Help in a crisis",
    ]
    assert 'id="S1"' in parts[1]
    assert 'id="C1"' in parts[2]


def test_every_kind_of_source_has_its_part_in_the_list():
    listed = [kind for kinds in KINDS.values() for kind in kinds]
    assert sorted(listed) == sorted(get_args(Source.model_fields["kind"].annotation))


def test_the_glossary_defines_each_term_at_an_id(html_of):
    html = html_of("::: glossary\n:::")
    assert '<div id="placebo"><dt><dfn>Placebo</dfn></dt>' in html
    assert "<dd>Something without a drug in it. Also called: dummy pill.</dd>" in html


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("::: key-facts\nText.\n:::", 'The block "key-facts" takes a single list'),
        ("::: key-facts\n- No label.\n:::", "This isn't a key fact."),
        ("::: timeline\n### Once upon a time\nA.\n:::", "An event has no date."),
        ("::: timeline\nText.\n\n### 1962: A\nB.\n:::", 'before the first item of "timeline"'),
        ("::: steps\n:::", 'The block "steps" has no items.'),
        ("::: note\n:::", "The note is empty."),
        ("::: questions\n### Why?\n:::", "This item has no text."),
        ('## A\n\n::: care level="soon"\n### B\n:::', "This item has no text."),
        ("::: steps\n## Too high\nText.\n:::", "An item must begin with ###."),
        ("::: note\n### Heading\n:::", 'A heading isn\'t allowed in the block "note".'),
        ("::: help-now\n:::\n\n::: help-now\n:::", "A page can have only one help-now card."),
        ('::: evidence sources="S1"\n:::', "The badge has no grade."),
        ('::: evidence kap="early" sources=""\n:::', "The grades have no sources."),
        ("## {#empty}", "A heading is empty."),
        ("## A {#same}\n\n## B {#same}", 'The id "same" is taken.'),
        ("## A {#main}", 'The id "main" is taken.'),
        ("Text<br>more.", "HTML isn't allowed here: <br>"),
        ("<script>alert(1)</script>", "HTML isn't allowed here: <script>"),
        ("<!-- later -->", "HTML isn't allowed here: <!-- later -->"),
        ("![](images/a.png)", "An image has no alternative text."),
        ("[](/)", "A link has no text."),
        ("See [risks] (/risks/).", "This link can't be read."),
        ("See [risks](/risks/ .", "This link can't be read."),
        ("See [risks][r].", "This link can't be read."),
        ("This is **important.", "Bold or italic marks don't match."),
        ("This is ** important**.", "Bold or italic marks don't match."),
        ("Some `code`.", "There is a backtick in the text"),
        ("This is *important.", "Bold or italic marks don't match."),
        ("One [two.", "This square bracket has no match."),
        ("One \\ two.", "There is a backslash in the text."),
        ("One [- @S1].", "This citation can't be read."),
        ("Half <b open.", "HTML isn't allowed here."),
        ("One.\n\n---\n\nTwo.", "This line has only symbols."),
        ("One\n===", "This line has only symbols."),
        ("One.\n\n-\n- two", "There is an empty element here."),
        ("One &#xD800;.", "A character was lost here."),
        ("##Heading", "This heading can't be read."),
        ("Text {#id}.", "There are braces in the text."),
        ("Text ::: note", "There is a block marker inside the text."),
        ("| a | b |\n| 1 | 2 |", "This table can't be read."),
        ("|---|---|\n| 1 | 2 |", "This table can't be read."),
        ("| | |\n|---|---|\n| 1 | 2 |", "A column of the table has no name."),
        ("| a | |\n|---|---|\n| 1 | 2 |", "A column of the table has no name."),
        ("| a | b |\n|---|---|", "The table has only its first row."),
        (
            "## Part {#Part}",
            "There are braces in the text. Fix: Only a heading may end in {#its-id}, in",
        ),
        ("![A ==door==](images/a.png)", "Highlighting with == doesn't work here."),
        ("![a.png](images/a.png)", '"a.png" is the name of a file: it says nothing to'),
        ("![IMG_2041](images/a.png)", '"IMG_2041" is the name of a file'),
        ("![Screenshot 2](images/a.png)", '"Screenshot 2" is the name of a file'),
        ("![our-door](images/our-door.png)", '"our-door" is the name of a file'),
        ('![A door](images/a.png "Ours")', '"Ours" wouldn\'t be shown.'),
    ],
)
def test_a_slip_is_reported_instead_of_shown_to_readers(problems_with, body, message):
    problems = problems_with(body)
    assert message in problems[0]
    assert problems[0].startswith("content/page.md:")


TIMELINE = "::: timeline\n### {}: A\nOne [@S1].\n\n### {}: B\nTwo [@S1].\n:::"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1970", "1962"),
        ("1962", "About 400 BCE"),
        ("About 400 BCE", "About 1,400 BCE"),
        ("March 2019", "January 2019"),
        ("March 5, 2019", "March 4, 2019"),
        ("2019", "1890s"),
        ("2000", "About 1985 to 1997"),
    ],
)
def test_events_stand_in_the_order_of_time(problems_with, first, second):
    [problem] = problems_with(TIMELINE.format(first, second))
    assert problem.startswith(f'content/page.md:9: "{second}" comes after "{first}". Fix: List')
    assert problems_with(TIMELINE.format(second, first)) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("2019", "March 2019"), ("March 2019", "2019"), ("1970", "1970"), ("1970", "Later")],
)
def test_events_whose_order_is_not_told_may_stand_either_way(problems_with, first, second):
    assert problems_with(TIMELINE.format(first, second)) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("One.\n\nTwo\nthree<br>four.", 8),
        ("One.\n\n- a\n- b **c", 8),
        ("| A |\n|---|\n| **x |", 7),
        ("::: note\nOne\n\nTwo [@S9].\n:::", 8),
        ("> One\n> **two", 6),
    ],
)
def test_the_line_is_that_of_the_file(problems_with, body, line):
    [problem] = problems_with(body)
    assert problem.startswith(f"content/page.md:{line}: ")


@pytest.mark.parametrize(
    "body", ["[" * 20_000, "*a " * 20_000, "> " * 20_000, "- " * 20_000, "::: note\n" * 3_000]
)
def test_senseless_text_costs_no_traceback(problems_with, body):
    problems_with(body)


def test_spaces_that_look_plain_count_as_plain(html_of):
    assert html_of("##\xa0A part\n\n-\u2009One\n-\u202ftwo.") == (
        '<h2 id="a-part" tabindex="-1">A part</h2>\n<ul><li>One</li>\n<li>two.</li>\n</ul>\n'
    )
