"""Rules for the files in the content folder: none is silently ignored."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from kapsite.content_files.live_file import by_name
from kapsite.content_files.problems import Problem, did_you_mean
from kapsite.content_files.temporary_files import is_temporary
from kapsite.pages.load.images import ENDINGS, good_name
from kapsite.pages.load.site import Site
from kapsite.pages.syntax.slugs import slug

PAGE = re.compile(r"(?:\.(?:md|markdown|mdown|mkdn?|mdx|txt|text))+$", re.IGNORECASE)
DATA = {".yaml", ".yml", ".json", ".csv", ".toml"}
DOCUMENTS = {
    ".docx", ".doc", ".odt", ".rtf", ".pages", ".gdoc", ".pdf", ".html", ".htm", ".xlsx", ".xls",
}  # fmt: skip
OTHER_IMAGES = {".gif", ".svg", ".avif", ".heic", ".heif", ".tif", ".tiff", ".bmp"}


def every_file_is_used(site: Site, today: date) -> Iterator[Problem]:
    used = {draft.source for draft in site.drafts}
    used |= {
        site.folder / unquote(image.address)
        for page in site.drafts
        for image in page.rendered.images
    }
    used |= {site.folder / name for name in (*site.data.lines, *by_name)}
    for file in sorted(site.folder.rglob("*")):
        name = file.relative_to(site.folder)
        is_folder = file.is_dir() and not file.is_symlink()
        if not (is_folder or file in used or is_temporary(name)):
            what = "folder" if file.is_dir() else "file"
            fix = suggestion(name, site) if what == "file" else "Put a copy of the folder here."
            shown = site.name(name.as_posix()).encode(errors="replace").decode()
            yield Problem(shown, 1, f"This {what} isn't used.", fix, "warning")


def suggestion(name: Path, site: Site) -> str:
    suffix = name.suffix.lower()
    if ending := PAGE.search(name.name.strip()):
        page = slug(name.name.strip()[: ending.start()])
        return f"If it is a page, rename it to {page}.md. If not, remove it."
    if suffix in DATA:
        return data_file_suggestion(name, site)
    if suffix in DOCUMENTS:
        return "Copy its text into a page whose name ends in .md, then remove this file."
    if suffix in {*ENDINGS, *OTHER_IMAGES}:
        return image_suggestion(name, site)
    return "Remove it, or move it out of this folder."


def image_suggestion(name: Path, site: Site) -> str:
    show = "show it with ![what it shows]({}), or remove it."
    if name.as_posix() in site.images.names and name.suffix.lower() in ENDINGS:
        return f"To use it, {show.format(name.as_posix())}"
    wanted = good_name(name)
    if name.suffix.lower() in OTHER_IMAGES:
        return f"Save a copy of it as {site.name(wanted)}, then {show.format(wanted)}"
    return f"Move it to {site.name(wanted)}, then {show.format(wanted)}"


def data_file_suggestion(name: Path, site: Site) -> str:
    meant = f"{name.stem.lower()}.yaml"
    known = {*site.data.lines, *by_name}
    if name.parts[0] == "charts":
        return f"If it is a chart, rename it to charts/{meant}. If not, remove it."
    if meant in known:
        return f"The site reads {meant} in the content folder: compare them, and keep that one."
    return (
        f"The site reads only certain data files. {did_you_mean(meant, known)} If not, remove it."
    )
