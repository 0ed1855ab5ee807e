from django.apps import AppConfig


class EditorConfig(AppConfig):
    name = "kapsite.editor"
    verbose_name = "Edit site"
