from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class InquiriesConfig(AppConfig):
    name = "kapsite.inquiries"

    def ready(self):
        from kapsite.database.history import refuse_other_version

        from . import checks  # noqa: F401 -- registers itself
        from .data_protection import append_only_triggers, no_samples

        pre_migrate.connect(refuse_other_version, sender=self)
        post_migrate.connect(append_only_triggers.install, sender=self)
        post_migrate.connect(no_samples.install, sender=self)
