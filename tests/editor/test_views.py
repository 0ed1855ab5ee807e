"""What an editor does in the browser, with good and bad input."""

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from kapsite.editor.models import ContentVersion, Publication
from kapsite.editor.writing.previews import preview
from tests.factories import make_staff
from tests.pages.samples import make_page

LIST = "/admin/edit/"
PAGE = f"{LIST}page/index.md/"
PUBLISH = f"{PAGE}publish/"
NEW = make_page("Better words [@S1; @S2].", title="Home")
BROKEN = make_page("[A link](/nowhere/).", title="Home")


def began_with(client, page=PAGE):
    return client.get(page).context["form"]["began_with"].value()


def save(client, text=NEW, page=PAGE, **also):
    data = {"text": text, "began_with": began_with(client, page)} | also
    return client.post(page, data, follow=True)


def confirm(client, reason, **also):
    draft = ContentVersion.objects.draft_of("index.md")
    data = {"reason": reason, "seen": draft.pk if draft else ""} | also
    return client.post(PUBLISH, data, follow=True)


def published():
    return ContentVersion.objects.current()


def test_the_list_shows_every_page_with_its_draft(pat):
    save(pat)
    shown = pat.get(LIST).content.decode()
    assert "risks.md" in shown
    assert "Draft</span> by <bdi>pat</bdi>" in shown


def test_the_list_shows_the_title_that_a_draft_gives_its_page(pat):
    save(pat, make_page("Better words [@S1; @S2].", title="Welcome"))
    save(pat, "---\ntitle:\n---\n\nWords.\n", f"{LIST}page/risks.md/")
    titles = {name: title for name, title, *_ in pat.get(LIST).context["rows"]}
    assert (titles["index.md"], titles["risks.md"]) == ("Welcome", "Risks")


def test_saving_keeps_a_draft_that_readers_do_not_see(pat, content):
    before = (content / "index.md").read_text()
    assert "Saved as a draft" in save(pat).content.decode()
    assert pat.get(PAGE).context["written"].base == NEW + "\n"
    assert (content / "index.md").read_text() == before


def test_saving_what_is_not_changed_makes_no_draft_and_says_so(pat, content):
    same = (content / "index.md").read_text().replace("\n", "\r\n")
    assert "there is no draft" in save(pat, same).content.decode()
    assert not ContentVersion.objects.open_drafts().exists()


def test_a_full_disk_while_saving_keeps_the_text_and_says_so(pat, monkeypatch):
    def full(*_):
        raise OperationalError("database or disk is full")

    data = {"text": NEW, "began_with": began_with(pat)}
    monkeypatch.setattr("kapsite.editor.writing.drafts.Blob.objects.store", full)
    answer = pat.post(PAGE, data)
    assert "its disk is full. Your text is still here." in answer.content.decode()
    assert answer.context["form"]["text"].value() == NEW


def test_checking_shows_problems_with_their_lines_and_saves_nothing(pat):
    answer = save(pat, BROKEN, check="1")
    [(spot, *_)] = [each for each in answer.context["problems"] if "/nowhere/" in each[1]]
    assert f'data-line="{spot.line}"' in answer.content.decode()
    assert "[A link](/nowhere/)." in answer.context["form"]["text"].value()
    assert not ContentVersion.objects.open_drafts().exists()


@pytest.mark.parametrize(
    "text",
    ["", "No front matter", "---\ntitle: [\n---\n", "---\n---\n\ud7ff\x00", "<<<<<<< HEAD\n"],
)
def test_a_text_that_is_no_page_is_explained_and_kept(pat, text):
    answer = save(pat, text, check="1")
    assert answer.status_code == 200
    assert answer.context.get("problems") or answer.context["form"].errors
    assert (answer.context["form"]["text"].value() or "").rstrip() == text.rstrip()


def test_two_editors_see_both_texts_and_neither_is_lost(pat, browser):
    sam = browser("editor", "sam")
    opened = began_with(sam)
    save(pat)
    data = {"text": make_page("Sam's words [@S1; @S2].", title="Home"), "began_with": opened}
    answer = sam.post(PAGE, data)
    shown = answer.content.decode()
    assert "<bdi>pat</bdi> changed this page while you wrote" in shown
    assert "Sam's words" in answer.context["form"]["text"].value()
    assert "Better" in "".join(text for row in answer.context["theirs"] for _, text in row.before)
    assert ContentVersion.objects.draft_of("index.md").author.username == "pat"
    data["began_with"] = answer.context["form"]["began_with"].value()
    sam.post(PAGE, data)
    assert "Sam's words" in ContentVersion.objects.draft_of("index.md").text_of("index.md")


