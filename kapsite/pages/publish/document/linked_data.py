"""What a page is, for search engines: JSON-LD in the words of schema.org; plain Python.

Only what the content files say. Nobody is named as a reviewer who is not named there.
"""

import json
import re
from html import unescape

from kapsite.clinic.facts import Clinic
from kapsite.clinic.opening_hours import DAYS
from kapsite.pages.render.source_marks import MARKS

from .catalog import Catalog, Page
from .navigation import pages_above

IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}  # nothing can end the element


def linked_data(page: Page, catalog: Catalog, clinic: Clinic | None, site_url: str) -> str:
    """JSON that is safe inside a script element."""
    graph = [page_node(page, catalog, site_url)]
    if clinic:
        graph.insert(0, clinic_node(clinic, site_url))
    if page.path != "/" and "/" in catalog.pages:
        graph.append(breadcrumbs(page, catalog, site_url))
    data = {"@context": "https://schema.org", "@graph": graph}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(IN_SCRIPT)


def clinic_node(clinic: Clinic, site_url: str) -> dict:
    return known(
        {
            "@type": "MedicalClinic",
            "@id": f"{site_url}/#clinic",
            "name": clinic.name,
            "url": f"{site_url}/",
            "telephone": clinic.phone.number,
            "email": clinic.email,
            "address": clinic.address,
            "openingHours": opening_hours(clinic),
        }
    )


def opening_hours(clinic: Clinic) -> list[str]:
    """Such as "Mo 09:00-12:00", an entry for each span: https://schema.org/openingHours"""
    hours = clinic.hours or {}
    return [
        f"{day[:2].title()} {start:%H:%M}-{end:%H:%M}"
        for day in DAYS
        if day in hours
        for start, end in hours[day].spans
    ]


def page_node(page: Page, catalog: Catalog, site_url: str) -> dict:
    """A page that cites sources is a medical page; the others, such as privacy, are not."""
    reviewer = page.reviewed_by  # without one, our own check of a page is no medical review
    kinds = ["MedicalWebPage" if page.citations else "WebPage"]
    if page.questions:
        kinds.append("FAQPage")
    return known(
        {
            "@type": kinds if len(kinds) > 1 else kinds[0],
            "url": f"{site_url}{page.path}",
            "name": page.title,
            "description": page.description,
            "inLanguage": "en",
            "dateModified": page.changed_on.isoformat(),
            "lastReviewed": page.reviewed_on.isoformat() if reviewer and page.reviewed_on else None,
            "reviewedBy": person(reviewer) if reviewer else None,
            "publisher": {"@id": f"{site_url}/#clinic"},
            "citation": [source.link or source.title for source in catalog.cited_on(page)],
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": question,
                    "acceptedAnswer": {"@type": "Answer", "text": words_of(answer)},
                }
                for question, answer in page.questions
            ],
        }
    )


def breadcrumbs(page: Page, catalog: Catalog, site_url: str) -> dict:
    steps = (catalog.pages["/"], *pages_above(catalog, page), page)
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": step.menu,
                "item": f"{site_url}{step.path}",
            }
            for position, step in enumerate(steps, start=1)
        ],
    }


def person(name: str) -> dict:
    return {"@type": "Person", "name": name}


def known(values: dict) -> dict:
    return {key: value for key, value in values.items() if value}


def words_of(html: str) -> str:
    """The text of our own HTML, without the marks of its sources."""
    text = re.sub(r"<[^>]*>", "", MARKS.sub("", html))
    return " ".join(unescape(text).split())
