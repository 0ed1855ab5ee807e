"""The exemption of a title is not left behind when the title changes."""

from pathlib import Path

import pytest

from kapsite.editor.data_forms.files.front_matter import keys_of
from kapsite.editor.models import ContentVersion
from tests.editor.test_views import PAGE
from tests.pages.samples import make_page

REAL = Path(__file__).parents[3] / "content"


@pytest.mark.parametrize(
    ("new", "exemption"),
    [
        ("Card for the one who drives", "{text: Card for the one who drives, reason: A name}"),
        ("Driving home", ""),
    ],
)
def test_the_exemption_of_a_title_follows_the_title(browser, content, new, exemption):
    (content / "claims.yaml").write_text((REAL / "claims.yaml").read_text())
    old = "  - {text: Card for the person who drives, reason: A name}"
    home = make_page(title="Card for the person who drives", uncited=f"\n{old}")
    (content / "index.md").write_text(home)
    pat = browser("publisher", "pat")
    fields = sent(pat) | {
        "meta-title": new,
        "meta-uncited-0-text": "Card for the person who drives",
        "meta-uncited-0-reason": "A name",
    }
    checked = pat.post(PAGE, fields | {"check": "1"})
    assert [each[1] for each in checked.context["problems"] if "xempt" in each[1]] == []
    pat.post(PAGE, fields)
    draft = ContentVersion.objects.draft_of("index.md").text_of("index.md")
    assert ("uncited" in draft) == bool(exemption)
    assert exemption in draft


def sent(pat) -> dict[str, str]:
    """What the form sends of a page with a title, a description and a text."""
    form, meta = (pat.get(PAGE).context[name] for name in ("form", "written"))
    return {
        "text": form["text"].value(),
        "began_with": form["began_with"].value(),
        "shape": "form",
        "meta-title": meta.meta["title"].value(),
        "meta-description": meta.meta["description"].value(),
        "meta-changes-count": "1",
        "meta-uncited-count": "1",
    }


def saved(browser, content, title, menu) -> str:
    """The editor of a page with the draft of a new title."""
    (content / "index.md").write_text(make_page(title="Checklist", menu=menu))
    pat = browser("publisher", "pat")
    pat.post(PAGE, sent(pat) | {"meta-title": title, "meta-menu": menu})
    return pat.get(PAGE).text


@pytest.mark.parametrize("title", ["Your plan", "A plan for the whole of your long day"])
def test_a_short_title_that_is_the_title_follows_it(browser, content, title):
    shown = saved(browser, content, title, menu="Checklist")
    draft = keys_of(ContentVersion.objects.draft_of("index.md").text_of("index.md"))
    assert (draft["title"], draft.get("menu", title)) == (title, title)
    assert "still called" not in shown


def test_another_short_title_is_named_beside_the_new_title(browser, content):
    shown = saved(browser, content, "Your plan", menu="List")
    assert "In menus and lists it is still called “List”. <a href='#id_meta-menu'>" in shown
    draft = keys_of(ContentVersion.objects.draft_of("index.md").text_of("index.md"))
    assert draft["menu"] == "List"
