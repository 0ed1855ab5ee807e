"""Facts, people, sources, words and charts are edited in forms, and published like pages."""

import pytest
from django.db import DatabaseError

from kapsite.editor.data_forms.fields.many_inputs import MORE
from kapsite.editor.data_forms.words.changed_fields import differences
from kapsite.editor.models import ContentVersion, Publication
from tests.editor.data_forms.posting import posted
from tests.pages.samples import make_page

LIST = "/admin/edit/"
PAGE = f"{LIST}page/index.md/"
CLINIC, SOURCES, GLOSSARY = (
    f"{LIST}data/{name}.yaml/" for name in ("clinic", "sources", "glossary")
)
CONTACT = f"{CLINIC}?part=name-and-contact"
S1 = f"{SOURCES}?part=S1"
CHART = """\
# Drawn from one trial.
kind: bars
about: ketamine
title: Some were better
measure: People who were better
did: were better
did_not: were not
people: 60
no_comparison: There was no other group.
groups:
  - label: After a day
    arm: treatment
    value: 45
sources: [S1]
badge: early
caption: It is one trial.
"""


def fields(client, url):
    context = client.get(url).context
    return posted(context["form"]) | {"began_with": context["editing"].shown.pk}


def save(client, url, **typed):
    return client.post(url, fields(client, url) | typed, follow=True)


def draft(name):
    found = ContentVersion.objects.draft_of(name)
    return found.text_of(name) if found else None


def press_publish(client, name):
    url = f"{LIST}page/{name}/publish/"
    shown = client.get(url)
    seen = shown.context["form"]["seen"].value()
    client.post(url, {"reason": "Because", "seen": seen})
    return shown.content.decode()


def confirm(client, name, publish):
    shown = press_publish(client, name)
    publish()
    return shown


def test_the_list_leads_to_every_file_that_has_a_form(pat, chart):
    shown = pat.get(LIST).content.decode()
    for name in ("clinic.yaml", "sources.yaml", "glossary.yaml", "charts/one.yaml"):
        assert f'href="{LIST}data/{name}/"' in shown
        assert pat.get(f"{LIST}data/{name}/").status_code == 200


def test_a_fact_is_changed_and_published(pat, content, publish):
    before = (content / "clinic.yaml").read_text()
    assert "Saved as a draft" in save(pat, CONTACT, name="Other Clinic").content.decode()
    assert (content / "clinic.yaml").read_text() == before
    assert "<ins>Other</ins>" in confirm(pat, "clinic.yaml", publish)
    assert (content / "clinic.yaml").read_text() == before.replace("Test Clinic", "Other Clinic")
    assert draft("clinic.yaml") is None


def test_what_changes_is_shown_by_field(pat):
    save(pat, CONTACT, name="Other Clinic")
    new = {"notices-0-text": "We’re closed.", "notices-0-from": "2026-12-24"}
    save(pat, f"{CLINIC}?part=notices", **new, **{"notices-0-until": "2026-12-26"})
    shown = pat.get(f"{LIST}page/clinic.yaml/publish/").content.decode()
    assert '<th scope="row">Name of the clinic</th>' in shown
    assert '<th scope="row">Notices › 1 › First day</th>' in shown
    assert "from:" not in shown


def test_an_entry_that_is_removed_changes_no_other():
    old = [{"name": "A", "role": "B"}, {"name": "C"}]
    found = list(differences(old, old[1:], ()))
    assert found == [((0, "name"), "A", None), ((0, "role"), "B", None)]


def test_a_notice_has_its_days(pat):
    url = f"{CLINIC}?part=notices"
    new = {"notices-0-text": "We’re closed.", "notices-0-from": "2026-12-24"}
    save(pat, url, **new, **{"notices-0-until": "2026-12-26"})
    assert draft("clinic.yaml").endswith(
        "notices:\n  - text: We’re closed.\n    from: 2026-12-24\n    until: 2026-12-26\n"
    )


