import pytest
import yaml
from django.conf import settings as project


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
