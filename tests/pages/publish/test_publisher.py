"""Publishing: checked, rendered, compressed, swapped in whole, or nothing at all."""

import gzip
import json
import os
import shutil
import threading
from datetime import date
from pathlib import Path

import brotli
import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command

from kapsite.clinic.facts import get_clinic
from kapsite.content_files.problems import ContentError
from kapsite.pages.publish.document.site_files import security_txt
from kapsite.pages.publish.making.set_writer import KEEP_SETS
from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving.published_set import read_set
from kapsite.pages.publish.serving.server import PageServer
from tests.pages.samples import TODAY, make_content, make_page
from tests.wsgi import ask

# About files. The command records history, which tests/editor/versions is about on both.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def content(tmp_path):
    """Sample content with a few pages, to be edited."""
    reviewed = {"reviewed_on": "2026-11-01", "review_by": "2027-05-01"}
    return make_content(
        tmp_path,
        history=make_page(title="History", **reviewed),
        risks=make_page(title="Risks", **reviewed),
        cost=make_page(title="Cost", **reviewed),
    )


@pytest.fixture
def published(tmp_path):
    return tmp_path / "published"


@pytest.fixture
def site(content, published):
    publish(content, published, TODAY)
    return PageServer(None, published, clock=iter(range(0, 100_000, 10)).__next__)


def edit(file: Path, old: str, new: str):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_content_file_becomes_a_page_at_its_path(content, published):
    made = publish(content, published, TODAY)
    assert made.pages == len(list(content.rglob("*.md")))
    assert "<h1" in (published / "current/history/index.html").read_text()


def test_the_published_folder_holds_plain_files_beside_their_compressed_copies(site, published):
    page = published / "current/risks/index.html"
    assert brotli.decompress(Path(f"{page}.br").read_bytes()) == page.read_bytes()
    assert gzip.decompress(Path(f"{page}.gz").read_bytes()) == page.read_bytes()


def test_forms_and_error_pages_are_published_with_the_clinic_and_the_menus(content, published):
    def blank_form(clinic, token_field, menus):
        return f"{clinic.name}, {menus['footer_menu'][0]['menu']}: {token_field}"

    publish(content, published, TODAY, {"/ask/": blank_form})
    server = PageServer(None, published, token_field=lambda version: f"token for {version}")
    assert ask(server, "/ask/").text == "Test Clinic, Cost: token for 1"
    assert "We couldn’t find that page" in ask(server, "/nowhere/").text
    for status in (400, 403, 500, 503):
        page = server.error_page(status).decode()
        assert "Test Clinic" in page
        assert 'href="/risks/"' in page


def test_the_site_follows_the_facts_that_were_published(content, published, settings):
    settings.CONTENT_DIR, settings.FACTS_DIR = content, published / "current/_facts"
    publish(content, published, TODAY)
    edit(content / "clinic.yaml", "Test Clinic", "New Name")
    assert get_clinic().name == "Test Clinic"
    publish(content, published, TODAY)
    assert get_clinic().name == "New Name"


def test_what_staff_say_is_published_for_the_desk_and_on_no_page(content, published):
    (content / "desk").mkdir()
    file = content / "desk/scripts.yaml"
    shutil.copy(project.CONTENT_DIR / "desk/scripts.yaml", file)
    publish(content, published, TODAY)
    stored = read_set(published / "current")
    assert stored.files["_facts/desk/scripts.yaml"] == file.read_bytes()
    for path, variants in stored.pages.items():
        assert "desk" not in path
        assert b"may I speak with" not in variants["identity"].content


def test_a_new_number_is_on_everything_that_is_published_with_it(content, published, settings):
    settings.CONTENT_DIR, settings.FACTS_DIR = content, published / "current/_facts"
    publish(content, published, TODAY)
    edit(content / "clinic.yaml", "+14255550142", "+14255550199")
    publish(content, published, TODAY)
    texts = [file.read_text() for file in (published / "current").rglob("*.html")]
    assert len(texts) > 10
    assert [text for text in texts if "555-0142" in text] == []
    assert sum("555-0199" in text for text in texts) > 10


def test_an_edit_is_served_once_it_is_published(site, content, published):
    edit(content / "history.md", "title: ", "title: Newly told, ")
    assert "Newly told" not in ask(site, "/history/").text
    publish(content, published, TODAY)
    assert "Newly told" in ask(site, "/history/").text


def test_broken_content_leaves_the_published_set_as_it_was(site, content, published):
    before = os.readlink(published / "current")
    edit(content / "history.md", "title: ", "titel: ")
    with pytest.raises(ContentError, match=r"content/history\.md:2: .*titel"):
        publish(content, published, TODAY)
    assert os.readlink(published / "current") == before


def test_every_error_is_named_at_once(content, published):
    (content / "cost.md").rename(content / "admin.md")
    (content / "history.md").write_text("no front matter")
    edit(content / "risks.md", "[@S1;", "[gone](/gone/) [@S1;")
    with pytest.raises(ContentError) as caught:
        publish(content, published, TODAY)
    files = [problem.file for problem in caught.value.problems]
    assert files == ["content/admin.md", "content/history.md", "content/risks.md"]


