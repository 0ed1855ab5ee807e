"""How long `publish` takes: the real site, and generated ones of 100 and 1,000 pages.

    python -m tests.bench.publishing

Generated pages are copies of the real ones under other names. Each run checks everything, then
renders, compresses and writes every page into an empty folder, and then once more after one
sentence has changed. Linear time shows as the same milliseconds of processor time for each page,
however many there are; the clock also counts what else the machine is doing.
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402

from kapsite.pages.language import claims  # noqa: E402
from kapsite.pages.publish.publisher import publish  # noqa: E402
from tests.pages.samples import check_content  # noqa: E402

SIZES = (100, 1000)
TODAY = date(2026, 11, 22)
OF_ONE_PAGE = re.compile(r"^(?:guide|menu|menu_in|requires): .*\n", re.MULTILINE)
ONE_MORE = "\nCall {phone} and say what you want.\n"
TITLE = re.compile(r"^title: .*$", re.MULTILINE)


def main() -> Iterator[tuple[str, float]]:
    claims.REMEMBERED = 0  # the copies say the same sentences, the pages of a real site do not
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "static").symlink_to(settings.BASE_DIR / "static")
        content = folder / "content"
        shutil.copytree(settings.CONTENT_DIR, content)
        yield from measure(content, runs=3)
        for size in SIZES:
            add_pages(content, size)
            yield from measure(content, runs=1 if size > 100 else 3)


def add_pages(content: Path, size: int):
    """Copies of the real pages until there are ``size`` in all."""
    pages = [file for file in sorted(content.glob("*.md")) if not file.stem.startswith("copy-")]
    for number in range(len(list(content.glob("*.md"))), size):
        text = OF_ONE_PAGE.sub("", pages[number % len(pages)].read_text(encoding="utf-8"))
        text = TITLE.sub(rf"\g<0> {number}\nmenu_in: none", text, count=1)  # exemptions name it
        (content / f"copy-{number}.md").write_text(text, encoding="utf-8")


def measure(content: Path, runs: int) -> Iterator[tuple[str, float]]:
    pages = len(list(content.glob("*.md")))
    times = zip(*(spent_publishing(content) for _ in range(runs)), strict=True)
    for what, column in zip(("check", "all changed", "one sentence changed"), times, strict=True):
        processor, clock = (median(values) for values in zip(*column, strict=True))
        each, waited = 1000 * processor / pages, 1000 * clock / pages
        print(
            f"{pages:5} pages, {what:20}: {processor:6.2f} s of processor, {each:4.1f} ms a page; "
            f"{clock:6.2f} s by the clock, {waited:4.1f} ms a page",
            flush=True,
        )
        yield f"{pages} pages, {what}, ms a page", each
        yield f"{pages} pages, {what}, ms a page by the clock", waited


def spent_publishing(content: Path) -> tuple[tuple[float, float], ...]:
    published, page = Path(tempfile.mkdtemp(dir=content.parent)), content / "privacy.md"
    text = page.read_text(encoding="utf-8")
    try:
        return (
            spent(check_content, content, TODAY),
            spent(publish, content, published, TODAY),
            spent_after(page, text + ONE_MORE, content, published),
        )
    finally:
        page.write_text(text, encoding="utf-8")
        shutil.rmtree(published)


def spent_after(page: Path, text: str, content: Path, published: Path) -> tuple[float, float]:
    page.write_text(text, encoding="utf-8")
    return spent(publish, content, published, TODAY)


def spent(work, *arguments) -> tuple[float, float]:
    """Seconds of processor time, and by the clock."""
    processor, clock = time.process_time(), time.perf_counter()
    work(*arguments)
    return time.process_time() - processor, time.perf_counter() - clock


if __name__ == "__main__":
    for _row in main():
        pass
