"""What is known about the clinic and the people there; plain Python."""

from collections.abc import Iterator, Mapping
from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.clinic.facts import Clinic
from kapsite.clinic.people import Person
from kapsite.pages.render.images import Flaw, image_tag
from kapsite.pages.render.targets import show_image
from kapsite.pages.render.writer import Writer


def clinic_facts(writer: Writer, block: Node) -> str:
    """The facts that are known, and one sentence for those that people look for first."""
    if not (clinic := writer.library.clinic):
        return ""
    facts = definitions({label: words for label, words in facts_of(clinic) if words})
    to_add = clinic.facts_to_add
    return facts + (f"<p>{escape(to_add, quote=False)}</p>\n" if to_add else "")


def facts_of(clinic: Clinic) -> Iterator[tuple[str, str]]:
    number, display = clinic.phone
    prices = [f"{what}: {price}" for what, price in (clinic.prices or {}).items()]
    yield "Name", escape(clinic.name)
    yield "Phone", f'<a class="phone" href="tel:{number}">{display}</a>'
    yield "Email", f'<a href="mailto:{clinic.email}">{clinic.email}</a>' if clinic.email else ""
    yield "Address", escape(clinic.address or "")
    hours = filter(None, (clinic.hours_in_words, clinic.closed_days_ahead))
    yield "Hours", ". ".join(map(escape, hours))
    yield "What the evaluation covers", escape(clinic.evaluation_covers or "")
    yield "How ketamine is given here", escape(", ".join(clinic.routes))
    yield "Our prices", "<br>\n".join(map(escape, prices))
    yield "In an emergency here", escape(clinic.emergency_plan or "")
    yield "Who can be in the room with you", escape(clinic.chaperone_policy or "")


def team(writer: Writer, block: Node) -> str:
    if not writer.library.people:
        writer.error(block, "Nobody is in people.yaml yet.", "Add a person, or remove this block.")
    people = "".join(about(each, writer, block) for each in writer.library.people)
    return f'<ul class="team">\n{people}</ul>\n'


def about(person: Person, writer: Writer, block: Node) -> str:
    """A photo, and beside it the name, the role, what the person says, and the license."""
    tag = writer.item_tag
    licensed = f"License: {person.license}" if person.license else ""
    lines = [(' class="role"', person.role), ("", person.about), (' class="small"', licensed)]
    words = "".join(f"<p{style}>{escape(line)}</p>\n" for style, line in lines if line)
    name = f"<{tag}>{escape(person.name)}</{tag}>\n"
    return f"<li>{photo_of(person, writer, block)}<div>\n{name}{words}</div></li>\n"


def photo_of(person: Person, writer: Writer, block: Node) -> str:
    if not person.photo:
        return ""
    found = show_image(writer, person.photo)
    if isinstance(found, Flaw):
        writer.error(block, f"{person.name}: {found.message}", found.fix)
        return ""
    return image_tag(found, person.photo_shows or f"Portrait of {person.name}", is_first=False)


def definitions(rows: Mapping[str, str]) -> str:
    """A list of labels with their HTML."""
    parts = [f"<div><dt>{label}</dt>\n<dd>{html}</dd></div>\n" for label, html in rows.items()]
    return f'<dl class="key-facts">\n{"".join(parts)}</dl>\n'
