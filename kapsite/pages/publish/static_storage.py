"""How static files are stored for the running site."""

import re
from pathlib import Path

import brotli
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

from kapsite.pages.publish.making.variants import QUALITY
from kapsite.security.files import make_public

# collectstatic puts a hash of the content into the name, so such a file never changes.
HASHED = re.compile(r"\.[0-9a-f]{12}\.[a-z0-9]+$").search

_IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\)(?: (\w+))?;')  # from the same folder
_INDENT = re.compile(r"\n\s+")
_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)


class NotCollected(Exception):
    """A static file that `collectstatic` has not seen."""


class BundledFiles(StaticFilesStorage):
    """Style sheets hold what they import from their own folder: a page needs one request less for
    each before it can be shown."""

    def post_process(self, paths, dry_run=False, **options):
        for name in [name for name in paths if name.endswith(".css") and not dry_run]:
            text = _text(paths, name)
            if _IMPORT.search(text):
                Path(self.path(name)).write_text(_bundled(text, paths, name), encoding="utf-8")
                paths[name] = self, name
        if after := getattr(super(), "post_process", None):
            yield from after(paths, dry_run=dry_run, **options)


class Quick(Compressor):
    """As pages are compressed; the highest quality takes twice as long and saves 2 percent."""

    @staticmethod
    def compress_brotli(data):
        return brotli.compress(data, quality=QUALITY)


class HashedFiles(BundledFiles, CompressedManifestStaticFilesStorage):
    """Named after their content, so that browsers may keep them for ever."""

    support_js_module_import_aggregation = True  # a script imports another by its hashed name

    def stored_name(self, name):
        try:
            return super().stored_name(name)
        except ValueError:
            raise NotCollected(f"The static file {name} was not collected.") from None

    def create_compressor(self, **options):
        return Quick(**options)

    def post_process(self, *args, **kwargs):
        yield from super().post_process(*args, **kwargs)
        make_public(Path(self.location))

    def compress_files(self, paths):
        """But for sources of Django's that lie beside their smaller form: no page asks for them,
        and they take half of the time."""
        smaller = {_stem(path) for path in paths if ".min." in path}
        wanted = [path for path in paths if ".min." in path or _stem(path) not in smaller]
        return super().compress_files(wanted)


def _stem(path: str) -> str:
    """Of "jquery.min.2c872dbe60f4.js": "jquery"."""
    return path.rsplit(".", 2)[0].removesuffix(".min")


def _text(paths, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()


def _bundled(text: str, paths, name: str) -> str:
    def imported(match: re.Match[str]) -> str:
        part_name = str(Path(name).with_name(match[1]))
        part = _bundled(_text(paths, part_name), paths, part_name)
        return f"@media {match[2]} {{\n{part}}}" if match[2] else part

    return _INDENT.sub("\n", _COMMENT.sub("", _IMPORT.sub(imported, text)))
