"""What a clinic must still supply before its site is ready: one table."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kapsite.clinic.facts import Clinic
from kapsite.clinic.people import Person
from kapsite.pages.load.site import Site

from .sign_offs import unsigned

CODE = Path(__file__).parents[3]
LINE_TEST = timedelta(days=30)
FICTION = re.compile(r"\+1\d{3}55501\d\d.*")  # set aside for films and examples
MANAGER, LEAD, EDITOR = "the clinic's manager", "the medical lead", "an editor"
EVERYWHERE = "every page"

Missing = Callable[[Site, date], str]


@dataclass(frozen=True)
class Item:
    """``missing`` says what to do, or "" once nothing is."""

    name: str
    from_whom: str
    waits: str  # the pages that are incomplete, or must not be trusted, without it
    missing: Missing
    is_required: bool = False


@dataclass(frozen=True)
class OpenItem:
    item: Item
    what_to_do: str


def open_items(site: Site, today: date) -> list[OpenItem]:
    """Everything that is missing; what is required comes first."""
    found = ((item, item.missing(site, today)) for item in (*REQUIRED, *ADVISED))
    return [OpenItem(item, what_to_do) for item, what_to_do in found if what_to_do]


def fact(name: str) -> Missing:
    """Whether clinic.yaml says so."""

    def missing(site: Site, today: date) -> str:
        return "" if getattr(site.data.clinic, name, None) else f"Add `{name}:` to clinic.yaml."

    return missing


def about_clinic(missing: Callable[[Clinic], str]) -> Missing:
    def of_site(site: Site, today: date) -> str:
        return missing(site.data.clinic) if site.data.clinic else "Correct clinic.yaml first."

    return of_site


def phone(clinic: Clinic) -> str:
    is_example = FICTION.fullmatch(clinic.phone.number)
    return f"{clinic.phone.display} is an example. Write the clinic's number." if is_example else ""


def crisis_lines(site: Site, today: date) -> str:
    lines = site.data.clinic.crisis_lines if site.data.clinic else ()
    tried = [line for line in lines if line.checked_on and today - line.checked_on <= LINE_TEST]
    old = [line.name for line in lines if line not in tried]
    call = "Call or text each, then write the day in `checked_on`"
    return f"{call}: {', '.join(old)}." if old or not lines else ""


def consent(clinic: Clinic) -> str:
    if clinic.consent.is_confirmed:
        return ""
    return (
        "Have the text read. Then add to `consent:` a line `confirmed_by:` with a name, and "
        f'`confirmed_version: "{clinic.consent.version}"`.'
    )


def written_way(clinic: Clinic) -> str:
    is_there = clinic.email or {"text", "email"} & set(clinic.contact_by)
    return "" if is_there else "Add `text` to `contact_by:` in clinic.yaml, or `email:`."


def medical_lead(site: Site, today: date) -> str:
    is_there = any(person.license for person in people(site, "medical-lead"))
    return "" if is_there else "Add the person and the license to people.yaml: kind: medical-lead."


def therapists(site: Site, today: date) -> str:
    if not (found := people(site, "therapist")):
        return "Add each, with a license, to people.yaml: kind: therapist."
    without = [person.name for person in found if not person.license]
    return f"Add `license:` in people.yaml for {', '.join(without)}." if without else ""


def people(site: Site, kind: str) -> list[Person]:
    return [person for person in site.data.people or () if person.kind == kind]


def reviewed_pages(site: Site, today: date) -> str:
    pages = sorted(
        draft.path
        for draft in site.drafts
        if draft.rendered.citations and draft.meta and not draft.meta.reviewed_by
    )
    return f"Name who has read them in `reviewed_by:`: {', '.join(pages)}." if pages else ""


def signed_text(site: Site, today: date) -> str:
    files = [problem.file for problem in unsigned(site)]
    return f"Have them read and signed: manage.py sign_off, {', '.join(files)}." if files else ""


def opened_sources(site: Site, today: date) -> str:
    unopened = [key for key, source in (site.data.sources or {}).items() if source.check != "A"]
    return f"Read these, then write `check: A`: {', '.join(unopened)}." if unopened else ""


def code_license(site: Site, today: date) -> str:
    is_there = any(CODE.glob("LICEN[CS]E*")) or any(CODE.glob("COPYING*"))
    return "" if is_there else "Add a file LICENSE beside README.md."


REQUIRED = tuple(
    Item(name, from_whom, waits, missing, is_required=True)
    for name, from_whom, waits, missing in (
        ("Phone number", MANAGER, EVERYWHERE, about_clinic(phone)),
        ("Opening hours", MANAGER, f"{EVERYWHERE}, the request form", fact("hours")),
        ("Reply promise", MANAGER, "the request form and its answer", fact("reply_promise")),
        ("Crisis lines tested within 30 days", EDITOR, f"/help-now/, {EVERYWHERE}", crisis_lines),
        ("Clinical reviewer", LEAD, "every medical page", fact("clinical_reviewer")),
        ("Consent text", "the clinic's privacy officer", "the request form", about_clinic(consent)),
    )
)

ADVISED = (
    Item("Address", MANAGER, f"{EVERYWHERE}, /about/", fact("address")),
    Item("A written way to reach you", MANAGER, "the request form", about_clinic(written_way)),
    Item("Medical lead", MANAGER, "/team/", medical_lead),
    Item("Therapists", MANAGER, "/team/", therapists),
    Item("How ketamine is given", LEAD, "/about/", fact("routes")),
    Item("Prices", MANAGER, "/about/, /cost/", fact("prices")),
    Item("What the evaluation covers", LEAD, "/about/", fact("evaluation_covers")),
    Item("Emergency plan", LEAD, "/about/", fact("emergency_plan")),
    Item("Chaperone policy", LEAD, "/about/", fact("chaperone_policy")),
    Item("Legal review", "a health-privacy lawyer", "/health-data-policy/", fact("legal_review")),
    Item("Pages reviewed", "the clinical reviewer", "the pages named", reviewed_pages),
    Item("Medical text signed off", "the clinical reviewer", "the files named", signed_text),
    Item("Sources opened", EDITOR, "/sources/ and what cites them", opened_sources),
    Item("License for the code", "the site's owner", "no page", code_license),
)


def in_words(items: list[OpenItem], heading: Callable[[str], str] = str) -> Iterator[str]:
    """A line for each part, with required items and advised ones apart."""
    for title, is_required in (("Required", True), ("Advised", False)):
        found = [each for each in items if each.item.is_required == is_required]
        yield heading(f"{title}: {len(found)} open") if found else f"{title}: nothing is open"
        for each in found:
            yield f"  {each.item.name}"
            yield f"    {each.what_to_do}"
            yield f"    From: {each.item.from_whom}. Waits for it: {each.item.waits}."
        yield ""
