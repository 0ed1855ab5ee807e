"""The published pages, served from memory in front of Django.

A request costs one dictionary look-up. The server switches to a new set as a whole. While the
newest set is damaged, readers get the previous one: from memory, or from disk after a restart.
"""

import json
import logging
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings
from django.urls import is_valid_path

from kapsite.clinic import days

from .dated import as_of
from .prepared import PreparedForm, TokenField, errors_in, forms_in
from .published_set import (
    EMPTY,
    REDIRECTS,
    StoredSet,
    Variants,
    all_sets,
    current_folder,
    read_set,
)
from .responses import best_coding, chosen, redirect_to, send

logger = logging.getLogger(__name__)

CHECK_INTERVAL = 0.5  # seconds between checks for a newer set
RETRY_INTERVAL = 10  # seconds until a damaged set is read again: it may have been repaired
NOTHING = StoredSet("", EMPTY, {}, {}, False, "Nothing is published yet.", {})


class PageServer:
    """A WSGI layer: pages, empty forms and "not found" from memory, everything else from ``app``.

    ``token_field`` makes the hidden field of a form; without it, ``app`` answers with the forms.
    """

    def __init__(
        self,
        app,
        published_dir: Path,
        clock: Callable[[], float] = time.monotonic,
        token_field: TokenField | None = None,
        today: Callable[[], date] = days.today,
    ):
        self.app = app
        self.published_dir = published_dir
        self.token_field = token_field
        self.clock = clock
        self.today = today
        self.day = today()
        self.served = NOTHING
        self.pages = EMPTY
        self.redirects: dict[str, str] = {}
        self.forms: dict[str, PreparedForm] = {}
        self.errors: dict[int, Variants] = {}
        self.damage = ""  # why readers do not get the set that ``current`` names
        self.link: tuple | None = ()
        self.look_at = self.try_at = float("-inf")
        self.refresh()

    def __call__(self, environ, start_response):
        if self.clock() >= self.look_at:
            self.refresh()
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.pass_on(environ, start_response)
        path = environ.get("PATH_INFO", "")
        accepts = environ.get("HTTP_ACCEPT_ENCODING", "")
        if variants := self.pages.get(path):
            return send(chosen(variants, accepts), environ, start_response)
        if target := self.redirect(path):
            return redirect_to(target, start_response)
        if form := self.forms.get(path):
            body = form.answer(best_coding(accepts, form.codings))
            return send(body, environ, start_response)
        if 404 in self.errors and not is_known(path):
            body = chosen(self.errors[404], accepts)
            return send(body, environ, start_response, "404 Not Found")
        return self.pass_on(environ, start_response)

    def redirect(self, path: str) -> str | None:
        """Where ``path`` leads: to the page it was before, or with the slash it lacks."""
        with_slash = path if path.endswith("/") else f"{path}/"
        return self.redirects.get(with_slash, with_slash if with_slash in self.pages else None)

    def pass_on(self, environ, start_response):
        environ["kapsite.pages"] = self  # for menus, error pages and health
        return self.app(environ, start_response)

    def error_page(self, status: int) -> bytes | None:
        """The published page for ``status``; None if the set has none."""
        variants = self.errors.get(status)
        return variants["identity"].content if variants else None

    def refresh(self):
        """Switch to the set that ``current`` links to, if it changed."""
        now = self.clock()
        self.look_at = now + CHECK_INTERVAL
        link = self.read_link()
        if link != self.link or (self.damage and now >= self.try_at):
            self.link, self.try_at = link, now + RETRY_INTERVAL
            self.take_over(read_set(current_folder(self.published_dir)))
        elif self.day != self.today():
            self.serve(self.served)

    def read_link(self) -> tuple | None:
        """Identifies the link: each publication makes another, even of a set with the same name."""
        try:
            status = os.lstat(self.published_dir / "current")
        except OSError:
            return None
        return status.st_ino, status.st_ctime_ns

    def take_over(self, wanted: StoredSet):
        """Serve ``wanted`` if all of its pages are there; else what is served already, or after a
        restart the newest set that is complete."""
        if wanted.is_complete:
            self.serve(wanted)
        elif not self.served.is_complete:
            others = map(read_set, all_sets(self.published_dir))
            self.serve(next((each for each in others if each.is_complete), wanted))
        damage = wanted.damage
        if self.link is None:
            damage = "The link published/current is missing." if self.pages else NOTHING.damage
        if damage != self.damage:
            self.report(wanted.name, damage)
        self.damage = damage

    def serve(self, stored: StoredSet):
        before = self.served.pages.items()
        # A page from before may load an image only when its reader comes near.
        images = {path: variants for path, variants in before if path.endswith(".webp")}
        self.served, self.day = stored, self.today()
        self.pages = images | dict(as_of(stored.pages, self.day))
        files = as_of(stored.files, self.day)
        self.redirects = json.loads(files.get(REDIRECTS, b"{}"))
        self.forms = forms_in(files, self.token_field) if self.token_field else {}
        self.errors = errors_in(files)

    def report(self, name: str, damage: str):
        if damage == NOTHING.damage:
            logger.error("%s Run manage.py publish.", damage)
        elif damage:
            served = f"set {self.served.name}" if self.pages else "no pages"
            if self.pages and self.served.name == name:
                served = "what is whole of it"
            message = "Published set %s is damaged: %s Readers get %s. Run manage.py publish."
            logger.error(message, name, damage, served)
        else:
            logger.info("Published set %s is whole: readers get it.", name)

    def problem(self) -> str:
        """What keeps readers from the newest pages, now or after a restart; "" if nothing does."""
        self.refresh()
        if self.damage or not self.served.was_touched():
            return self.damage
        again = read_set(current_folder(self.published_dir))
        if again.damage:
            return f"{again.damage} Readers get the pages from memory until the next restart."
        self.serve(again)
        return ""


def is_known(path: str) -> bool:
    """Whether Django or the static files may have something at ``path``."""
    if path.startswith(settings.STATIC_URL):
        return True
    if is_valid_path(path):
        return True
    return not path.endswith("/") and bool(is_valid_path(f"{path}/"))  # Django adds the slash
