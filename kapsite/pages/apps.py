from django.apps import AppConfig
from django.core.checks import register


class PagesConfig(AppConfig):
    name = "kapsite.pages"

    def ready(self):
        from kapsite.pages.checks import check_content_files

        # With --deploy only: a slip in a page must not stop migrate, or a staff command.
        register(check_content_files, "content", deploy=True)
