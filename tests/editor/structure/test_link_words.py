"""Links that say the old title of a page can say its new one."""

from kapsite.editor.models import ContentVersion
from tests.pages.samples import make_page

LIST = "/admin/edit/"
ADDRESS = f"{LIST}page/risks.md/address/"


def test_links_with_the_old_title_are_offered_the_new_one(browser, content, publish):
    pat = browser("publisher", "pat")
    body = "[Risks](/risks/), [risks](/risks/#harm) and [harm](/risks/) [@S1; @S2]."
    (content / "index.md").write_text(make_page(body, title="Home"))
    pat.get(LIST)
    assert pat.get(ADDRESS).context["still_called"] == []
    (content / "risks.md").write_text(make_page("## Harm\n\nIt is rare.", title="Side effects"))
    shown = pat.get(ADDRESS)
    assert shown.context["still_called"] == [("index.md", "Home", 2)]
    assert "still link to it as “Risks”" in shown.text
    seen = pat.post(ADDRESS, {"retitle": "1"}).context["form"]["seen"].value()
    pat.post(ADDRESS, {"retitle": "1", "publish": "1", "reason": "Its new title", "seen": seen})
    assert publish()
    said = "[Side effects](/risks/), [Side effects](/risks/#harm) and [harm](/risks/)"
    assert said in (content / "index.md").read_text()
    assert ContentVersion.objects.current().reason == "Its new title"
    assert pat.get(ADDRESS).context["still_called"] == []


def test_a_draft_with_another_title_says_which_links_have_the_old_one(browser, content):
    pat = browser("publisher", "pat")
    (content / "index.md").write_text(make_page("[Risks](/risks/) [@S1; @S2].", title="Home"))
    page = f"{LIST}page/risks.md/"
    began_with = pat.get(page).context["form"]["began_with"].value()
    text = make_page(title="Side effects")
    pat.post(page, {"text": text, "began_with": began_with})
    assert "Other pages link to this one as “Risks” (1 link)." in pat.get(page).text
