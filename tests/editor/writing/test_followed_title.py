"""The exemption of a title is not left behind when the title changes."""

from pathlib import Path

import pytest

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
    form, meta = (pat.get(PAGE).context[name] for name in ("form", "written"))
    fields = {
        "text": form["text"].value(),
        "began_with": form["began_with"].value(),
        "shape": "form",
        "meta-title": new,
        "meta-description": meta.meta["description"].value(),
        "meta-changes-count": "1",
        "meta-uncited-count": "1",
        "meta-uncited-0-text": "Card for the person who drives",
        "meta-uncited-0-reason": "A name",
    }
    checked = pat.post(PAGE, fields | {"check": "1"})
    assert [each[1] for each in checked.context["problems"] if "xempt" in each[1]] == []
    pat.post(PAGE, fields)
    draft = ContentVersion.objects.draft_of("index.md").text_of("index.md")
    assert ("uncited" in draft) == bool(exemption)
    assert exemption in draft