def test_the_preview_is_the_page_that_readers_would_get(pat):
    data = {"text": NEW, "began_with": began_with(pat)}
    shown = pat.post(f"{PAGE}preview/", data).content.decode()
    assert "Better words" in shown
    assert '<meta name="robots" content="noindex">' in shown


def test_only_a_preview_of_a_draft_says_that_it_is_one(pat, content):
    said = "This is a draft."
    readers = (content / "index.md").read_text()
    for text, is_draft in [(readers, False), (NEW, True)]:
        data = {"text": text, "began_with": began_with(pat)}
        for place in ("preview", "live"):
            assert (said in pat.post(f"{PAGE}{place}/", data).text) is is_draft


def test_a_preview_of_a_page_that_cannot_be_read_says_what_to_fix_first(pat):
    data = {"text": "---\ntitle: [\n---\n", "began_with": began_with(pat)}
    shown = pat.post(f"{PAGE}preview/", data)
    assert "First fix this. Line 2:" in shown.content.decode()
    assert "form" not in shown.context  # no second editor


@pytest.mark.sqlite
def test_a_page_without_title_and_description_is_shown_in_previews(pat):
    text = "---\ntitle:\ndescription:\ndrawing: hut\n---\n\nPark behind the house.\n"
    data = {"text": text, "began_with": 1}
    for answer in (pat.post(f"{PAGE}preview/", data), pat.post(f"{PAGE}live/", data)):
        assert "Park behind the house." in answer.text
        assert "The title is still missing" in answer.text


def test_publishing_shows_the_change_and_asks_for_a_reason(pat, publish):
    save(pat)
    assert "<ins>Better words" in pat.get(PUBLISH).content.decode()
    assert "Write what you changed, and why." in confirm(pat, "").content.decode()
    assert not Publication.objects.exists()
    shown = confirm(pat, "Clearer").content.decode()
    assert shown.count("Publishing") == 1
    assert "Publishing “Clearer” …" in shown
    publish()
    assert (published().reason, published().author.username) == ("Clearer", "pat")


def test_a_page_says_that_it_is_being_published(pat):
    save(pat)
    confirm(pat, "Clearer")
    for shown in (pat.get(PAGE).text, pat.get(f"{PAGE}address/").text):
        assert "This draft is being published. That takes a few seconds." in shown
        assert "Publish it" not in shown
    assert "Being published" in pat.get(LIST).text


def test_a_draft_can_be_published_later_and_canceled_until_then(pat, publish):
    save(pat)
    confirm(pat, "For May", publish_on="2027-05-01T09:00")
    asked = Publication.objects.get()
    assert "Sat May 1, 2027, 9:00 AM" in pat.get(LIST).content.decode()
    at = '<time datetime="2027-05-01T09:00:00-07:00">May 1, 9:00 AM</time>'
    assert f"Scheduled for {at}</span>" in pat.get(LIST).text
    assert "without what was saved since" not in pat.get(LIST).text
    assert "What you change and save until then isn’t included" in pat.get(PAGE).text
    save(pat, NEW.replace("Better", "Later"))
    assert f"Scheduled for {at}</span> without what was saved since" in pat.get(LIST).text
    assert "What was saved since isn’t included" in pat.get(PAGE).text
    assert not publish()
    assert "Canceled" in pat.post(f"{LIST}cancel/{asked.pk}/", follow=True).content.decode()
    assert ContentVersion.objects.draft_of("index.md")


@pytest.mark.parametrize("when", ["tomorrow", "9999-12-31T23:59", "2027-02-30T09:00"])
def test_a_time_that_cannot_be_is_refused_with_the_reason(pat, when):
    save(pat)
    answer = confirm(pat, "For May", publish_on=when)
    assert answer.context["form"].errors["publish_on"]
    assert answer.context["form"]["reason"].value() == "For May"


def test_a_draft_with_an_error_cannot_be_published(pat):
    save(pat, BROKEN)
    answer = confirm(pat, "Because")
    assert f'<a href="{PAGE}#line-1">Line 1</a>: There is no page' in answer.content.decode()
    assert not Publication.objects.exists()


def test_a_draft_of_a_page_that_changed_outside_cannot_be_published(pat, content):
    save(pat)
    (content / "index.md").write_text(make_page("Typed elsewhere [@S1].", title="Home"))
    answer = confirm(pat, "Because")
    assert "was changed after this draft was begun" in answer.content.decode()
    assert "<del>Typed" in pat.get(PAGE).content.decode()  # both texts side by side
    assert not Publication.objects.exists()


def test_a_draft_of_a_page_that_was_deleted_meanwhile_is_kept(pat, content):
    save(pat, page=f"{LIST}page/risks.md/", text=make_page("Newer [@S1; @S2].", title="Risks"))
    (content / "risks.md").unlink()
    answer = pat.get(f"{LIST}page/risks.md/")
    assert "Newer" in answer.context["form"]["text"].value()
    assert "This page was removed after the draft was begun" in answer.content.decode()
    assert "risks.md" in pat.get(LIST).content.decode()


