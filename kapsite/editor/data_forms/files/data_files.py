"""The data files that have forms: which there are, and what each is about."""

import re
from collections.abc import Collection

from kapsite.clinic.facts import Clinic
from kapsite.clinic.people import Person
from kapsite.content_files.validation import Text
from kapsite.editor.data_forms.fields.sections import Section
from kapsite.pages.syntax.data_schema import Medicines, Source, SourceId, Term

from .file_parts import DataFile

PEOPLE, SOURCES = "people.yaml", "sources.yaml"
CHART = re.compile(r"charts/[a-z0-9-]+\.yaml")
CLINIC_SECTIONS = (
    Section(
        "Name and contact",
        ("name", "phone", "email", "address", "contact_by", "time_zone", "leave_quickly"),
    ),
    Section(
        "Hours and closed days", ("hours", "holidays", "reply_promise", "safety_concern_hours")
    ),
    Section("Notices", ("notices",)),
    Section(
        "Care and prices",
        ("evaluation", "evaluation_covers", "routes", "prices", "emergency_plan",
         "chaperone_policy"),
    ),
    Section("Consent", ("consent",)),
    Section("Crisis lines", ("crisis_lines",)),
    Section("Launch and reminders", ("clinical_reviewer", "legal_review", "expires")),
)  # fmt: skip
FILES = {
    file.name: file
    for file in (
        DataFile(
            "clinic.yaml", "Facts about the clinic",
            "Phone, hours, closed days, notices, prices, crisis lines", Clinic,
            sections=CLINIC_SECTIONS,
        ),
        DataFile(
            PEOPLE, "People", "Readers see them on Our team, /team/", tuple[Person, ...],
        ),
        DataFile(
            "sources.yaml", "Sources to cite", "What pages can cite", dict[SourceId, Source],
            "source", "The next unused short name. You can leave it.",
        ),
        DataFile(
            "glossary.yaml", "Glossary", "Hard words in plain words", dict[Text, Term], "word",
            "As pages write it, with a capital letter: Nausea.",
        ),
        DataFile(
            "medicines.yaml", "Approval status", "Of the three treatments that are never mixed up",
            Medicines,
        ),
    )
}  # fmt: skip


def data_file(name: str) -> DataFile | None:
    if CHART.fullmatch(name):
        return DataFile(name, f"Chart {name[7:-5]}", "", None)
    return FILES.get(name)


def data_files(names: Collection[str]) -> list[DataFile]:
    """Those with forms among ``names``, charts last."""
    known = [file for name, file in FILES.items() if name in names]
    charts = [name for name in sorted(names) if CHART.fullmatch(name)]
    return known + [file for name in charts if (file := data_file(name))]
