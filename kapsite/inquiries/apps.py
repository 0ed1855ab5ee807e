from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    name = "kapsite.inquiries"

    def ready(self):
        from . import checks  # noqa: F401 -- registers itself
