from django.apps import AppConfig


class SecurityConfig(AppConfig):
    name = "kapsite.security"

    def ready(self):
        from . import checks  # noqa: F401 -- registers them
