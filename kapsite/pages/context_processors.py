"""The menus, and whether the site is a preview, for every template."""

import json
import logging
from functools import cache

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from kapsite.clinic import days

logger = logging.getLogger(__name__)
NO_MENUS: dict = {"header_menu": [], "footer_menu": [], "is_preview": False}


def published_menus(request) -> dict:
    """``header_menu`` and ``footer_menu``: lists of ``{"path", "menu"}``; empty, never an error.
    And ``is_preview``.

    They are lazy: content pages pass their own menus, and reading the whole content a second time
    would double the time a page takes in development.
    """
    server = request.META.get("kapsite.pages")  # none in tests and while developing
    found = cache(read_menus) if server is None else lambda: server.served.menus

    def menu(name: str):
        return SimpleLazyObject(lambda: found().get(name, NO_MENUS[name]))

    return {name: menu(name) for name in NO_MENUS}


def live_menus() -> dict:
    # Here, since a web worker never needs them, and they take several megabytes.
    from kapsite.pages.load.site import read_site
    from kapsite.pages.publish.document.catalog import as_of, make_catalog
    from kapsite.pages.publish.document.navigation import menus

    return menus(as_of(make_catalog(read_site(settings.CONTENT_DIR)), days.today()))


def read_menus() -> dict:
    try:
        if settings.DEBUG:
            return live_menus()
        text = (settings.PUBLISHED_DIR / "current" / "menu.json").read_text(encoding="utf-8")
        return json.loads(text)
    except FileNotFoundError:  # nothing has been published yet
        return NO_MENUS
    except (OSError, ValueError) as error:
        logger.warning("No menus: %s", type(error).__name__)
        return NO_MENUS
