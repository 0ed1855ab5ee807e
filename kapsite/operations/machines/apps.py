from django.apps import AppConfig


class MachinesConfig(AppConfig):
    name = "kapsite.operations.machines"
