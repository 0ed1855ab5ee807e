"""Rules for the files in the content folder: none is silently ignored."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from kapsite.content_files.live_file import by_name
from kapsite.content_files.problems import Problem, did_you_mean
from kapsite.pages.load.site import Site, is_temporary
from kapsite.pages.syntax.slugs import slug

PAGE = re.compile(r"(?:\.(?:md|markdown|mdown|mkdn?|mdx|txt|text))+$", re.IGNORECASE)
DATA = {".yaml", ".yml", ".json", ".csv", ".toml"}
DOCUMENTS = {
    ".docx", ".doc", ".odt", ".rtf", ".pages", ".gdoc", ".pdf", ".html", ".htm", ".xlsx", ".xls",
}  # fmt: skip
IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".heic", ".tif", ".tiff"}


def every_file_is_used(site: Site, today: date) -> Iterator[Problem]:
    used = {draft.source for draft in site.drafts}
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
    if suffix in IMAGES:
        place = f"/static/img/{name.name}"
        return f"Move it to static/img/, then show it with ![what it shows]({place})."
    return "Remove it, or move it out of this folder."


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
