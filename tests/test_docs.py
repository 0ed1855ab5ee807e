"""What the docs promise is there."""

import re
from pathlib import Path

import pytest

from kapsite.pages.syntax.blocks import BLOCKS
from kapsite.pages.syntax.page_schema import FrontMatter

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
EDITING = (ROOT / "docs/editing.md").read_text()
OPERATING = (ROOT / "docs/operating.md").read_text()
SETTINGS = (ROOT / "kapsite/settings.py").read_text()
VARIABLES = re.findall(r"read\w*\(\s*\"([A-Z_]+)\"", SETTINGS)


@pytest.mark.parametrize("name", VARIABLES)
def test_every_setting_is_explained_to_operators(name):
    assert re.search(rf"^\| .*`{name}`.* \|", OPERATING, re.M)


def test_every_key_of_a_page_is_explained_to_editors():
    table = EDITING.partition("## Add a page")[2].partition("| Key |")[2].partition("\n\n")[0]
    keys = re.findall(r"^\| (`.*?`) \|", table, re.M)
    explained = [key for row in keys for key in re.findall(r"`(\w+)`", row)]
    assert sorted(explained) == sorted(FrontMatter.model_fields)


def test_every_block_is_named_to_editors():
    assert {name for name in BLOCKS if f"::: {name}" not in EDITING} == set()


def test_every_room_of_the_code_is_in_the_layout():
    rooms = [path for path in (ROOT / "kapsite").iterdir() if not path.name.startswith("_")]
    names = [path.name if path.suffix else f"{path.name}/" for path in rooms]
    layout = README.partition("## Layout")[2].partition("## ")[0]
    assert [name for name in names if not re.search(rf"^  .*\b{name}", layout, re.M)] == []


def test_every_make_command_of_the_readme_exists():
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)[1].split()
    assert set(re.findall(r"(?<=make )[a-z][a-z-]+(?=[` \n])", README)) == set(targets)


def test_every_file_that_the_readme_names_exists():
    named = re.findall(r"`([\w.]+/[\w./]+)`", README)
    missing = [name for name in named if not (ROOT / name).exists()]
    assert [name for name in missing if not name.startswith("var/")] == []


def test_a_vulnerability_is_reported_to_the_contact_that_the_site_has():
    policy = (ROOT / "SECURITY.md").read_text()
    assert "/.well-known/security.txt" in policy
    assert "(SECURITY.md)" in README
    assert not re.search(r"\S@\S", policy)  # an address that somebody made up


# The links in docs/editing.md are examples of what stands in a page.
DOCS = [ROOT / "README.md", *sorted(set((ROOT / "docs").glob("*.md")) - {ROOT / "docs/editing.md"})]


def anchors(file: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", file.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_every_link_within_the_docs_leads_somewhere(file):
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", file.read_text())
    targets = [((file.parent / name if name else file), anchor) for name, anchor in links]
    broken = [f"{target.name} {anchor}" for target, anchor in targets if not target.exists()]
    broken += [
        f"{target.name}#{anchor}"
        for target, anchor in targets
        if anchor and target.exists() and anchor not in anchors(target)
    ]
    assert broken == []
