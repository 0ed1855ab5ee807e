"""Real validators read what the site sends: html-validate and the Nu checker (vnu)."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from kapsite.security.answers import error_page
from tests.factories import make_answers

TOOLS = settings.BASE_DIR / "checks" / "node_modules"
CONFIG = settings.BASE_DIR / "checks" / ".htmlvalidate.json"
FORM = "/request-evaluation/"
HOW_TO_GET_TOOLS = "no HTML checks; with Node and npm installed, type: npm ci --prefix checks"
HOW_TO_GET_JAVA = "no Java for the HTML checks; type: sudo apt-get install default-jre-headless"


def html_validate(files) -> str:
    """What html-validate objects to, a line for each fault."""
    tool = TOOLS / ".bin" / "html-validate"
    if not (tool.exists() and shutil.which("node")):
        pytest.skip(HOW_TO_GET_TOOLS)
    return objections([tool, "--config", CONFIG, "--formatter", "text", *files])


def vnu(files, *options) -> str:
    """What the Nu checker objects to, a line for each fault."""
    tool = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not tool.exists():
        pytest.skip(HOW_TO_GET_TOOLS)
    if not shutil.which("java"):
        pytest.skip(HOW_TO_GET_JAVA)
    return objections(["java", "-jar", tool, *options, "--format", "gnu", *files])


def objections(command) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert bool(said) is bool(done.returncode), f"{command[0]} did not work: {said}"
    return said


@pytest.fixture
def pages(application, client, db, tmp_path) -> list[Path]:
    """Every page a reader can meet, as the site sends it, in files named after it."""
    published = settings.PUBLISHED_DIR / "current"
    html = {
        str(file.parent.relative_to(published)): file.read_text()
        for file in published.rglob("index.html")
    }
    assert len(html) > 10
    html |= {
        "form": client.get(FORM).text,
        "form with errors": client.post(FORM, make_answers(name="", consent=None)).text,
        "form after a day": client.post(FORM, make_answers(token="old")).text,
        "under 18": client.post(FORM, make_answers(is_adult="no")).text,
        "confirmation": client.post(FORM, make_answers(), follow=True).text,
        "confirmation after a day": client.get(f"{FORM}received/expired/").text,
        "from elsewhere": client.post(FORM, headers={"origin": "https://example.com"}).text,
        "refused": error_page(400).decode(),
    }
    html |= {code: render_to_string(f"{code}.html") for code in ("400", "403", "404", "500", "503")}
    return [write(tmp_path, name, text) for name, text in html.items()]


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name.strip('.') or 'home'}.html"
    file.write_text(text)
    return file


def test_every_page_is_valid_to_html_validate(pages):
    assert not (said := html_validate(pages)), said


def test_every_page_is_valid_to_the_nu_checker(pages):
    assert not (said := vnu(pages)), said


def test_the_styles_are_valid_css():
    styles = [*(settings.BASE_DIR / "static" / "css").rglob("*.css")]
    assert not (said := vnu(styles, "--css")), said


def test_invalid_html_is_noticed(tmp_path):
    page = '<!doctype html><html lang="en"><title>x</title><h1 colour="red">a</h1><img src="/a">'
    bad = write(tmp_path, "bad", page)
    assert "wcag/h37" in html_validate([bad])
    assert "Attribute “colour” not allowed" in vnu([bad])
