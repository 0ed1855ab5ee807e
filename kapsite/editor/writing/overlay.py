"""The site as it would be with the texts of drafts in its files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from kapsite.pages.load.data_files import Data, read_data
from kapsite.pages.load.site import Site, with_text

from .drafts import Texts


def with_texts(site: Site, version: int, texts: Texts) -> Site:
    """``site``, which is as of ``version``. Its other pages stay as they were rendered."""
    data = tuple(sorted((name, text) for name, text in texts.items() if name.endswith(".yaml")))
    if data:
        site = replace(site, data=data_with(site.folder, version, data))
    for name in texts:
        if name.endswith(".md"):
            site, _ = with_text(site, name, texts[name])
    return site


@lru_cache(maxsize=4)
def data_with(folder: Path, version: int, texts: tuple[tuple[str, str], ...]) -> Data:
    with overlaid(folder, dict(texts)) as overlay:
        return read_data(overlay)


@contextmanager
def overlaid(folder: Path, texts: Texts) -> Iterator[Path]:
    """A folder that has the data files of ``folder``, with ``texts`` in place of some."""
    with TemporaryDirectory() as top:
        overlay = Path(top) / folder.name
        for file in folder.rglob("*.yaml"):
            link = overlay / file.relative_to(folder)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file.absolute())
        for name, text in texts.items():
            file = overlay / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)
            file.write_text(text, encoding="utf-8")
        yield overlay
