from typing import Any

from django.core.management.base import BaseCommand

from kapsite.operations.monitoring import upgrade
from kapsite.operations.monitoring.results import end_with_status, result_of, show


class Command(BaseCommand):
    help = (
        "Say what an upgrade to this version would meet; changes nothing. Run it with the new code "
        "and packages, before migrate. Ends with status 1 if something stands in the way."
    )
    requires_system_checks: list[str] = []  # some would fail only because migrate comes later

    def handle(self, **options: Any) -> None:
        results = [result_of(name, check) for name, check in upgrade.CHECKS.items()]
        show(results, self)
        end_with_status(results)
