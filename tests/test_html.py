"""Real validators read what the site sends: html-validate and the Nu checker (vnu)."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright._impl._driver import compute_driver_executable

from kapsite.security.wsgi.error_pages import error_page
from tests.factories import make_answers

TOOLS = settings.BASE_DIR / "checks" / "node_modules"
CONFIG = settings.BASE_DIR / "checks" / ".htmlvalidate.json"
FORM = "/request-evaluation/"
BAD = '<!doctype html><html lang="en"><title>x</title><h1 colour="red">a</h1><img src="/a">'
HOW_TO_GET_TOOLS = "no HTML checks; with npm installed, type: npm ci --prefix checks"
# Not yet known to the checker: CSS Conditional Rules 5, in all browsers since 2023.
CONTAINER = re.compile("“(@container|container-type)”").search
STYLES = [*(settings.BASE_DIR / "static" / "css").rglob("*.css")]
OPTIONS = ("--also-check-css", "--format", "gnu")
# For a process of some seconds: little is gained by translating and collecting with all means.
BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m")
HOW_TO_GET_JAVA = "no Java for the HTML checks; type: sudo apt-get install default-jre-headless"


def html_validate(files) -> str:
    """What html-validate objects to, a line for each fault."""
    tool = TOOLS / "html-validate" / "bin" / "html-validate.mjs"
    if not tool.exists():
        pytest.skip(HOW_TO_GET_TOOLS)
    node, _ = compute_driver_executable()  # Playwright's own; that of a system is often too old
    return objections([node, tool, "--config", CONFIG, "--formatter", "text", *files])


def vnu(files) -> str:
    """What the Nu checker objects to, a line for each fault."""
    tool = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not tool.exists():
        pytest.skip(HOW_TO_GET_TOOLS)
    if not shutil.which("java"):
        pytest.skip(HOW_TO_GET_JAVA)
    return objections(["java", *BRIEF, "-jar", tool, *OPTIONS, *files])


def objections(command) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert bool(said) is bool(done.returncode), f"{command[0]} did not work: {said}"
    return said


@pytest.fixture
def pages(application, client, db, tmp_path) -> list[Path]:
    """Every page a reader can meet, in files named after it, and one that is made wrong."""
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
    html["bad"] = BAD
    return [write(tmp_path, name, text) for name, text in html.items()]


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name.strip('.').replace('/', ' ') or 'home'}.html"
    file.write_text(text)
    return file


def test_html_validate_objects_to_the_bad_page_alone(pages):
    good, bad = sort_out(html_validate(pages))
    assert not good, "\n".join(good)
    assert "wcag/h37" in bad


def test_the_nu_checker_objects_to_the_bad_page_alone_and_to_no_style(pages):
    good, bad = sort_out(vnu([*pages, *STYLES]))
    unknown = list(filter(CONTAINER, good))
    assert good == unknown, "\n".join(good)
    assert unknown != []  # so it has read the styles
    assert "Attribute “colour” not allowed" in bad


def sort_out(said: str) -> tuple[list[str], str]:
    """What is said about good pages, and what about the bad one."""
    lines = said.splitlines()
    good = [line for line in lines if "/bad.html" not in line]
    return good, "\n".join(line for line in lines if line not in good)