def test_a_mistake_is_kept_and_explained_at_its_field(pat):
    answer = save(pat, CONTACT, phone="12")
    [error] = answer.context["form"]["phone"].errors
    assert error == "&quot;12&quot; isn&#x27;t a phone number. Write it like (425) 654-5433."
    assert answer.context["form"]["phone"].value() == "12"
    assert '<a href="#id_phone">Phone</a>: &quot;12&quot; isn' in answer.content.decode()
    shown = pat.get(f"{LIST}page/clinic.yaml/publish/").content.decode()
    assert f'<a href="{CONTACT}#id_phone">Phone</a>: &quot;12&quot; isn' in shown


def test_a_mistake_elsewhere_in_the_file_leads_there(pat):
    save(pat, CONTACT, phone="12")
    answer = pat.get(f"{CLINIC}?part=hours-and-closed-days")
    assert f'<a href="{CONTACT}#id_phone">Phone</a>' in answer.content.decode()


def test_sources_are_found_by_their_words(pat):
    shown = pat.get(SOURCES, {"words": "SECOND trial"}).content.decode()
    assert ("?part=S2" in shown, "?part=S1" in shown) == (True, False)
    assert "Nothing here has these words" in pat.get(SOURCES, {"words": "no such"}).content.decode()


def test_one_source_is_edited_and_the_others_keep_their_bytes(pat, content):
    before = (content / "sources.yaml").read_text()
    save(pat, S1, title="The first trial")
    assert draft("sources.yaml").partition("S2")[2] == before.partition("S2")[2]
    assert "The first trial" in draft("sources.yaml")
    assert pat.get(SOURCES).content.decode().count('chip-warn">Draft') == 1


def test_a_source_is_added_where_its_name_belongs(pat):
    answer = pat.post(SOURCES, {"name": "S9"}, follow=True)
    assert answer.context["is_new"]
    url = f"{SOURCES}?part=S9"
    save(pat, url, title="New", kind="trial", check="A", shows="It helped.", year="2020")
    assert "doi: 10.1000/xyz}\nS9:\n  title: New\n" in draft("sources.yaml")


