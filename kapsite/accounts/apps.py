from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "kapsite.accounts"
    label = "accounts"
    verbose_name = "Sign-ins"

    def ready(self) -> None:
        from .authentication import key_rotation, signals  # noqa: F401 -- register themselves
        from .roles import give_permissions

        apps.get_app_config("auth").verbose_name = "Staff"  # a heading of the desk
        post_migrate.connect(give_permissions, sender=self)


class StaffAdminConfig(AdminConfig):
    default_site = "kapsite.accounts.admin_site.StaffSite"
