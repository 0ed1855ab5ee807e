"""Every sample in docs/editing.md goes through the checker, as an editor would paste it."""

import re
import shutil
from itertools import pairwise

import pytest
from django.conf import settings

from kapsite.content_files.problems import errors_among
from kapsite.pages.check.rules import site_rules
from kapsite.pages.load.site import read_site
from tests.pages.real_content import TODAY

GUIDE = (settings.BASE_DIR / "docs/editing.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
HEAD = """\
---
title: A sample
description: A sample page that only the tests ever see, and nobody else.
---
"""
SOUND = [
    (label, text) for kind, label, text in FENCES if kind == "markdown" and "wrong" not in label
]
WRONG = [
    (label, text, next_kind, message)
    for (_, label, text), (next_kind, _, message) in pairwise(FENCES)
    if "wrong" in label
]
DATA = [(label, text) for kind, label, text in FENCES if kind == "yaml"]


def problems_of(real, label: str, text: str) -> list[str]:
    page = text if "page" in label else HEAD + text
    _, problems = real.after(real.folder / "sample.md", page)
    assert {problem.file for problem in problems} <= {"content/sample.md"}
    return [f"  line {p.line}: {p.message}\n    Fix: {p.fix}\n" for p in problems]


@pytest.mark.parametrize(("label", "text"), SOUND)
def test_a_sample_can_be_pasted(real, label, text):
    assert problems_of(real, label, text) == []


@pytest.mark.parametrize(("label", "text", "kind", "message"), WRONG)
def test_a_broken_sample_gives_its_message(real, label, text, kind, message):
    assert kind == "text"
    assert message in problems_of(real, label, text)


def test_there_are_ten_errors():
    assert len(WRONG) == 10


def test_all_samples_of_data_can_be_pasted(real, tmp_path):
    """At once: a problem names its file and line."""
    content = shutil.copytree(real.folder, tmp_path / "content")
    for number, (label, text) in enumerate(DATA):
        name = f"charts/sample-{number}" if label == "chart" else label
        with (content / f"{name}.yaml").open("a", encoding="utf-8") as file:
            file.write(text)
    assert errors_among(site_rules.problems_of(read_site(content), TODAY)) == []