def test_why_something_was_not_published_is_shown_on_the_list(pat, publish, content):
    save(pat)
    confirm(pat, "Clearer")
    (content / "index.md").write_text(make_page("Typed elsewhere [@S1].", title="Home"))
    publish()
    shown = pat.get(LIST).content.decode()
    assert "“Clearer” was not published" in shown
    assert "“Home” changed in the meantime" in shown


def test_a_change_of_another_page_is_no_conflict(pat, content):
    opened = began_with(pat)
    (content / "risks.md").write_text(make_page("Other words [@S1; @S2].", title="Risks"))
    pat.post(PAGE, {"text": NEW, "began_with": opened})
    assert "Better words" in ContentVersion.objects.draft_of("index.md").text_of("index.md")


def test_before_a_draft_is_discarded_one_step_says_what_is_lost(pat):
    save(pat)
    shown = pat.post(f"{PAGE}discard/").content.decode()
    assert "Discard the draft of “Home”?" in shown
    assert "The draft stays in the history" in shown
    assert ContentVersion.objects.draft_of("index.md")


def test_discarding_a_page_that_was_never_published_leads_to_the_list(pat):
    save(pat, page=f"{LIST}page/new.md/")
    for said in ("The draft was discarded.", "already published or discarded"):
        answer = pat.post(f"{LIST}page/new.md/discard/", {"sure": "1"}, follow=True)
        assert answer.redirect_chain[-1][0].split("#")[0] == LIST
        assert said in answer.content.decode()


def test_a_discarded_draft_is_gone_from_the_page_and_can_be_read_in_the_history(pat):
    save(pat)
    draft = ContentVersion.objects.draft_of("index.md")
    pat.post(f"{PAGE}discard/", {"sure": "1"})
    assert "Better words" in pat.get(f"{LIST}history/{draft.pk}/").content.decode()
    assert "Better" not in pat.get(PAGE).context["form"]["text"].value()


def test_a_new_page_begins_with_its_title_and_menu(pat):
    answer = pat.post(LIST, {"title": 'Groups: "who" and when', "menu": "header"}, follow=True)
    assert answer.request["PATH_INFO"] == f"{LIST}page/groups-who-and-when.md/"
    meta = answer.context["written"].meta
    assert [meta[name].value() for name in ("title", "menu_in")] == [
        'Groups: "who" and when',
        "header",
    ]
    page = answer.content.decode()
    assert "<h1>Groups: &quot;who&quot; and when" in page
    assert '<details class="card page-keys" open>' in page


def test_a_new_page_can_have_an_address_of_its_own(pat):
    answer = pat.post(LIST, {"title": "Group sessions", "name": "benefits/groups"})
    assert answer.headers["Location"].startswith(f"{LIST}page/benefits/groups.md/?")


def test_a_title_without_letters_for_an_address_asks_for_one(pat):
    assert pat.post(LIST, {"title": "日本語"}).context["form"].errors["name"]
    assert pat.post(LIST, {"name": "groups"}).context["form"].errors["title"]


@pytest.mark.parametrize("name", ["index", "../secret", "a b", "UP.md/x/y/z", "ä", "a" * 200])
def test_an_address_that_cannot_be_is_refused_with_the_reason(pat, name):
    answer = pat.post(LIST, {"title": "Group sessions", "name": name})
    assert answer.context["form"].errors["name"]


@pytest.mark.parametrize("name", ["../../etc/passwd.md", "wording.yaml", ".hidden.md", "a/b/c.md"])
def test_only_pages_can_be_opened(pat, name):
    assert pat.get(f"{LIST}page/{name}/").status_code == 404


def test_the_history_can_be_narrowed_without_script(pat, content):
    pat.get(LIST)
    (content / "risks.md").write_text(make_page("Changed outside.", title="Risks"))
    pat.get(LIST)
    save(pat)
    pat.post(f"{PAGE}discard/", {"sure": "1"})

    def found(**filters):
        shown = pat.get(f"{LIST}history/", filters)
        return [(version.kind, titles) for version, titles in shown.context["rows"]][:2]

    assert found(about="risks.md")[0] == ("outside", ["Risks"])
    assert found(about="index.md")[0] == ("draft", ["Home"])
    by_pat = found(by=User.objects.get(username="pat").pk)
    assert by_pat == [("draft", ["Home"])]
    assert found(since="2199-01-01") == found(until="1999-01-01") == []
    assert found(since="2026-01-01", until="2199-01-01")[0] == ("draft", ["Home"])
    assert found(since="yesterday", by="nobody", page="x") != []  # says so, and shows everything


