"""Static files as the running site serves them: under names that their content gives."""

import re

import pytest
from django.core.management import call_command

IMPORTS = r"""\bfrom\s*["'](\./[^"']+)["']"""


@pytest.fixture
def collected(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "kapsite.staticfiles.HashedFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_a_script_finds_the_scripts_that_it_imports(collected):
    scripts = (collected / "js").glob("*.js")
    imports = [
        file.parent / name
        for file in scripts
        for name in re.findall(IMPORTS, file.read_text(encoding="utf-8"))
    ]
    assert imports
    assert [path.name for path in imports if not path.exists()] == []
