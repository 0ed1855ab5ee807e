"""How static files are stored for the running site."""

from pathlib import Path

from whitenoise.storage import CompressedManifestStaticFilesStorage

from kapsite.security.files import make_public


class NotCollected(Exception):
    """A static file that `collectstatic` has not seen."""


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Named after their content, so that browsers may keep them for ever."""

    support_js_module_import_aggregation = True  # a script imports another by its hashed name

    def stored_name(self, name):
        try:
            return super().stored_name(name)
        except ValueError:
            raise NotCollected(f"The static file {name} was not collected.") from None

    def post_process(self, *args, **kwargs):
        yield from super().post_process(*args, **kwargs)
        make_public(Path(self.location))