def test_an_old_version_shows_fields_by_their_names_and_the_text_by_lines(pat, content):
    pat.get(LIST)
    (content / "risks.md").write_text(make_page("Other words.", title="Dangers"))
    pat.get(LIST)
    shown = pat.get(f"{LIST}history/{ContentVersion.objects.current().pk}/")
    [(title, rows)] = shown.context["texts"]
    assert title == "Dangers"
    assert [(row.label, row.number) for row in rows] == [("Title", None), ("", 1)]
    assert "title:" not in shown.text


def test_of_a_change_the_page_that_was_asked_for_stands_first(pat, content):
    pat.get(LIST)
    for name in ("index", "risks"):
        (content / f"{name}.md").write_text(make_page("Other words.", title=name.title()))
    shown = pat.get(f"{LIST}history/", {"about": "risks.md"})
    change = f"{LIST}history/{ContentVersion.objects.current().pk}/?about=risks.md"
    assert f'<a href="{change}">Changed outside the browser</a>' in shown.text
    assert [title for title, _ in pat.get(change).context["texts"]] == ["Risks", "Index"]


def test_a_page_leads_to_its_own_history(pat):
    assert f'href="{LIST}history/?about=index.md"' in pat.get(PAGE).text
    assert "?about=" not in pat.get(f"{LIST}page/new.md/").text


def test_the_history_shows_who_changed_what(pat, publish):
    began_with(pat)
    save(pat)
    confirm(pat, "Clearer")
    publish()
    assert "Edited: Clearer" in pat.get(f"{LIST}history/").text
    assert "<ins>Better words" in pat.get(f"{LIST}history/{published().pk}/").text


MAY = {
    "editor": {"pages", "page", "versions"},
    "publisher": {"pages", "page", "versions", "publish"},
    "lead": {"versions"},
    "front-desk": set(),
    "clinician": set(),
    "site-admin": set(),
}


@pytest.mark.parametrize("role", MAY)
def test_each_role_opens_only_what_it_may(browser, role):
    client = browser(role, "somebody")
    urls = {"pages": LIST, "page": PAGE, "versions": f"{LIST}history/", "publish": PUBLISH}
    opened = {name for name, url in urls.items() if client.get(url).status_code != 403}
    assert opened == MAY[role]


def test_an_editor_without_a_second_factor_is_led_to_the_sign_in(content):
    client = Client()
    client.force_login(make_staff("editor", "sam"))
    answer = client.get(PAGE)
    assert (answer.status_code, reverse("account_login") in answer.url) == (302, True)


def test_a_change_outside_is_seen_by_the_next_check(pat, content):
    save(pat)
    (content / "sources.yaml").write_text("")
    preview.latest.clear()
    assert pat.get(PAGE).status_code == 200


class Stream:
    """A body that can't be read."""

    reads = 0

    def read(self, *_):
        self.reads += 1
        raise OSError("It broke off.")

    readline = read


def send_long(client, body):
    kind = "application/x-www-form-urlencoded"
    body = {"wsgi.input": body, "CONTENT_LENGTH": "70000", "CONTENT_TYPE": kind}
    return client.post(PAGE, "", kind, **body)


@pytest.mark.parametrize("role", ["reviewer", None])
def test_nothing_is_read_from_who_may_not_edit(browser, role, content):
    """Not even to look for the token of the form."""
    client = browser(role, "rae") if role else Client()
    client.handler.enforce_csrf_checks = True
    body = Stream()
    assert send_long(client, body).status_code in (302, 403)
    assert body.reads == 0


def test_a_text_that_can_not_be_received_is_no_fault_of_the_site(pat):
    body = Stream()
    assert send_long(pat, body).status_code == 503
    assert body.reads == 1


def test_a_form_of_another_site_saves_nothing(pat):
    pat.handler.enforce_csrf_checks = True
    assert pat.post(PAGE, {"text": NEW, "began_with": began_with(pat)}).status_code == 403
    assert not ContentVersion.objects.open_drafts().exists()


def test_a_control_character_that_was_pasted_is_left_out(pat):
    """The page could not be opened again: YAML can't be read with it."""
    answer = save(pat, make_page("Better\x07 words.", title="Ho\x0cme"))
    assert answer.status_code == 200
    draft = ContentVersion.objects.draft_of("index.md")
    assert "title: Home\n" in draft.text_of("index.md")
    assert "Better words." in draft.text_of("index.md")


def test_a_file_with_a_control_character_is_opened_as_text(pat, content):
    (content / "index.md").write_text(make_page("Words.", title="Ho\x0cme"))
    answer = pat.get(PAGE)
    assert answer.status_code == 200
    assert "invisible" in answer.content.decode()
