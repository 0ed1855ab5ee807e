"""A page is rendered and compressed again when anything it is made from changed, and only then."""

import filecmp
import os
import secrets
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

from kapsite.pages.publish.making import new_set, toolchain, variants
from kapsite.pages.publish.publisher import publish
from tests.pages.samples import make_content, make_page

TODAY = date(2026, 11, 22)
ROOT = Path(__file__).parents[4]
ALL = {"/", "/cost/", "/history/", "/risks/"}


@pytest.fixture
def content(tmp_path):
    return make_content(
        tmp_path,
        history=make_page(title="History", reviewed_on="2026-11-01", review_by="2027-05-01"),
        risks=make_page("Text [@S2].", title="Risks"),
        cost=make_page("Text.", title="Cost"),
    )


@pytest.fixture
def rendered(content, tmp_path, monkeypatch):
    """Publish; the paths of the pages that were rendered."""
    paths: set[str] = set()
    render = new_set.render_context

    def render_and_note(context):
        paths.add(context["page"].path)
        return render(context)

    monkeypatch.setattr(new_set, "render_context", render_and_note)

    def run(today: date = TODAY) -> set[str]:
        paths.clear()
        publish(content, tmp_path / "published", today)
        return set(paths)

    assert run() == ALL
    return run


def edit(file: Path, old: str, new: str):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_is_rendered_when_nothing_changed(rendered):
    assert rendered() == set()


def test_one_changed_sentence_renders_and_compresses_one_page(rendered, content, monkeypatch):
    packed, compress = [], variants.brotli.compress
    monkeypatch.setattr(
        variants.brotli, "compress", lambda data, **how: packed.append(data) or compress(data)
    )
    edit(content / "history.md", "Text with", "Words with")
    assert rendered() == {"/history/"}
    assert [b"Words with" in data for data in packed] == [True]


def test_a_set_with_kept_pages_is_the_same_as_one_made_from_nothing(rendered, content, tmp_path):
    edit(content / "history.md", "Text with", "Words with")
    rendered()
    publish(content, tmp_path / "other", TODAY)
    kept, made = tmp_path / "published/current", tmp_path / "other/current"
    names = [str(file.relative_to(made)) for file in made.rglob("*") if file.is_file()]
    assert len(names) > 4 * len(ALL)
    assert filecmp.cmpfiles(kept, made, names, shallow=False) == (names, [], [])


def test_a_new_title_renders_every_page_whose_menu_shows_it(rendered, content):
    edit(content / "risks.md", "title: Risks", "title: Dangers")
    assert rendered() == ALL


def test_a_source_renders_the_pages_that_cite_it(rendered, content):
    edit(content / "sources.yaml", "First trial", "The very first trial")
    assert rendered() == {"/", "/history/"}


def test_a_fact_about_the_clinic_renders_every_page(rendered, content):
    edit(content / "clinic.yaml", "+14255550142", "+14255550143")
    assert rendered() == ALL


def test_a_review_that_is_overdue_since_today_renders_its_page(rendered):
    assert rendered(date(2027, 5, 1)) == set()
    assert rendered(date(2027, 5, 2)) == {"/history/"}


def test_a_part_of_the_guide_renders_the_pages_that_link_to_it(rendered, content):
    edit(content / "cost.md", "title:", "guide: 1\ntitle:")
    assert {"/", "/cost/"} <= rendered()


def test_another_setting_renders_every_page(rendered, settings):
    settings.SITE_URL = "http://localhost:9000"
    assert rendered() == ALL


def test_another_template_renders_every_page(rendered, settings, tmp_path):
    templates = shutil.copytree(ROOT / "templates", tmp_path / "templates")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [templates]}]
    assert rendered() == ALL  # the name of the folder is a setting
    assert rendered() == set()
    edit(templates / "includes/action.html", "Ask if", "Ask whether")
    assert rendered() == ALL


def test_other_code_renders_every_page(rendered, tmp_path, monkeypatch):
    (tmp_path / "kapsite").mkdir()
    (tmp_path / "kapsite/new.py").write_text("x = 1")
    monkeypatch.setattr(toolchain, "CODE", tmp_path / "kapsite")
    assert rendered() == ALL
    assert rendered() == set()  # though no page changed


def test_another_version_of_a_library_renders_every_page(rendered, tmp_path, monkeypatch):
    (tmp_path / "brotli-99.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert rendered() == ALL


def test_another_name_of_a_static_file_renders_every_page(rendered, monkeypatch):
    monkeypatch.setattr(staticfiles_storage, "hashed_files", {"a.css": "a.1.css"}, raising=False)
    assert rendered() == ALL


def test_a_damaged_set_is_made_again_from_nothing(rendered, tmp_path):
    page = tmp_path / "published/current/risks/index.html.br"
    whole = page.read_bytes()
    page.write_bytes(b"x" * len(whole))
    assert rendered() == ALL
    assert page.read_bytes() == whole


def test_digests_are_the_same_in_another_process(content, tmp_path):
    environment = {
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "kapsite.settings",
        "DEBUG": "true",  # so that static files need not be collected
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": secrets.token_urlsafe(32),
    }
    manifests = []
    for seed in "12":
        command = [sys.executable, "-c", PUBLISH, content, tmp_path / seed]
        subprocess.run(command, cwd=ROOT, env=environment | {"PYTHONHASHSEED": seed}, check=True)
        manifests.append((tmp_path / seed / "current/manifest.json").read_bytes())
    assert manifests[0] == manifests[1]


PUBLISH = """
import sys
from datetime import date
from pathlib import Path
import django
django.setup()
from kapsite.pages.publish.publisher import publish
publish(Path(sys.argv[1]), Path(sys.argv[2]), date(2026, 11, 22))
"""
