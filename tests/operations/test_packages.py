"""What the site is made of, and under which licenses."""

import json
import re

import pytest
from django.conf import settings
from django.core.management import call_command

from kapsite.operations.packages import UNNAMED, Package, bill_of_materials, packages_in

REQUIREMENTS = settings.BASE_DIR / "requirements.txt"


@pytest.fixture
def printed(capsys):
    def printed(*options) -> str:
        call_command("packages", *options)
        return capsys.readouterr().out

    return printed


def test_each_package_that_is_pinned_for_this_machine_is_listed_with_its_version(printed):
    lines = {line.split()[0]: line.split()[1] for line in printed().splitlines()}
    pinned = dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", REQUIREMENTS.read_text()))
    assert lines.keys() <= pinned.keys()
    assert lines["django"] == pinned["django"]
    assert pinned.keys() - lines.keys() <= {"colorama", "tzdata"}  # of other systems


def test_each_says_its_license_or_that_it_names_none():
    named = {each.name: each.license for each in packages_in(REQUIREMENTS)}
    assert (named["django"], named["whitenoise"]) == ("BSD-3-Clause", "MIT")
    assert [name for name, license in named.items() if license == UNNAMED] == ["pyrage"]


def test_a_bill_of_materials_names_them_all_in_cyclonedx(printed):
    bill = json.loads(printed("--json"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert len(bill["components"]) == len(list(packages_in(REQUIREMENTS)))


@pytest.mark.parametrize(
    ("license", "entry"),
    [
        ("Apache-2.0 OR MIT", {"expression": "Apache-2.0 OR MIT"}),
        ("BSD License", {"license": {"name": "BSD License"}}),
    ],
)
def test_a_license_that_is_no_expression_is_given_by_name(license, entry):
    bill = bill_of_materials([Package("one", "1", license)])
    assert bill["components"][0]["licenses"] == [entry]
