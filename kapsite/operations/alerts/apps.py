from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "kapsite.operations.alerts"
