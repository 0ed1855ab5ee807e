"""Imports point one way: which folder of ``kapsite`` may import which, as a table."""

import ast
import os
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in (ROOT / "kapsite").rglob("*.py")
}
# Commands, migrations, template tags and the top level put the folders together.
FREE = ("management", "migrations", "templatetags")

# Each folder with code of its own, and the other folders that it imports. Features (pages,
# inquiries, accounts) meet in urls.py, by URL name and in operations.
MAY_IMPORT = {
    "accounts": "accounts.authentication accounts.authentication.rate_limits security",
    "accounts.authentication": (
        "accounts accounts.authentication.rate_limits clinic encryption security security.wsgi text"
    ),
    "accounts.authentication.rate_limits": "accounts security.wsgi",
    "clinic": "content_files text",
    "content_files": "",
    "database": "",
    "database.postgresql": "database",
    "database.sqlite": "database",
    "editor": (
        "accounts clinic editor.data_forms editor.data_forms.fields editor.data_forms.files "
        "editor.images editor.models editor.publication editor.signing_off editor.structure "
        "editor.versions editor.writing editor.writing.previews security.wsgi"
    ),
    "editor.data_forms": (
        "accounts clinic content_files editor editor.data_forms.fields editor.data_forms.files "
        "editor.data_forms.words editor.images editor.models editor.versions editor.writing "
        "editor.writing.previews pages.check.rules pages.load pages.syntax"
    ),
    "editor.data_forms.fields": "content_files",
    "editor.data_forms.files": "clinic content_files editor.data_forms.fields pages.syntax",
    "editor.data_forms.words": (
        "content_files editor.data_forms.fields editor.data_forms.files editor.models "
        "editor.versions editor.writing pages.syntax"
    ),
    "editor.images": (
        "accounts content_files editor editor.data_forms.files editor.models "
        "editor.versions editor.writing.previews pages.load pages.publish.making "
        "pages.publish.serving pages.render pages.syntax"
    ),
    "editor.models": "editor.versions text",
    "editor.publication": (
        "accounts clinic content_files editor editor.data_forms.words editor.models "
        "editor.versions editor.writing editor.writing.previews operations.alerts "
        "operations.machines pages.load pages.publish pages.publish.making"
    ),
    "editor.signing_off": (
        "accounts clinic content_files editor editor.data_forms.files editor.data_forms.words "
        "editor.models editor.versions editor.writing.previews inquiries.models inquiries.worker "
        "pages.check pages.check.rules pages.load"
    ),
    "editor.structure": (
        "accounts clinic editor editor.data_forms.files editor.data_forms.words editor.models "
        "editor.publication editor.versions editor.writing editor.writing.previews pages.syntax"
    ),
    "editor.versions": (
        "accounts clinic content_files database editor editor.data_forms.files "
        "editor.data_forms.words editor.models editor.signing_off editor.writing.previews "
        "operations.machines pages.load pages.publish.making"
    ),
    "editor.writing": (
        "clinic content_files editor.data_forms editor.data_forms.fields editor.data_forms.files "
        "editor.data_forms.words editor.models editor.versions editor.writing.previews "
        "pages.language pages.syntax"
    ),
    "editor.writing.previews": (
        "clinic content_files editor.images editor.models editor.writing pages.check.rules "
        "pages.load pages.publish.document pages.syntax"
    ),
    "encryption": "",
    "inquiries": (
        "clinic content_files database encryption inquiries.data_protection "
        "inquiries.desk.appointments inquiries.desk.caller inquiries.desk.deletion "
        "inquiries.desk.export inquiries.desk.inbox inquiries.desk.page_parts "
        "inquiries.desk.person inquiries.desk.record inquiries.desk.reports "
        "inquiries.desk.scripts inquiries.intake inquiries.models inquiries.triage security"
    ),
    "inquiries.data_protection": (
        "clinic database encryption inquiries.models inquiries.models.logs inquiries.models.request"
    ),
    "inquiries.desk": (
        "encryption inquiries.models inquiries.models.logs inquiries.models.request text"
    ),
    "inquiries.desk.appointments": (
        "clinic encryption inquiries.desk.page_parts inquiries.models inquiries.models.logs "
        "inquiries.models.request text"
    ),
    "inquiries.desk.caller": (
        "clinic encryption inquiries.desk inquiries.desk.page_parts inquiries.intake "
        "inquiries.models inquiries.models.logs inquiries.models.request inquiries.triage text"
    ),
    "inquiries.desk.deletion": (
        "clinic inquiries.data_protection inquiries.desk inquiries.desk.page_parts "
        "inquiries.intake inquiries.models inquiries.models.logs"
    ),
    "inquiries.desk.export": (
        "clinic encryption inquiries.desk.page_parts inquiries.intake inquiries.models "
        "inquiries.models.logs inquiries.models.request text"
    ),
    "inquiries.desk.inbox": (
        "clinic encryption inquiries.data_protection inquiries.desk.page_parts "
        "inquiries.desk.steps inquiries.models inquiries.models.logs inquiries.models.request "
        "text"
    ),
    "inquiries.desk.page_parts": (
        "clinic encryption inquiries.data_protection inquiries.models inquiries.models.logs "
        "inquiries.models.request"
    ),
    "inquiries.desk.person": (
        "clinic encryption inquiries.desk inquiries.desk.export inquiries.desk.inbox "
        "inquiries.desk.page_parts inquiries.desk.record inquiries.desk.steps inquiries.models "
        "inquiries.models.logs inquiries.models.request text"
    ),
    "inquiries.desk.record": (
        "clinic encryption inquiries.data_protection inquiries.desk inquiries.desk.inbox "
        "inquiries.desk.page_parts inquiries.desk.scripts inquiries.desk.steps inquiries.intake "
        "inquiries.models inquiries.models.logs inquiries.triage text"
    ),
    "inquiries.desk.reports": (
        "clinic encryption inquiries.data_protection inquiries.desk.export inquiries.desk.inbox "
        "inquiries.desk.page_parts inquiries.models inquiries.models.logs operations.alerts"
    ),
    "inquiries.desk.scripts": "clinic content_files encryption inquiries.models text",
    "inquiries.desk.steps": (
        "clinic encryption inquiries.desk inquiries.desk.appointments inquiries.desk.caller "
        "inquiries.desk.page_parts inquiries.desk.scripts inquiries.intake inquiries.models "
        "inquiries.models.request text"
    ),
    "inquiries.intake": (
        "clinic encryption inquiries.models inquiries.models.counting inquiries.models.request "
        "inquiries.triage security security.wsgi text"
    ),
    "inquiries.models": (
        "clinic encryption inquiries.models.counting inquiries.models.logs "
        "inquiries.models.request text"
    ),
    "inquiries.models.counting": "encryption inquiries.models operations.alerts security.wsgi",
    "inquiries.models.logs": "database encryption inquiries.models",
    "inquiries.models.request": (
        "clinic database encryption inquiries.models inquiries.models.counting text"
    ),
    "inquiries.triage": (
        "clinic content_files inquiries.models inquiries.models.counting "
        "inquiries.models.request text"
    ),
    "inquiries.worker": (
        "clinic inquiries.data_protection inquiries.desk.inbox inquiries.desk.reports "
        "inquiries.intake inquiries.models inquiries.models.logs operations.alerts"
    ),
    "operations": (
        "clinic inquiries.intake operations.monitoring pages.load pages.publish.document "
        "pages.syntax security.wsgi"
    ),
    "operations.alerts": "",
    "operations.backup": "database editor.models editor.versions encryption inquiries.models",
    "operations.machines": "pages.publish.making pages.publish.serving",
    "operations.monitoring": (
        "clinic content_files database inquiries inquiries.desk.reports "
        "inquiries.intake inquiries.models inquiries.models.request inquiries.worker operations "
        "operations.alerts operations.backup pages.load pages.publish pages.publish.making "
        "pages.publish.serving security"
    ),
    "pages": "clinic content_files pages.load pages.publish.document pages.publish.making",
    "pages.check": "clinic content_files pages.check.rules pages.language pages.load pages.syntax",
    "pages.check.rules": (
        "clinic content_files pages.language pages.load pages.render pages.syntax"
    ),
    "pages.language": "content_files pages.syntax text",
    "pages.load": "clinic content_files pages.language pages.render pages.syntax",
    "pages.publish": (
        "clinic content_files pages.check pages.load pages.publish.making pages.publish.serving "
        "security"
    ),
    "pages.publish.document": "clinic content_files pages.load pages.render pages.syntax",
    "pages.publish.making": (
        "clinic content_files pages.check.rules pages.load pages.publish pages.publish.document "
        "pages.publish.serving pages.render security security.wsgi"
    ),
    "pages.publish.serving": "clinic",
    "pages.render": (
        "clinic content_files pages.language pages.render.blocks pages.render.charts pages.syntax"
    ),
    "pages.render.blocks": "clinic pages.render pages.syntax text",
    "pages.render.charts": "content_files pages.render pages.render.blocks pages.syntax",
    "pages.syntax": "content_files",
    "security": "security.wsgi",
    "security.wsgi": "clinic security",
    "text": "content_files",
}
FEATURES = ("pages", "inquiries", "accounts")
MEETING_PLACES = ("operations", "editor")

