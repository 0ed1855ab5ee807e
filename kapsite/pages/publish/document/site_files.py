"""Files for machines, made when the site is published: sitemap, robots, security contact."""

import json
from datetime import date
from xml.sax.saxutils import escape

from django.conf import settings
from django.templatetags.static import static

from kapsite.clinic.facts import Clinic

from .catalog import Catalog


def sitemap_xml(catalog: Catalog) -> str:
    """Every page with the day its words last changed (sitemaps.org/protocol.html)."""
    entries = "".join(
        f"<url><loc>{escape(settings.SITE_URL + page.path)}</loc>"
        f"<lastmod>{page.changed_on.isoformat()}</lastmod></url>\n"
        for page in catalog.pages.values()
        if not page.has_ended
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}</urlset>\n"
    )


def robots_txt() -> str:
    """The staff's address is left out on purpose: listing it here would announce it."""
    return (
        "User-agent: *\n"
        "Disallow: /request-evaluation/received/\n\n"
        f"Sitemap: {settings.SITE_URL}/sitemap.xml\n"
    )


def security_txt(clinic: Clinic, today: date) -> str:
    """Where to report a weakness (RFC 9116). Its term moves with the month, at most a year."""
    expires = date(today.year + (today.month > 1), (today.month - 2) % 12 + 1, 1)
    return (
        f"Contact: tel:{clinic.phone.number}\n"
        f"Expires: {expires.isoformat()}T00:00:00Z\n"
        "Preferred-Languages: en\n"
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt\n"
    )


def web_manifest(clinic: Clinic) -> str:
    """Name and icons for a phone's home screen (w3.org/TR/appmanifest)."""
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    return json.dumps(
        {
            "name": clinic.name,
            "start_url": "/",
            "display": "browser",
            "background_color": "#fbf8f3",
            "theme_color": "#0f4c4a",
            "icons": icons,
        },
        ensure_ascii=False,
    )
