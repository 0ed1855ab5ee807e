"""The sources that a chart cites are found by words of their titles, and added from its form."""

import pytest

from tests.editor.data_forms.test_data_views import LIST, draft, fields, live, save

ONE = f"{LIST}data/charts/one.yaml/"
NEW = f"{LIST}data/charts/two.yaml/?kind=bars"
BUTTON = '<button type="submit" class="btn" name="add_source" value="sources">'


pytestmark = pytest.mark.usefixtures("chart")


def cited(answer):
    return answer.context["form"]["sources"]


@pytest.mark.parametrize("typed", [[], ["S1"], ["S1", "no such words"]])
@pytest.mark.parametrize("url", [ONE, NEW])
def test_a_new_source_can_be_added_from_every_chart(pat, url, typed):
    assert BUTTON in pat.get(url).content.decode()
    assert BUTTON in save(pat, url, sources=typed).content.decode()
    answer = pat.post(url, fields(pat, url.partition("?")[0]) | {"add_source": "sources"})
    assert "part=S3&back=charts%2F" in answer.headers["Location"]
    assert cited(pat.get(url)).value() == [*typed, "S3"]


def test_the_title_of_a_source_stands_below_its_name(pat):
    assert '<p class="hint" data-title>First trial</p>' in pat.get(ONE).content.decode()


def test_words_that_only_one_title_has_are_that_source(pat):
    save(pat, ONE, sources=["SECOND trial", "s1", "[@S9]"])
    assert "sources: [S2, S1, S9]" in draft("charts/one.yaml")


def test_words_that_some_titles_have_offer_these(pat):
    [error] = cited(save(pat, ONE, sources=["trial"])).errors
    assert error == (
        "“trial” may be one of several sources. "
        "Choose one of these: S1 “First trial”, S2 “Second trial”."
    )
    [error] = cited(save(pat, ONE, sources=["waiting"])).errors
    assert error.startswith("No source has “waiting” in its title.")


def test_a_source_that_was_never_filled_in_is_added_from_its_chart(pat):
    pat.post(ONE, fields(pat, ONE) | {"add_source": "sources"})
    [error] = cited(pat.get(ONE)).errors
    assert "There is no source “S3”." in error
    assert f'<a href="{LIST}data/sources.yaml/?part=S3&amp;back=charts%2Fone.yaml">Add S3<' in error


def test_two_charts_never_get_the_same_new_source(pat):
    first, second = (
        pat.post(url, fields(pat, url) | {"add_source": "sources"}).headers["Location"]
        for url in (ONE, NEW)
    )
    assert "part=S3&" in first
    assert "part=S4&" in second


def test_the_figures_of_a_chart_are_compared_with_a_source_that_is_a_draft(pat):
    source = pat.post(ONE, fields(pat, ONE) | {"sources": [], "add_source": "sources"})
    url, new = source.headers["Location"], {"title": "New", "kind": "trial", "check": "A"}
    shown = save(pat, url, **new, shows="Of 60 people, 44 in 100 were better.")
    [error] = shown.context["form"].inner["groups"].groups[0]["value"].errors
    assert "The entry of S3 doesn&#x27;t have the figure 45." in error
    assert "There is no source &quot;S3&quot; yet." in shown.content.decode()
    assert "45 in 100" in shown.context["picture"]


def test_nobody_is_corrected_while_they_search(pat):
    assert live(pat, ONE, sources=["trial"], typing="id_sources")["errors"] == {}
    assert "id_sources" in live(pat, ONE, sources=["trial"], typing="id_title")["errors"]


def test_sources_of_approval_status_are_added_in_the_same_way(pat, content):
    (content / "medicines.yaml").write_text("ketamine:\n  name: Ketamine\n")
    url = f"{LIST}data/medicines.yaml/"
    answer = pat.post(url, fields(pat, url) | {"add_source": "ketamine-sources"})
    assert "part=S3&back=medicines.yaml" in answer.headers["Location"]
    assert "- S3" in draft("medicines.yaml")


def test_what_is_empty_in_a_new_chart_is_listed_and_not_red_until_it_is_saved(pat):
    found = live(pat, NEW, title="It helped")
    assert found["errors"] == {}
    assert '<a href="#id_measure">What was measured</a>' in found["beside"]
    assert "What to fix" not in found["beside"]
    assert "Fill it in." in save(pat, NEW, title="It helped").content.decode()


def test_what_is_wrong_in_a_new_chart_is_red_at_once(pat):
    found = live(pat, NEW, people="many")
    assert list(found["errors"]) == ["id_people"]
    assert "Still to fill in: " in found["beside"]