# A string and a model are enough to test these.
WITHOUT_DJANGO = (
    "content_files",
    "text",
    "pages.syntax",
    "pages.language",
    "pages.render",
    "pages.load",
    "pages.check",
    "pages.publish.document.catalog",
    "pages.publish.document.navigation",
    "pages.publish.document.linked_data",
    "inquiries.triage.danger",
    "inquiries.triage.spam",
)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


@cache
def folder_of(module: str) -> str:
    """ "inquiries.models" for ``kapsite.inquiries.models.choices``; "" for the top level."""
    return ".".join(MODULES[module].relative_to(ROOT / "kapsite").parent.parts)


@cache
def imports_of(module: str, later=True) -> set[str]:
    """Every module that ``module`` imports; with ``later``, also inside functions. No types."""
    file = MODULES[module]
    package = module if file.stem == "__init__" else module.rpartition(".")[0]
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree) if later else tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(part for part in (above, node.module) if part)
            inside = {f"{source}.{alias.name}" for alias in node.names}
            found |= inside if inside <= MODULES.keys() else inside | {source}
    return found


FOLDERS = {
    folder: [module for module in MODULES if folder_of(module) == folder]
    for folder in sorted({folder_of(module) for module in MODULES} - {""})
    if not any(part in folder.split(".") for part in FREE)
}