@pytest.mark.parametrize(
    ("name", "words"),
    [("S1", "There is a source with this name"), ("trial", "valid source name"), ("", "required")],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(pat, name, words):
    assert words in pat.post(SOURCES, {"name": name}).content.decode()
    assert pat.get(SOURCES, {"part": "nonsense"}).status_code == 404


def test_a_source_that_a_page_cites_is_named_before_it_is_gone(pat):
    pat.post(S1, fields(pat, S1) | {"remove": "1"})
    assert "S1:" not in draft("sources.yaml")
    answer = pat.get(f"{SOURCES}?part=S2")
    assert '/page/index.md/">Home</a> cites S1' in answer.content.decode()
    uses = [use.name for use in answer.context["uses"]]
    assert uses == ["medicines.yaml", "index.md", "risks.md"]


def test_a_word_is_added_to_the_glossary(pat):
    save(pat, f"{GLOSSARY}?part=Nausea", meaning="Feeling sick.", also="nauseous\r\nsick")
    assert draft("glossary.yaml").startswith(
        "Nausea:\n  meaning: Feeling sick.\n  also:\n    - nauseous\n    - sick\nPlacebo:"
    )


def test_the_first_person_makes_the_team(pat, content):
    (content / "people.yaml").write_text("# Who works here.\n#\n# - name: …\n")
    url = f"{LIST}data/people.yaml/"
    save(pat, url, **{"0-name": "Ada Example", "0-role": "Nurse", "0-kind": "nurse"})
    assert draft("people.yaml").endswith(
        "# - name: …\n- name: Ada Example\n  role: Nurse\n  kind: nurse\n"
    )
    save(pat, url, **{"0-DELETE": "on"})
    assert draft("people.yaml") == "# Who works here.\n#\n# - name: …\n"


def test_a_chart_is_shown_with_the_numbers_of_the_draft(pat, content, chart):
    body = 'Text [@S1; @S2].\n\n::: chart id="one"\n:::\n'
    (content / "risks.md").write_text(make_page(body, title="Risks"))
    url = f"{LIST}data/charts/one.yaml/"
    answer = save(pat, url, **{"groups-0-value": "59"})
    assert draft("charts/one.yaml") == CHART.replace("value: 45", "value: 59")
    assert "59 in 100" in answer.context["picture"]
    assert [use.name for use in answer.context["uses"]] == ["risks.md"]


def test_a_chart_is_added(pat, publish):
    new = {"name": "Two", "kind": "bars"}
    url = pat.post(f"{LIST}new-chart/", new).headers["Location"]
    assert "Nothing is filled in yet" in pat.get(url).content.decode()
    typed = dict(line.split(": ") for line in CHART.splitlines()[2:10] if line[-1] != ":")
    group = {"groups-0-label": "A day", "groups-0-arm": "treatment", "groups-0-value": "45"}
    typed |= group | {"sources": "S1", "badge": "early", "caption": "It is one trial."}
    shown = save(pat, url, **typed)
    assert [each.problem.message for each in shown.context["here"]] == ["No page shows this chart."]
    assert "<p>(Can wait) No page shows this chart." in shown.text  # that is about no field
    assert "\nkind: bars\nabout: ketamine\n" in draft("charts/two.yaml")
    confirm(pat, "charts/two.yaml", publish)
    assert "There is a chart" in pat.post(f"{LIST}new-chart/", new).content.decode()


def test_a_second_notice_saved_while_the_first_is_published_goes_on_from_it(pat, publish):
    url = f"{CLINIC}?part=notices"
    first = {"text": "We’re closed.", "from": "2026-12-24", "until": "2026-12-26"}
    save(pat, url, **{f"notices-0-{key}": value for key, value in first.items()})
    press_publish(pat, "clinic.yaml")
    second = first | {"text": "We moved."}
    save(pat, url, **{f"notices-1-{key}": value for key, value in second.items()})
    assert publish()
    confirm(pat, "clinic.yaml", publish)
    text = ContentVersion.objects.current().text_of("clinic.yaml")
    assert [text.count(each["text"]) for each in (first, second)] == [1, 1]


@pytest.mark.parametrize(
    ("changes", "label", "words"),
    [
        ({"groups-0-value": "46"}, "How many in 100", "doesn’t have the figure 46."),
        ({"groups-0-n": "61"}, "People in the group", "doesn’t have the figure 61."),
        ({"people": ""}, "People in the group", "doesn’t say how many people it had."),
        ({"no_comparison": ""}, "Kind of group", "The comparison group is missing."),
        ({"groups-0-range": "46\n50"}, "Where the true figure may lie", "isn’t in the range"),
    ],
)
def test_what_is_wrong_with_a_group_stands_at_its_field(pat, chart, changes, label, words):
    form = save(pat, f"{LIST}data/charts/one.yaml/", **changes).context["form"]
    group = form.inner["groups"].groups[0]
    found = {group[name].label: " ".join(errors) for name, errors in group.errors.items()}
    assert list(found) == [label]
    assert words.replace("’", "&#x27;") in found[label]


def test_a_figure_that_a_source_lacks_leads_to_its_entry(pat, chart):
    answer = save(pat, f"{LIST}data/charts/one.yaml/", **{"groups-0-value": "46"})
    [error] = answer.context["form"].inner["groups"].groups[0]["value"].errors
    assert f'add it to “More of what it says” of <a href="{S1}#id_details">S1</a>' in error


def test_two_editors_of_different_sources_do_not_meet(pat, browser):
    sam = browser("editor", "sam")
    opened = fields(sam, f"{SOURCES}?part=S2")
    save(pat, S1, title="The first trial")
    sam.post(f"{SOURCES}?part=S2", opened | {"title": "The second one"})
    assert "The first trial" in draft("sources.yaml")
    assert "The second one" in draft("sources.yaml")


def test_two_editors_of_one_source_see_both_and_neither_is_lost(pat, browser):
    sam = browser("editor", "sam")
    opened = fields(sam, S1)
    save(pat, S1, title="The words of Pat")
    answer = sam.post(S1, opened | {"title": "The words of Sam"})
    shown = answer.content.decode()
    assert "<bdi>pat</bdi> changed this while you wrote" in shown
    assert answer.context["form"]["title"].value() == "The words of Sam"
    assert "of <del>Pat" not in draft("sources.yaml")
    assert "The words of Pat" in draft("sources.yaml")
    again = opened | {"title": "The words of Sam", "began_with": answer.context["editing"].shown.pk}
    sam.post(S1, again)
    assert "The words of Sam" in draft("sources.yaml")


def test_saving_without_a_change_makes_no_draft(pat):
    save(pat, S1)
    save(pat, CONTACT)
    assert not ContentVersion.objects.open_drafts().exists()


def test_a_page_that_cites_a_source_that_is_still_a_draft_says_so(pat, write, publish):
    new = {"title": "New", "kind": "trial", "check": "A", "shows": "It helped."}
    save(pat, f"{SOURCES}?part=S9", **new)
    url = f"{LIST}page/risks.md/"
    write("risks.md", make_page("Text with its sources [@S1; @S9].", title="Risks"))
    assert (
        "The draft of “Sources to cite” solves this. Publish it …, and both"
        in pat.get(url).content.decode()
    )
    confirm(pat, "sources.yaml", publish)
    assert "draft of “Sources" not in pat.get(url).content.decode()
    confirm(pat, "risks.md", publish)
    assert draft("risks.md") is None


@pytest.mark.parametrize("began_with", ["", "x", "0", "9" * 30])
def test_a_form_that_does_not_say_where_it_began_replaces_nothing(pat, began_with):
    answer = save(pat, S1, title="Other", began_with=began_with)
    assert "changed this while you wrote" in answer.content.decode()
    assert draft("sources.yaml") is None


def test_a_form_that_arrives_incomplete_saves_nothing(pat):
    url = f"{CLINIC}?part=crisis-lines"
    data = {key: value for key, value in fields(pat, url).items() if "count" not in key}
    assert "did not arrive" in pat.post(url, data).content.decode()
    assert draft("clinic.yaml") is None


def test_what_could_not_be_saved_is_still_in_the_form(pat, monkeypatch):
    def full(*_):
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr("kapsite.editor.writing.drafts.save_draft", full)
    answer = save(pat, S1, title="Typed and not saved")
    assert answer.context["form"]["title"].value() == "Typed and not saved"
    assert "This could not be saved" in answer.content.decode()


def test_a_file_that_another_program_broke_is_explained(pat, content):
    (content / "clinic.yaml").write_text("name: [\n")
    assert "a mistake that a form can’t show" in pat.get(CONTACT).content.decode()


def test_discarding_a_draft_of_a_file_leads_back_to_its_form(pat):
    save(pat, S1, title="Other")
    answer = pat.post(f"{LIST}page/sources.yaml/discard/", {"sure": "1"}, follow=True)
    assert answer.redirect_chain[-1][0] == SOURCES
    assert draft("sources.yaml") is None


def test_a_new_chart_of_no_known_kind_leads_back_to_the_list(pat):
    for query in ("", "?kind=pie"):
        assert pat.get(f"{LIST}data/charts/new.yaml/{query}").headers["Location"] == LIST


@pytest.mark.parametrize("name", ["signoffs.yaml", "wording.yaml", "../x.yaml", "charts/../x.yaml"])
def test_only_files_with_a_form_can_be_opened(pat, name):
    assert pat.get(f"{LIST}data/{name}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("editor", 200), ("publisher", 200), ("lead", 403), ("front-desk", 403)]
)
def test_only_editors_open_the_forms(browser, role, status):
    assert browser(role, "me").get(CONTACT).status_code == status
    assert Publication.objects.count() == 0


def live(client, url, **typed):
    address, _, query = url.partition("?")
    answer = client.post(f"{address}live/?{query}", fields(client, url) | typed)
    return answer.json()


def test_what_is_typed_is_checked_and_not_saved(pat):
    found = live(pat, CONTACT, phone="12", email="me@example.org")
    assert found["errors"] == {
        "id_phone": "&quot;12&quot; isn&#x27;t a phone number. Write it like (425) 654-5433."
    }
    assert '<a href="#id_phone">Phone</a>' in found["beside"]
    assert draft("clinic.yaml") is None


def test_an_error_that_is_corrected_is_gone_before_it_is_saved(pat):
    save(pat, CONTACT, phone="12")
    found = live(pat, CONTACT, phone="+14255550142")
    assert found["errors"] == {}
    assert "No problems found" in found["beside"]


def test_of_a_form_that_arrives_incomplete_nothing_is_checked(pat):
    assert live(pat, f"{CLINIC}?part=crisis-lines", **{"crisis_lines-count": ""}) == {"errors": {}}
    assert pat.post(f"{LIST}data/nothing.yaml/live/").status_code == 404


def test_closed_days_are_date_inputs_with_empty_ones_to_add_some(pat):
    url = f"{CLINIC}?part=hours-and-closed-days"
    save(pat, url, holidays=["2026-12-25", "", "Christmas", "2027-01-01"])
    assert "holidays:\n  - 2026-12-25\n  - Christmas\n  - 2027-01-01\n" in draft("clinic.yaml")
    shown = pat.get(url).content.decode()
    assert shown.count('type="date" name="holidays"') == 2 + MORE
    assert 'type="text" name="holidays" value="Christmas"' in shown
    save(pat, url)
    assert "  - Christmas\n" in draft("clinic.yaml")


def test_a_fact_that_ends_is_chosen_by_its_name(pat):
    url = f"{CLINIC}?part=launch-and-reminders"
    assert '<option value="reply_promise">Reply promise</option>' in pat.get(url).content.decode()
    save(pat, url, **{"expires-0-key": "hours", "expires-0-value": "2027-01-01"})
    assert "\nexpires:\n  hours: 2027-01-01\n" in draft("clinic.yaml")


@pytest.mark.parametrize(
    ("url", "needed"),
    [
        (f"{LIST}data/sources.yaml/?part=S99", "“Title”"),
        (f"{LIST}data/people.yaml/", "“Name” and “Role”"),
        (f"{LIST}data/charts/new.yaml/?kind=icons", "“Those it happened to”"),
    ],
)
def test_an_empty_form_says_what_it_needs_and_not_that_all_is_well(browser, content, url, needed):
    (content / "people.yaml").write_text("# Nobody yet.\n")
    shown = browser().get(url).content.decode()
    assert "Nothing is filled in yet" in shown
    assert needed in shown
    assert "No problems found" not in shown


def test_a_chart_its_new_source_and_its_page_are_one_path(pat):
    url = f"{LIST}data/charts/two.yaml/"
    typed = fields(pat, f"{url}?kind=bars") | {"title": "What I typed", "add_source": "sources"}
    source = pat.post(f"{url}?kind=bars", typed).headers["Location"]
    assert "part=S3&back=charts%2Ftwo.yaml" in source
    back = pat.post(source, fields(pat, source) | {"title": "New"}).headers["Location"]
    assert back == f"{url}#saved-page"
    shown = pat.get(url)
    assert shown.context["form"]["title"].value() == "What I typed"
    assert shown.context["form"]["sources"].value() == ["S3"]
    assert shown.context["sources"]["S3"] == "New"
    assert f'href="{PAGE}?chart=two"' in shown.content.decode()
    opened = pat.get(f"{PAGE}?chart=two")
    assert '::: chart id="two"\n:::' in opened.context["form"]["text"].value()


def test_the_next_source_has_a_free_name_in_the_form(pat):
    assert pat.get(f"{LIST}data/sources.yaml/").context["form"]["name"].value() == "S3"
