"""A published set that was damaged on the disk: readers get pages, and the operator hears of it.

Each kind of damage is done to the newest set while an older one is whole.
"""

import json
import os
import shutil
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving import published_set
from kapsite.pages.publish.serving.server import NOTHING, RETRY_INTERVAL, PageServer
from tests.pages.samples import TODAY, make_content, make_page
from tests.wsgi import ask

# About files. The command records history, which tests/editor/versions is about on both.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PAGE = "risks/index.html"
COPY = "manifest-copy.json"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Content that was published twice; in the older set the page said "Older"."""
    place = tmp_path_factory.mktemp("whole")
    content = make_content(place, risks=make_page(title="Older"))
    publish(content, place / "published", TODAY)
    (content / "risks.md").write_text(make_page(title="Newest"))
    publish(content, place / "published", TODAY)
    return place


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "published"


@pytest.fixture
def content(whole, tmp_path):
    return shutil.copytree(whole / "content", tmp_path / "content")


@pytest.fixture
def newest(whole, folder):
    """The folder of the newest of two published sets, in a copy to be damaged."""
    shutil.copytree(whole / "published", folder, symlinks=True)
    return folder / os.readlink(folder / "current")


@pytest.fixture
def start(folder, clock):
    """Start a server on the published folder."""
    return lambda: PageServer(None, folder, clock)


def title(site) -> str:
    page = ask(site, "/risks/").text
    return next(word for word in ("Older", "Newest") if f"<h1>{word}" in page)


def rewrite(file: Path, change):
    manifest = json.loads(file.read_text())
    change(manifest)
    file.write_text(json.dumps(manifest))


def cut(name, length):
    return lambda newest: os.truncate(newest / name, length)


def other_letter(name):
    def damage(newest):
        content = (newest / name).read_bytes()
        (newest / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    return damage


def replaced_by(name, make):
    def damage(newest):
        (newest / name).unlink()
        make(newest / name)

    return damage


def on_both(damage, newest):
    """The same damage to the manifest and to its copy."""
    damage(newest)
    manifest = newest / "manifest.json"
    if manifest.exists():
        manifest.rename(newest / "first")
    (newest / COPY).rename(manifest)
    damage(newest)
    if manifest.exists():
        manifest.rename(newest / COPY)
        (newest / "first").rename(manifest)


def manifest_that(change):
    return lambda newest: rewrite(newest / "manifest.json", change)


OF_MANIFEST = {  # it has a copy
    "manifest cut": cut("manifest.json", 500),
    "manifest empty": cut("manifest.json", 0),
    "manifest missing": lambda newest: (newest / "manifest.json").unlink(),
    "manifest a folder": replaced_by("manifest.json", Path.mkdir),
    "manifest a list": lambda newest: (newest / "manifest.json").write_text("[]"),
    "manifest a number": lambda newest: (newest / "manifest.json").write_text("7"),
    "manifest not text": lambda newest: (newest / "manifest.json").write_bytes(b"\xff\0"),
    "manifest deep": lambda newest: (newest / "manifest.json").write_text("[" * 100_000),
    "manifest of another version": manifest_that(lambda manifest: manifest.update(format=99)),
    "manifest without version": manifest_that(lambda manifest: manifest.pop("format")),
    "manifest with another header": manifest_that(
        lambda manifest: manifest["pages"]["/risks/"]["br"]["headers"].pop()
    ),
    "manifest without a page": manifest_that(lambda manifest: manifest["pages"].pop("/")),
}
BOTH_MANIFESTS = {
    f"{name}, and its copy": partial(on_both, damage) for name, damage in OF_MANIFEST.items()
}
OF_SETS = {
    "set an empty folder": lambda newest: [shutil.rmtree(newest), newest.mkdir()],
    "set gone": shutil.rmtree,
    "set a file": lambda newest: [shutil.rmtree(newest), newest.touch()],
    "set a link to itself": lambda newest: [shutil.rmtree(newest), newest.symlink_to(newest.name)],
}
OF_PLAIN_FILES = {
    "page missing": lambda newest: (newest / PAGE).unlink(),
    "page empty": cut(PAGE, 0),
    "page cut": cut(PAGE, 100),
    "page with another letter": other_letter(PAGE),
    "page a folder": replaced_by(PAGE, Path.mkdir),
    "page a pipe": replaced_by(PAGE, os.mkfifo),
    "page a dangling link": replaced_by(PAGE, lambda file: file.symlink_to("nowhere")),
    "menus missing": lambda newest: (newest / "menu.json").unlink(),
    "menus empty": cut("menu.json", 0),
    "menus a list": lambda newest: (newest / "menu.json").write_text("[]"),
}
LOSES_NO_PAGE = {
    "link gone": lambda newest: (newest.parent.parent / "current").unlink(),
    "brotli cut": cut(f"{PAGE}.br", 100),
    "brotli missing": lambda newest: (newest / f"{PAGE}.br").unlink(),
    "error page missing": lambda newest: (newest / "_errors/503.html").unlink(),
    "gzip with another letter": other_letter(f"{PAGE}.gz"),
    "copy of the manifest missing": lambda newest: (newest / COPY).unlink(),
    **OF_MANIFEST,
}
LOSES_PAGES = BOTH_MANIFESTS | OF_SETS | OF_PLAIN_FILES
ALL = LOSES_PAGES | LOSES_NO_PAGE
# To publish again, a manifest that is damaged in one of these ways is like one that is cut.
LIKE_CUT = ("empty", "a list", "a number", "not text", "deep", "of another version")
TO_REPAIR = {
    name: damage
    for name, damage in ALL.items()
    if name.partition(",")[0].removeprefix("manifest ") not in LIKE_CUT
}


@pytest.mark.parametrize("damage", LOSES_PAGES.values(), ids=LOSES_PAGES)
def test_a_server_that_starts_on_a_damaged_set_serves_the_one_before(start, newest, damage, caplog):
    damage(newest)
    site = start()
    assert title(site) == "Older"
    assert site.problem()
    assert "Run manage.py publish." in caplog.text


@pytest.mark.parametrize("damage", LOSES_NO_PAGE.values(), ids=LOSES_NO_PAGE)
def test_damage_that_leaves_all_pages_whole_costs_none_its_newest_text(start, newest, damage):
    damage(newest)
    site = start()
    assert title(site) == "Newest"
    for coding in ("br", "gzip", ""):
        assert ask(site, "/risks/", HTTP_ACCEPT_ENCODING=coding).status == 200
    assert site.problem()


@pytest.mark.parametrize("damage", ALL.values(), ids=ALL)
def test_a_running_server_goes_on_from_memory_and_says_so(start, newest, damage, clock):
    site = start()
    assert site.problem() == ""
    damage(newest)
    clock.now += 2 * RETRY_INTERVAL
    assert title(site) == "Newest"
    assert site.problem()


@pytest.mark.parametrize("damage", TO_REPAIR.values(), ids=TO_REPAIR)
def test_publishing_again_repairs_it_and_servers_take_it_over(
    start, newest, content, folder, damage, clock
):
    running = start()
    damage(newest)
    restarted = start()
    made = publish(content, folder, TODAY)
    assert made.changed or made.damage
    clock.now += 1  # second
    for site in (running, restarted, start()):
        assert title(site) == "Newest"
        assert site.problem() == ""
        assert ask(site, "/risks/", HTTP_ACCEPT_ENCODING="br").headers["Content-Encoding"] == "br"
    assert not list((folder / "sets").glob(".*"))
    assert publish(content, folder, TODAY).damage == ""


def test_the_command_says_what_it_repaired(newest, content, folder, settings, capsys):
    settings.CONTENT_DIR, settings.PUBLISHED_DIR = content, folder
    call_command("publish")
    os.truncate(folder / "current" / PAGE, 0)
    call_command("publish")
    call_command("publish")
    said = [line for line in capsys.readouterr().out.splitlines() if line[:4] in ("Repa", "Noth")]
    assert len(said) == 2
    assert said[0].startswith("Repaired ")
    assert f"What was damaged: {PAGE} has 0 bytes instead of" in said[0]
    assert said[1].startswith("Nothing has changed: ")


@contextmanager
def unreadable(path):
    """Inside, this process may not read ``path``, root though it may be."""
    mode, user = path.stat().st_mode, os.geteuid()
    path.chmod(0)
    os.seteuid(user or 65534)  # nobody
    try:
        yield
    finally:
        os.seteuid(user)
        path.chmod(mode)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("manifest.json", "Newest"), (PAGE, "Older"), ("menu.json", "Older"), (".", "Older")],
)
def test_files_that_may_not_be_read_are_damage_until_they_may(start, newest, clock, name, shown):
    for place in newest.parents[:6]:  # pytest's own folders are closed to others
        place.chmod(place.stat().st_mode | 0o055)
    with unreadable(newest / name):
        site = start()
        assert title(site) == shown
        assert site.problem()
    clock.now += RETRY_INTERVAL
    assert title(site) == "Newest"
    assert site.problem() == ""


def test_with_no_whole_set_left_the_pages_that_are_whole_are_served(start, newest):
    shutil.rmtree(next(each for each in newest.parent.iterdir() if each != newest))
    os.truncate(newest / "index.html", 0)
    site = start()
    assert title(site) == "Newest"
    assert "/" not in site.pages
    assert site.problem().startswith("index.html has 0 bytes instead of")


def test_a_folder_copied_without_its_links_is_served_and_published_to(
    start, newest, folder, content, clock
):
    (folder / "current").unlink()
    shutil.copytree(newest, folder / "current")
    site = start()
    assert (title(site), site.problem()) == ("Newest", "")
    publish(content, folder, TODAY)
    clock.now += 1
    assert (title(site), site.problem()) == ("Newest", "")
    assert (folder / "current").is_symlink()


def test_before_the_first_publication_nothing_is_called_damaged(start, folder, caplog):
    assert start().problem() == NOTHING.damage
    assert "damaged" not in caplog.text


def test_the_same_damage_is_logged_once(start, newest, clock, caplog):
    (newest / PAGE).unlink()
    site = start()
    for _ in range(5):
        clock.now += RETRY_INTERVAL
        site.refresh()
    assert caplog.text.count("is damaged") == 1


def test_touching_a_file_is_no_damage(start, newest):
    site = start()
    os.utime(newest / PAGE)
    (newest / PAGE).chmod(0o600)
    assert site.problem() == ""


def test_a_whole_set_is_not_read_again_to_know_that_it_is_whole(start, newest, monkeypatch):
    site = start()
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail(f"read {self}"))
    assert site.problem() == ""


def test_what_django_renders_gets_the_menus_of_the_set_that_is_served(newest, start):
    seen = []
    site = start()
    site.app = lambda environ, start_response: seen.append(environ["kapsite.pages"]) or []
    for method in ("GET", "POST"):
        site({"REQUEST_METHOD": method, "PATH_INFO": "/request-evaluation/"}, None)
    assert [front.served.menus for front in seen] == [
        json.loads((newest / "menu.json").read_text())
    ] * 2


def test_a_full_disk_publishes_nothing_and_leaves_nothing(
    newest, content, folder, settings, monkeypatch
):
    settings.CONTENT_DIR, settings.PUBLISHED_DIR = content, folder
    before = sorted(folder.rglob("*"))

    def full(file, content):
        raise OSError(28, "No space left on device", str(file))

    monkeypatch.setattr(Path, "write_bytes", full)
    (content / "risks.md").write_text(make_page(title="Third"))
    with pytest.raises(CommandError, match=r"Nothing was published.*No space left.*df -h"):
        call_command("publish")
    assert sorted(folder.rglob("*")) == before


def test_a_damage_report_holds_no_traceback_and_one_line(newest):
    (newest / "manifest.json").write_text("{")
    damage = published_set.read_set(newest).damage
    assert damage == "manifest.json is cut off or overwritten."
