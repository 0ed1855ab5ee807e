"""Static files as the running site serves them: under names that their content gives."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from kapsite.pages.publish.static_storage import HashedFiles

IMPORTS = r"""\bfrom\s*["'](\./[^"']+)["']"""


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    collect(folder)
    return folder


def collect(folder, **changes):
    hashed = {"BACKEND": "kapsite.pages.publish.static_storage.HashedFiles"}
    storages = settings.STORAGES | {"staticfiles": hashed}
    changes |= {"STATIC_ROOT": folder, "STORAGES": storages}
    changes["WHITENOISE_SKIP_COMPRESS_EXTENSIONS"] = ("css", "js", "svg", "txt")  # nothing here
    with override_settings(**changes):
        call_command("collectstatic", interactive=False, verbosity=0)


def test_a_style_sheet_holds_what_it_imports_from_its_own_folder(collected):
    [bundle] = (collected / "css").glob("site.????????????.css")
    text = bundle.read_text(encoding="utf-8")
    assert "@import" not in text
    assert "/*" not in text
    assert text.index("@layer tokens, base") < text.index(".button") < text.index("@media print {")
    assert re.search(r'url\("\.\./fonts/atkinson-hyperlegible-next\.[0-9a-f]{12}\.woff2"\)', text)


def test_a_change_in_a_part_makes_another_bundle(tmp_path):
    static, collected = tmp_path / "static", tmp_path / "collected"
    only_these = {
        "STATICFILES_DIRS": [static],
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.FileSystemFinder"],
    }
    parts = {
        "site.css": '@import url("parts.css");\n@import url("b.css") print;\n',
        "parts.css": '@import url("a.css");\n',
        "b.css": "b {}\n",
    }
    names = []
    for color in ("red", "red", "blue"):
        (static / "css").mkdir(parents=True, exist_ok=True)
        for name, text in {**parts, "a.css": f"a {{ color: {color} }}\n"}.items():
            (static / "css" / name).write_text(text)
        collect(collected, **only_these)
        names.append({file.name for file in (collected / "css").glob("site.?*.css")})
    newest = collected / "css" / (names[2] - names[1]).pop()
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


def test_all_is_compressed_but_sources_that_lie_beside_their_smaller_form(tmp_path):
    names = ["a.111111111111.js", "a.min.222222222222.js", "b.333333333333.js"]
    for name in names:
        (tmp_path / name).write_text("text " * 100)
    list(HashedFiles(location=tmp_path).compress_files(set(names)))
    assert {file.name for file in tmp_path.glob("*.br")} == {f"{name}.br" for name in names[1:]}
