"""What docs/privacy-and-law.md says about the law is shown by tests that exist."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from kapsite.security.wsgi.headers import security_headers

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs/privacy-and-law.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/\S+?)::(test_\w+)`", DOCUMENT)))


def test_each_row_of_its_tables_names_a_test():
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ")]
    without = [row for row in rows if "::test_" not in row and not row.endswith("| Shown by |")]
    assert without == []


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_test_that_it_names_exists(file, name):
    assert re.search(rf"(?m)^def {name}\(", (ROOT / file).read_text())


def files(pages: dict) -> list[tuple[str, str]]:
    return [(path, variants["identity"]["file"]) for path, variants in pages.items()]


def test_every_page_links_to_the_health_data_policy(application):
    current = settings.PUBLISHED_DIR / "current"
    manifest = json.loads((current / "manifest.json").read_text())
    pages = [
        each["identity"]["file"] for path, each in manifest["pages"].items() if path[-1] == "/"
    ]
    texts = {name: (current / name).read_text() for name in pages}
    assert len(texts) > 10
    assert [name for name, text in texts.items() if '"/health-data-policy/"' not in text] == []


def test_no_page_may_ask_for_a_location():
    assert "geolocation=()" in dict(security_headers("/"))["Permissions-Policy"]
