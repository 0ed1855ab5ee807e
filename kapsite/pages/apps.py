from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register
from django.utils.autoreload import autoreload_started, file_changed


class PagesConfig(AppConfig):
    name = "kapsite.pages"

    def ready(self):
        from kapsite.pages.checks import check_content_files

        # With --deploy only: an error in a page must not stop migrate, or a staff command.
        register(check_content_files, "content", deploy=True)
        if "django_browser_reload" in settings.INSTALLED_APPS:  # `make dev`
            autoreload_started.connect(watch_content)
            file_changed.connect(show_changed_content)


def watch_content(sender, **_):
    sender.watch_dir(settings.CONTENT_DIR, "**/*")


def show_changed_content(file_path, **_):
    """Reload the browser; True keeps the server from restarting."""
    from django_browser_reload.views import trigger_reload_soon

    if settings.CONTENT_DIR in file_path.parents:
        trigger_reload_soon()
        return True
    return None
