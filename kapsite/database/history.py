"""Refuses a database whose tables another version of the site made, before anything is changed."""

from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader


def refuse_other_version(app_config, using="default", **_) -> None:
    """Receives `pre_migrate`. Raises CommandError."""
    connection = connections[using]
    loader = MigrationLoader(connection)
    unknown = [
        f"{app}.{name}"
        for app, name in sorted(loader.applied_migrations)
        if app == app_config.label and (app, name) not in loader.disk_migrations
    ]
    if unknown:
        name = connection.settings_dict["NAME"]
        on_sqlite = connection.vendor == "sqlite"
        aside = f"mv {name} {name}.old" if on_sqlite else f"ALTER DATABASE {name} RENAME TO old"
        raise CommandError(
            f"The database {name} was made by another version of this site (it holds "
            f"{unknown[-1]}, which is not here). Nothing was changed or deleted. Move it away "
            f"({aside}) and start again with an empty one, or go back to that version."
        )
