from datetime import timedelta

import pytest
import yaml
from django.conf import settings as project
from django.core import signing


@pytest.fixture
def clinic_file(settings, tmp_path):
    """Serve from a copy of clinic.yaml with some facts changed."""
    facts = yaml.safe_load((project.CONTENT_DIR / "clinic.yaml").read_text())
    settings.CONTENT_DIR = tmp_path

    def write(**changes):
        (tmp_path / "clinic.yaml").write_text(yaml.safe_dump(facts | changes))

    return write


@pytest.fixture
def every_way(clinic_file):
    """A clinic that calls, texts and e-mails."""
    clinic_file(contact_by=["call", "text", "email"], email="hello@example.org")


@pytest.fixture
def later(monkeypatch):
    """Let the signer's clock run ahead."""
    now = signing.time.time()
    return lambda **ahead: monkeypatch.setattr(
        signing.time, "time", lambda: now + timedelta(**ahead).total_seconds()
    )
