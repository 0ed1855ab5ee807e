"""What pages are rendered from, and parts of what they become."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kapsite.clinic.facts import Clinic
from kapsite.clinic.people import Person
from kapsite.pages.syntax.chart_schema import Chart
from kapsite.pages.syntax.data_schema import Medicines, Source, Term

from .glossary_links import Terms
from .images import Flaw, Picture


def no_image(address: str) -> Flaw:
    return Flaw(f"There is no image {address}.", "Remove it.")


@dataclass(frozen=True)
class Library:
    """The data that pages use. ``cited_by`` has the (path, name) of pages citing each source."""

    clinic: Clinic | None
    sources: Mapping[str, Source] | None  # None: the file has errors of its own
    glossary: Mapping[str, Term]
    medicines: Medicines | None
    people: tuple[Person, ...] = ()
    charts: Mapping[str, Chart | None] = field(default_factory=dict)  # None: it has errors
    cited_by: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    terms: Terms | None = None  # None: no page explains them
    image: Callable[[str], Picture | Flaw] = no_image  # by its address in the text


@dataclass(frozen=True)
class Heading:
    """A heading of the body. ``line`` is that of the file."""

    id: str
    text: str
    level: int
    line: int


@dataclass(frozen=True)
class Target:
    """Where a link or image points, and the line that says so."""

    address: str
    line: int
