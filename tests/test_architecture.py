"""Imports point one way: the rules as a table."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kapsite import pages

ROOT = Path(__file__).parent.parent
MODULES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in (ROOT / "kapsite").rglob("*.py")
}
CONTENT_CORE = (
    "kapsite.problems",
    "kapsite.yamltext",
    "kapsite.datafiles",
    "kapsite.pages.schema",
    "kapsite.pages.slugs",
    "kapsite.pages.terms",
    "kapsite.pages.frontmatter",
    "kapsite.pages.blocks",
    "kapsite.pages.citations",
    "kapsite.pages.leftovers",
    "kapsite.pages.markup",
    "kapsite.pages.writer",
    "kapsite.pages.badges",
    "kapsite.pages.references",
    "kapsite.pages.chartdata",
    "kapsite.pages.shapes",
    "kapsite.pages.charts",
    "kapsite.pages.components",
    "kapsite.pages.rendering",
    "kapsite.pages.phrases",
    "kapsite.pages.passages",
    "kapsite.pages.claims",
    "kapsite.pages.words",
    "kapsite.pages.must_say",
    "kapsite.pages.readability",
    "kapsite.pages.data",
    "kapsite.pages.reading",
    "kapsite.pages.text_rules",
    "kapsite.pages.data_rules",
    "kapsite.pages.chart_rules",
    "kapsite.pages.clinic_rules",
    "kapsite.pages.file_rules",
    "kapsite.pages.rules",
    "kapsite.pages.reports",
    "kapsite.pages.catalog",
    "kapsite.pages.navigation",
    "kapsite.pages.linked_data",
)
ASKERS = ("views", "forms", "admin", "urls")  # who asks for work; the work does not know them

RULES = [  # who, must never import, because
    ("kapsite.pages", "kapsite.inquiries", "features meet in urls.py and by URL name"),
    ("kapsite.inquiries", "kapsite.pages", "features meet in urls.py and by URL name"),
    *[
        (who, feature, "accounts and features meet in urls.py and by the names of permissions")
        for who, feature in (
            ("kapsite.accounts", "kapsite.pages"),
            ("kapsite.accounts", "kapsite.inquiries"),
            ("kapsite.inquiries", "kapsite.accounts"),
            ("kapsite.pages", "kapsite.accounts"),
        )
    ],
    *[
        (base, feature, "features depend on the base, never the other way")
        for base in (
            "kapsite.alerts",
            "kapsite.security",
            "kapsite.clinic",
            "kapsite.datafiles",
            "kapsite.problems",
            "kapsite.keys",
        )
        for feature in ("kapsite.pages", "kapsite.inquiries", "kapsite.accounts")
    ],
    *[
        (below, "kapsite.operations", "operations look at the whole site from above")
        for below in (
            "kapsite.pages",
            "kapsite.inquiries",
            "kapsite.accounts",
            "kapsite.alerts",
            "kapsite.security",
            "kapsite.clinic",
        )
    ],
    *[(core, "django", "text and a model are enough to test it") for core in CONTENT_CORE],
    *[
        (f"kapsite.{work}", f"kapsite.{work.split('.')[0]}.{asker}", "work has many askers")
        for work in ("pages.catalog", "inquiries.models", "inquiries.notifications")
        for asker in ASKERS
    ],
    ("kapsite", "kapsite.settings", "django.conf.settings is the one way to a setting"),
]


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def imports_of(module: str) -> set[str]:
    """Every module that ``module`` imports, wherever in the file, types only left out."""
    file = MODULES[module]
    package = module if file.stem == "__init__" else module.rpartition(".")[0]
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(part for part in (above, node.module) if part)
            found |= {source} | {f"{source}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize(("who", "never", "reason"), RULES)
def test_imports_point_one_way(who, never, reason):
    modules = [module for module in MODULES if is_within(module, who)]
    assert modules, f"{who} is gone: mend the rule"
    offenders = [
        f"{module} imports {imported}"
        for module in modules
        for imported in imports_of(module)
        if is_within(imported, never)
    ]
    assert offenders == [], reason


def test_the_content_core_loads_without_django():
    """The first module that brings Django in is named; those after it may be sound."""
    code = "import sys\n" + "".join(
        f"import {module}\nif 'django' in sys.modules: sys.exit('{module}')\n"
        for module in CONTENT_CORE
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_rows_of_pages_are_complete_and_import_downwards_only():
    rows = pages.__doc__.split("\n\n")[1].splitlines()
    row_of = {
        f"kapsite.pages.{word}": number
        for number, row in enumerate(rows)
        for word in re.findall(r"[a-z_]+", row.split(" ", 1)[1])
        if f"kapsite.pages.{word}" in MODULES
    }
    folder = ROOT / "kapsite" / "pages"
    files = {file.stem for file in folder.glob("*.py") if file.stem != "__init__"}
    assert row_of.keys() == {f"kapsite.pages.{name}" for name in files}
    upwards = [
        f"{module} imports {imported}"
        for module, row in row_of.items()
        for imported in imports_of(module)
        if row_of.get(imported, 0) > row
    ]
    assert upwards == []


def test_what_models_import_does_not_know_models():
    ours = {name for name in imports_of("kapsite.inquiries.models") if name in MODULES}
    assert not [name for name in ours if "kapsite.inquiries.models" in imports_of(name)]


def test_the_environment_is_read_in_the_settings_only():
    """Except where a process begins: there the settings module itself is named."""
    begins = {"kapsite.settings", "kapsite.wsgi", "kapsite.bootstrap", "kapsite.security.server"}
    readers = {
        module
        for module, file in MODULES.items()
        if {"os.environ", "os.getenv", "environ"} & (imports_of(module) | attributes_of(file))
    }
    assert readers <= begins


def attributes_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_what_people_typed_is_normalized_in_one_place():
    """Which cuts long runs of marks first. ``phones`` reads 200 characters, and the others what
    an editor wrote."""
    others = {"kapsite.phones", "kapsite.hours", "kapsite.pages.slugs"}
    found = {name for name, file in MODULES.items() if ".normalize(" in file.read_text()}
    assert found - others == {"kapsite.inquiries.text"}
