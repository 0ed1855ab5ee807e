"""How static files are stored for the running site."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Named after their content, so that browsers may keep them for ever."""

    support_js_module_import_aggregation = True  # a script imports another by its hashed name
