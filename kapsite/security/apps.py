from django.apps import AppConfig


class SecurityConfig(AppConfig):
    name = "kapsite.security"

    def ready(self) -> None:
        from . import checks, files  # noqa: F401 -- the checks register themselves

        files.keep_private()