def test_each_file_is_read_once(content, published, monkeypatch):
    read, read_bytes = [], Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: read.append(file) or read_bytes(file))
    publish(content, published, TODAY)
    names = [file.name for file in read if content in file.parents]
    assert sorted(names) == sorted(file.name for file in content.rglob("*") if file.is_file())


def test_the_command_names_file_line_and_fix_and_fails(content, settings, capsys):
    settings.CONTENT_DIR = content
    edit(content / "risks.md", "[@S1;", "[@S11;")
    with pytest.raises(CommandError, match="Nothing was published"):
        call_command("publish", no_color=True)
    assert capsys.readouterr().err.startswith(
        'content/risks.md\n  line 7: There is no source "S11".\n    Fix: Did you mean "S1"? '
        "Otherwise look in sources.yaml, or add it there.\n"
    )


def test_the_command_says_what_would_change_and_goes_back(content, published, settings, capsys):
    settings.CONTENT_DIR, settings.PUBLISHED_DIR = content, published
    call_command("publish")
    edit(content / "history.md", "\n---\n", "\n---\n\nOne more sentence.\n")
    capsys.readouterr()
    call_command("publish", "--diff")
    assert capsys.readouterr().out == "Changed page: /history/\n  + One more sentence.\n"
    call_command("publish")
    call_command("publish", "--undo")
    assert "Readers see set" in capsys.readouterr().out
    assert "One more" not in ask(PageServer(None, published), "/history/").text
    with pytest.raises(CommandError, match="There is no set before this one"):
        call_command("publish", "--undo")


def test_publishing_names_what_was_left_out(content, published, settings, capsys):
    settings.CONTENT_DIR, settings.PUBLISHED_DIR = content, published
    (content / "visit.markdown").write_text(make_page(title="A visit"))
    call_command("publish", no_color=True)
    out = capsys.readouterr().out
    assert "content/visit.markdown" in out
    assert "rename it to visit.md" in out
    assert "Published 4 pages" in out


@pytest.mark.parametrize("name", ["admin", "static", "healthz"])
def test_a_page_cannot_take_an_address_of_the_site_itself(content, published, name):
    (content / "cost.md").rename(content / f"{name}.md")
    with pytest.raises(ContentError, match=rf"content/{name}\.md:1: .*belongs to another part"):
        publish(content, published, TODAY)


def test_publishing_the_same_content_again_changes_nothing(content, published):
    assert publish(content, published, TODAY).changed
    assert not publish(content, published, TODAY).changed


def test_a_page_taken_away_is_gone(site, content, published):
    (content / "cost.md").unlink()
    edit(content / "index.md", "\n---\n", "\nredirect_from: [/cost/]\n---\n")
    publish(content, published, TODAY)
    assert "/cost/" in site.pages
    site.refresh()
    assert "/cost/" not in site.pages


def test_only_the_last_few_sets_are_kept(content, published):
    for number in range(KEEP_SETS + 2):
        edit(content / "history.md", "\n---\n", f"\n---\n\nNote {number}.\n")
        publish(content, published, TODAY)
    assert len(list((published / "sets").iterdir())) == KEEP_SETS


def test_an_unfinished_set_of_an_interrupted_run_is_no_obstacle(content, published):
    name = publish(content, published, TODAY).name
    (published / "current").unlink()
    (published / "sets" / name / "manifest.json").unlink()
    (published / "sets" / f".{name}").mkdir()
    publish(content, published, TODAY)
    assert ask(PageServer(None, published), "/").status == 200


def test_two_editors_may_publish_at_once(content, published):
    threads = [threading.Thread(target=publish, args=(content, published, TODAY)) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert json.loads((published / "current/manifest.json").read_text())["pages"]


def test_the_sitemap_lists_every_page_with_the_day_it_changed(site, content, settings):
    sitemap = ask(site, "/sitemap.xml")
    assert sitemap.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert f"<loc>{settings.SITE_URL}/risks/</loc><lastmod>2026-11-01</lastmod>" in sitemap.text
    assert sitemap.text.count("<url>") == len(list(content.rglob("*.md")))


def test_robots_are_told_of_the_sitemap_and_kept_from_receipts(site, settings):
    text = ask(site, "/robots.txt").text
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text
    assert "Disallow: /request-evaluation/received/" in text
    assert settings.ADMIN_PATH not in text


@pytest.mark.parametrize(
    ("today", "expires"),
    [
        (date(2026, 11, 22), "2027-10-01"),
        (date(2027, 1, 31), "2027-12-01"),
        (date(2027, 2, 1), "2028-01-01"),
    ],
)
def test_the_security_contact_is_good_for_less_than_a_year(today, expires):
    assert f"Expires: {expires}T00:00:00Z" in security_txt(get_clinic(), today)


def test_the_security_contact_is_published_with_the_pages(site):
    text = ask(site, "/.well-known/security.txt").text
    assert "Contact: tel:+14255550142" in text  # of the sample content
