"""How long `publish` takes: the real site, and 100, 300 and 1,000 generated pages.

    python -m tests.bench.publishing

Generated pages are copies of the real ones under other names. Each run checks, renders,
compresses and writes every page into an empty folder. Linear time shows as the same
milliseconds of processor time for each further page, however many there are; the clock also
counts what else the machine is doing.
"""

import os
import re
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402

from kapsite.pages.publish.publisher import publish  # noqa: E402
from tests.pages.samples import check_content  # noqa: E402

SIZES = (100, 300, 1000)
TODAY = date(2026, 11, 22)
OF_ONE_PAGE = re.compile(r"^(?:guide|menu|menu_in|requires): .*\n", re.MULTILINE)
TITLE = re.compile(r"^title: .*$", re.MULTILINE)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "static").symlink_to(settings.BASE_DIR / "static")
        content = folder / "content"
        shutil.copytree(settings.CONTENT_DIR, content)
        yield "the real site, ms a page", show("the real site", content, runs=5)
        for size in SIZES:
            add_pages(content, size)
            cost = show(f"{size} pages", content, runs=1 if size > 300 else 3)
            yield f"{size} pages, ms a page", cost


def add_pages(content: Path, size: int):
    """Copies of the real pages until there are ``size`` in all."""
    pages = [file for file in sorted(content.glob("*.md")) if not file.stem.startswith("copy-")]
    for number in range(len(list(content.glob("*.md"))), size):
        text = OF_ONE_PAGE.sub("", pages[number % len(pages)].read_text(encoding="utf-8"))
        text = TITLE.sub(f"title: Page number {number}\nmenu_in: none", text, count=1)
        (content / f"copy-{number}.md").write_text(text, encoding="utf-8")


def show(what: str, content: Path, runs: int) -> float:
    """Milliseconds of processor time for each page, when published."""
    pages = len(list(content.glob("*.md")))
    checks = [spent(check_content, content, TODAY) for _ in range(runs)]
    publishes = [spent_publishing(content) for _ in range(runs)]
    processor, clock = (median(column) for column in zip(*publishes, strict=True))
    print(
        f"{what:>13}: {pages:4} pages, check {median(c for c, _ in checks):5.2f} s, "
        f"publish {processor:6.2f} s of processor ({1000 * processor / pages:4.1f} ms a page), "
        f"{clock:6.2f} s by the clock",
        flush=True,
    )
    return 1000 * processor / pages


def spent_publishing(content: Path) -> tuple[float, float]:
    published = Path(tempfile.mkdtemp(dir=content.parent))
    try:
        return spent(publish, content, published, TODAY)
    finally:
        shutil.rmtree(published)


def spent(work, *arguments) -> tuple[float, float]:
    """Seconds of processor time, and by the clock."""
    processor, clock = time.process_time(), time.perf_counter()
    work(*arguments)
    return time.process_time() - processor, time.perf_counter() - clock


if __name__ == "__main__":
    for _row in main():
        pass
