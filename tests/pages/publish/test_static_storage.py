"""Static files as the running site serves them: under names that their content gives."""

import re

import pytest
from django.core.management import call_command

IMPORTS = r"""\bfrom\s*["'](\./[^"']+)["']"""


@pytest.fixture
def collected(settings, tmp_path):
    collect(settings, tmp_path)
    return tmp_path


def collect(settings, folder):
    settings.STATIC_ROOT = folder
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "kapsite.pages.publish.static_storage.HashedFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)


def test_a_style_sheet_holds_what_it_imports_from_its_own_folder(collected):
    [bundle] = (collected / "css").glob("site.????????????.css")
    text = bundle.read_text(encoding="utf-8")
    assert "@import" not in text
    assert "/*" not in text
    assert text.index("@layer tokens, base") < text.index(".button") < text.index("@media print {")
    assert re.search(r'url\("\.\./fonts/atkinson-hyperlegible-next\.[0-9a-f]{12}\.woff2"\)', text)


def test_a_change_in_a_part_makes_another_bundle(tmp_path, settings):
    parts = {
        "site.css": '@import url("parts.css");\n@import url("b.css") print;\n',
        "parts.css": '@import url("a.css");\n',
        "b.css": "b {}\n",
    }
    names = []
    for colour in ("red", "red", "blue"):
        (tmp_path / "css").mkdir(exist_ok=True)
        for name, text in {**parts, "a.css": f"a {{ color: {colour} }}\n"}.items():
            (tmp_path / "css" / name).write_text(text)
        settings.STATICFILES_DIRS = [tmp_path]
        collect(settings, tmp_path / "collected")
        names.append({file.name for file in (tmp_path / "collected/css").glob("site.?*.css")})
    newest = tmp_path / "collected/css" / (names[2] - names[1]).pop()
    assert newest.read_text() == "a { color: blue }\n@media print {\nb {}\n}\n"
    assert names[0] == names[1]


def test_a_script_finds_the_scripts_that_it_imports(collected):
    scripts = (collected / "js").glob("*.js")
    imports = [
        file.parent / name
        for file in scripts
        for name in re.findall(IMPORTS, file.read_text(encoding="utf-8"))
    ]
    assert imports
    assert [path.name for path in imports if not path.exists()] == []
