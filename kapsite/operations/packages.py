"""The packages that the site runs with: version and license, as their metadata say."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement

UNNAMED = "not named in its metadata"
LONGEST = 60  # characters; longer ones are the text of a license


class Package(NamedTuple):
    name: str
    version: str
    license: str

    @property
    def is_expression(self) -> bool:
        """Whether its license is written in SPDX, like "MIT" or "Apache-2.0 OR MIT"."""
        return (
            re.fullmatch(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*", self.license)
            is not None
        )


def required_here(file: Path) -> list[Requirement]:
    """What a file of requirements pins for this machine."""
    lines = re.findall(r"(?m)^([a-z0-9].+?)\s*\\?$", file.read_text())
    required = map(Requirement, lines)
    return [each for each in required if each.marker is None or each.marker.evaluate()]


def packages_in(requirements: Path) -> Iterator[Package]:
    """Those that the file pins for this machine. One that is missing has no version."""
    for each in required_here(requirements):
        try:
            found = distribution(each.name)
        except PackageNotFoundError:
            yield Package(each.name, "", "not installed")
        else:
            yield Package(each.name, found.version, license_of(found))


def license_of(package: Distribution) -> str:
    """The expression, else the classifiers, else the short name of the license."""
    about = package.metadata
    if expressions := about.get_all("License-Expression"):
        return expressions[0]
    named = [
        each.rpartition(" :: ")[2]
        for each in about.get_all("Classifier") or []
        if each.startswith("License :: OSI Approved :: ")
    ]
    short = (about.get_all("License") or [""])[0].strip()
    return ", ".join(named) or (short if 0 < len(short) <= LONGEST else UNNAMED)


def bill_of_materials(packages: list[Package]) -> dict[str, Any]:
    """The same in CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/"""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "kapsite"}},
        "components": [
            {
                "type": "library",
                "name": each.name,
                "version": each.version,
                "purl": f"pkg:pypi/{each.name}@{each.version}",
                "licenses": [
                    {"expression": each.license}
                    if each.is_expression
                    else {"license": {"name": each.license}}
                ],
            }
            for each in packages
        ],
    }
