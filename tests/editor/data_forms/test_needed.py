"""The form of a new chart names all that it needs, before most of it is typed."""

import pytest

from kapsite.editor.data_forms.fields.keys import is_choice, is_model, specs_of, unwrapped
from kapsite.editor.data_forms.needed import still_needed
from kapsite.pages.syntax.chart_schema import KINDS
from tests.editor.data_forms.test_data_views import LIST, draft, fields, save

NEW = f"{LIST}data/charts/two.yaml/?kind=icons"
LIVE = f"{LIST}data/charts/two.yaml/live/"
NEEDED = [
    "How sure all studies together let us be",
    "Groups › Kind of group",
    "Groups › People in the group",
]


def listed(client, **typed) -> str:
    """What stands beside the form of a new chart with only this typed."""
    answer = client.post(LIVE, fields(client, NEW) | {"kind": "icons"} | typed)
    return answer.json()["beside"]


def test_a_new_chart_about_a_treatment_lists_all_that_it_needs(pat):
    shown = listed(pat, about="esketamine")
    assert [words for words in NEEDED if f">{words}</a>" in shown] == NEEDED
    assert "What to fix" not in shown


def test_a_chart_about_something_else_needs_less(pat):
    shown = listed(pat, about="other", people="80")
    assert [words for words in NEEDED if words in shown] == []
    assert "Still to fill in" in shown


def test_the_list_of_a_new_chart_says_that_more_may_follow(pat):
    shown = pat.get(NEW).text
    assert "depends on “About”" in shown
    assert "The rest can stay empty" not in shown
    assert "“Kind of chart”" not in shown  # it was chosen on the page before


def test_what_the_list_names_is_needed_until_it_is_there():
    group = {"label": "Ketamine", "arm": "treatment", "n": "20"}
    chart = {"kind": "icons", "about": "kap", "badge": "early", "groups": [group]}
    assert [place for place, *_ in still_needed(chart)] == [
        ("groups", 1, "arm"),
        ("groups", 1, "n"),
    ]
    others = {"no_comparison": "There was none."}
    assert list(still_needed(chart | others)) == []
    assert list(still_needed({"kind": "grades"})) == []


def single_fields(kind):
    """The needed fields of a schema that an editor types into, those of its groups too."""
    for spec in specs_of(kind):
        inner = unwrapped(getattr(spec.kind, "__args__", [spec.kind])[0])[0]
        if is_model(inner):
            yield from single_fields(inner)
        elif spec.is_required and spec.name != "kind" and not is_choice(inner):
            yield spec


@pytest.mark.parametrize("kind", dict.fromkeys(KINDS.values()))
def test_every_needed_field_of_a_chart_says_so(kind):
    assert [spec.label for spec in single_fields(kind) if not spec.help.startswith("Needed")] == []


def test_a_new_chart_has_room_for_three_groups_with_both_ends_of_a_range(pat):
    shown = pat.get(NEW).text
    assert shown.count(">from <input") == shown.count(">to <input") == 3
    save(pat, NEW, **{"groups-0-label": "One", "groups-0-range": ["10", "20"]})
    assert "range:\n      - 10\n      - 20\n" in draft("charts/two.yaml")
    form = pat.get(NEW).context["form"].inner["groups"].groups[0]
    assert form["range"].value() == ["10", "20"]


def test_a_long_text_can_be_seen_as_a_whole(pat):
    save(pat, NEW, title="It is one trial. " * 12)
    form = pat.get(NEW).context["form"]
    assert form["title"].field.widget.attrs["rows"] > 2
    assert form["measure"].field.widget.attrs["rows"] == 2


def test_a_link_to_sources_puts_the_cursor_in_the_first_input(pat):
    assert '<a href="#id_sources_1">Sources</a>' in listed(pat, about="other")
    assert 'id="id_sources_1"' in pat.get(NEW).text


FULL = {
    "about": "ketamine", "title": "Some were better", "measure": "People", "did": "were better",
    "did_not": "were not", "caption": "It is one trial.", "sources": ["S1"], "badge": "early",
    "groups-0-label": "Ketamine", "groups-0-arm": "treatment", "groups-0-value": "45",
    "groups-0-n": "60",
}  # fmt: skip


def test_the_second_group_of_a_new_chart_is_no_mistake_before_it_is_typed(pat):
    shown = listed(pat, **FULL)
    assert "Groups › Kind of group</a>" in shown
    assert "is missing" not in shown
    both = {"groups-1-label": "Others", "groups-1-arm": "treatment", "groups-1-value": "45"}
    assert "The comparison group is missing" in listed(pat, **FULL, **both)


def test_a_saved_chart_with_one_group_has_one_mistake(pat):
    here = save(pat, NEW, **FULL).context["here"]
    assert [each.problem.message for each in here if each.problem.level == "error"] == [
        "The comparison group is missing."
    ]
