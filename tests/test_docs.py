"""What the README promises is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "kapsite/settings.py").read_text()
VARIABLES = re.findall(r"read(?:_list|_parsed)?\(\s*\"([A-Z_]+)\"", SETTINGS)


@pytest.mark.parametrize("name", VARIABLES)
def test_every_setting_is_explained_in_the_readme_and_the_example(name):
    assert re.search(rf"^\| .*`{name}`.* \|", README, re.M)
    assert re.search(rf"^#?{name}=", (ROOT / ".env.example").read_text(), re.M)


def test_every_make_command_of_the_readme_exists():
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)[1].split()
    assert set(re.findall(r"(?<=make )[a-z][a-z-]+(?=[` \n])", README)) == set(targets)


def test_every_file_that_the_readme_names_exists():
    named = re.findall(r"`([\w.]+/[\w./]+)`", README)
    missing = [name for name in named if not (ROOT / name).exists()]
    assert [name for name in missing if not name.startswith("var/")] == []
