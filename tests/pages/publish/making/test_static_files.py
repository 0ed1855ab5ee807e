"""A published set carries the static files that its pages use."""

import shutil
from datetime import date

import pytest
from django.core.management import call_command

from kapsite.pages.publish.making.static_files import static_files_of
from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving.server import PageServer
from tests.html import Page
from tests.pages.samples import make_content
from tests.wsgi import ask

TODAY = date(2026, 11, 22)


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "kapsite.pages.publish.static_storage.HashedFiles"}
    }
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("css", "js", "svg", "txt")  # a set does it
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def test_a_set_keeps_its_styles_when_the_static_files_are_gone(collected, tmp_path):
    published = tmp_path / "published"
    publish(make_content(tmp_path), published, TODAY)
    shutil.rmtree(collected)
    server = PageServer(None, published)
    page = Page(ask(server, "/").text)
    [styles] = [link["href"] for link in page.all("link") if link["rel"] == "stylesheet"]
    answer = ask(server, styles, HTTP_ACCEPT_ENCODING="br")
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    [font] = [link["href"] for link in page.all("link") if link["rel"] == "preload"]
    assert font.rpartition("/")[2] in ask(server, styles).text
    assert ask(server, font).headers["Content-Type"] == "font/woff2"


def test_files_that_a_style_sheet_or_a_script_names_are_found_too(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    for name, text in {
        "css/site.css": '@font-face { src: url("../fonts/a.woff2") } b { color: red }',
        "fonts/a.woff2": "font",
        "js/a.js": 'import { b } from "./b.js";',
        "js/b.js": 'import "./a.js";',
        "js/unused.js": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    page = b'<link href="/static/css/site.css"><script src="/static/js/a.js"></script>'
    found = {file.path: file.cache for file in static_files_of([page, page])}
    assert found.keys() == {
        "/static/css/site.css",
        "/static/fonts/a.woff2",
        "/static/js/a.js",
        "/static/js/b.js",
    }
    assert set(found.values()) == {"no-cache"}  # without a hash in its name a file may change


def test_nothing_outside_the_folder_is_published(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    assert list(static_files_of([b'<a href="/static/../secret.txt">'])) == []


def test_a_file_that_is_not_there_is_left_to_those_who_check(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    assert list(static_files_of([b'<img src="/static/img/none.png">'])) == []
