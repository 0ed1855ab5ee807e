"""Links that say the old title of a page can say its new one."""

import pytest

from kapsite.editor.models import ContentVersion
from kapsite.editor.structure.places.link_words import like
from tests.editor.structure.test_page_changes import confirm
from tests.pages.samples import make_page

LIST = "/admin/edit/"
ADDRESS = f"{LIST}page/risks.md/address/"


BODY = "Print a [risks](/risks/#harm) and no more.\n\n- [Risks](/risks/)\n- [Harm](/risks/).\n"
SENTENCE, ENTRY = "Print a risks and no more.", "Risks"


@pytest.fixture
def pat(pat, content):
    """A publisher, where a page got a new title after others linked to it."""
    (content / "index.md").write_text(make_page(BODY, title="Home"))
    pat.get(LIST)
    assert pat.get(ADDRESS).context["still_called"] == 0
    (content / "risks.md").write_text(make_page("## Harm\n\nIt is rare.", title="Side effects"))
    return pat


def places(shown) -> dict[str, tuple]:
    return {each.place.words: each for each in shown.context["form"].rows()}


def choose(pat, **said) -> dict[str, str]:
    """What is posted with the proposed choices, but for the sentence."""
    form = pat.post(ADDRESS, {"retitle": "1"}).context["form"]
    given = {key: field.initial for key, field in form.fields.items()}
    [key] = [each.key for each in form.found if each.words == SENTENCE]
    changed = {f"{key}{name.removeprefix('choice')}": value for name, value in said.items()}
    return {"retitle": "1", "mentions": "1"} | given | changed


def home_after(pat, content, publish, sent) -> str:
    confirm(pat, ADDRESS, "Its new title", **sent)
    assert publish()
    return (content / "index.md").read_text().split("---\n")[2].strip()


def test_each_link_with_the_old_title_is_listed_with_what_it_would_say(pat):
    assert "2 links of other pages still say “Risks”" in pat.get(ADDRESS).text
    shown = places(pat.post(ADDRESS, {"retitle": "1"}))
    assert list(shown) == [SENTENCE, ENTRY]
    assert [label for _, label in shown[SENTENCE].choice.field.choices] == [
        "Keep it as it is",
        "Say the new title: “Print a side effects and no more.”",
        "Say it in these words:",
    ]
    assert shown[SENTENCE].words.initial == "Print a side effects and no more."


def test_words_typed_for_links_are_not_restored_for_a_removal(pat):
    links = pat.post(ADDRESS, {"retitle": "1"}).text
    removal = pat.post(ADDRESS, {"remove": "1", "instead": "index.md"}).text
    assert f'data-draft="links {ADDRESS}"' in links
    assert f'data-draft="removal {ADDRESS}"' in removal


def test_a_new_title_is_proposed_where_it_comes_first(pat):
    shown = places(pat.post(ADDRESS, {"retitle": "1"}))
    assert [shown[each].choice.initial for each in (SENTENCE, ENTRY)] == ["keep", "title"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"choice": "keep"}, "Print a [risks](/risks/#harm) and no more."),
        ({"choice": "title"}, "Print a [side effects](/risks/#harm) and no more."),
        (
            {"choice": "keep", "choice-words": "Print the side effects."},
            "Print the [side effects](/risks/#harm).",
        ),
        (
            {"choice": "reword", "choice-words": "Print the risks."},
            "Print the [risks](/risks/#harm).",
        ),
    ],
)
def test_a_link_says_what_was_chosen_for_its_place(pat, content, publish, said, sentence):
    sent = choose(pat, **said)
    after = home_after(pat, content, publish, sent)
    assert after == f"{sentence}\n\n- [Side effects](/risks/)\n- [Harm](/risks/)."
    assert ContentVersion.objects.current().reason == "Its new title"


def test_choices_can_be_changed_from_the_review(pat):
    sent = choose(pat, choice="title")
    assert "Change the choices" in pat.post(ADDRESS, sent).text
    again = places(pat.post(ADDRESS, sent | {"again": "1"}))
    assert again[SENTENCE].choice.value() == "title"


def test_where_each_place_is_kept_there_is_nothing_to_publish(pat):
    sent = choose(pat, choice="keep")
    sent = {key: "keep" if value == "title" else value for key, value in sent.items()}
    assert "so there is nothing to publish" in pat.post(ADDRESS, sent).text


@pytest.mark.parametrize(
    ("words", "title", "said"),
    [
        ("checklist", "Your plan", "your plan"),
        ("Checklist", "Your plan", "Your plan"),
        ("checklist", "KAP and you", "KAP and you"),
        ("Checklist", "iPads", "IPads"),
    ],
)
def test_a_new_title_has_the_capital_of_the_words_that_it_replaces(words, title, said):
    assert like(words, title) == said


def test_the_list_says_what_else_a_published_title_concerns(browser, content, ask, publish):
    (content / "index.md").write_text(make_page("[Risks](/risks/) [@S1; @S2].", title="Home"))
    ask(make_page(title="Side effects"), "risks.md")
    assert publish()
    shown = browser().get(LIST)
    assert shown.context["retitled"] == [("risks.md", "Risks", "Side effects", 1)]
    assert f'<a class="btn" href="{ADDRESS}#links">Change the link</a>' in shown.text
    assert f'<a class="btn" href="{ADDRESS}#address">Change the address</a>' in shown.text


def test_a_draft_with_another_title_says_which_links_have_the_old_one(browser, content, write):
    (content / "index.md").write_text(make_page("[Risks](/risks/) [@S1; @S2].", title="Home"))
    write("risks.md", make_page(title="Side effects"))
    shown = browser().get(f"{LIST}page/risks.md/").text
    assert "Other pages link to this one as “Risks” (1 link)." in shown
    assert f'<a href="{ADDRESS}">Address or removal</a> lists it, and' in shown