def test_every_folder_is_in_the_table():
    assert sorted(FOLDERS) == sorted(MAY_IMPORT)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_what_the_table_says(folder):
    imported = {
        folder_of(name)
        for module in FOLDERS[folder]
        for name in imports_of(module) & MODULES.keys()
    }
    assert imported - {folder, ""} == set(MAY_IMPORT[folder].split())


def test_features_do_not_import_each_other_and_nothing_below_imports_a_feature():
    crossing = [
        f"{folder} imports {other}"
        for folder, others in MAY_IMPORT.items()
        for other in others.split()
        for feature in FEATURES
        if is_within(other, feature) and not is_within(folder, feature)
    ]
    assert [line for line in crossing if not line.startswith(MEETING_PLACES)] == []


def test_no_modules_import_each_other_in_a_circle():
    graph = {module: imports_of(module, later=False) & MODULES.keys() for module in MODULES}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_the_work_does_not_know_who_asks_for_it():
    """Models, triage and the worker import no view, no form and no page of the desk."""
    work = (
        "kapsite.inquiries.models",
        "kapsite.inquiries.triage",
        "kapsite.pages.publish.document.catalog",
    )
    askers = ("views", "forms", "admin", "urls")
    offenders = [
        f"{module} imports {name}"
        for module in MODULES
        if any(is_within(module, package) for package in work)
        for name in imports_of(module) & MODULES.keys()
        if name.rpartition(".")[2] in askers or is_within(name, "kapsite.inquiries.desk")
    ]
    assert offenders == []


def test_settings_are_reached_through_django_only():
    assert [module for module in MODULES if "kapsite.settings" in imports_of(module)] == []


def test_the_content_core_loads_without_django():
    """The first module that brings Django in is named; those after it may be fine."""
    core = [m for m in MODULES if any(is_within(m, f"kapsite.{name}") for name in WITHOUT_DJANGO)]
    code = "import sys\n" + "".join(
        f"import {module}\nif 'django' in sys.modules: sys.exit('{module}')\n" for module in core
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_web_worker_loads_nothing_that_only_publishing_needs():
    """These take 9 MB of each worker."""
    code = (
        "import sys, kapsite.wsgi\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        "print(*{'PIL', 'markdown_it', 'pyphen', 'kapsite.pages.load'} & sys.modules.keys())"
    )
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "\n")


def test_the_environment_is_read_in_the_settings_only():
    """Except where a process begins: there the settings module itself is named. What parses the
    URL of the database uses django-environ, too.
    """
    begins = {
        "kapsite.settings",
        "kapsite.operations.environment",
        "kapsite.database.config",
        "kapsite.wsgi",
        "kapsite.security.wsgi.gunicorn_workers",
    }
    readers = {
        module
        for module, file in MODULES.items()
        if {"os.environ", "os.getenv", "environ"} & (imports_of(module) | attributes_of(file))
    }
    assert readers <= begins


def test_what_people_typed_is_normalized_in_one_place():
    """It cuts long runs of marks first. The others read what an editor wrote."""
    others = {"kapsite.clinic.opening_hours", "kapsite.pages.syntax.slugs"}
    found = {module for module, file in MODULES.items() if ".normalize(" in file.read_text()}
    assert found - others == {"kapsite.text.cleaning"}


def attributes_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
