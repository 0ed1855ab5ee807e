import json
from typing import Any

from django.core.management.base import BaseCommand

from kapsite.operations.environment import Variable
from kapsite.operations.monitoring import installation
from kapsite.operations.monitoring.mail_check import send_test_message
from kapsite.operations.monitoring.results import Result, end_with_status, show
from kapsite.operations.monitoring.settings_in_force import in_force


class Command(BaseCommand):
    help = (
        "Check the site, its machine, its address and its mail; list the settings in force. Ends "
        "with status 1 if anything is wrong."
    )
    requires_system_checks: list[str] = []  # it runs them itself, and says more

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="for a program")
        parser.add_argument(
            "--send-mail", action="store_true", help="also send a message to NOTIFY_EMAILS"
        )

    def handle(self, *, send_mail: bool, **options: Any) -> None:
        mail = {"Test message": send_test_message} if send_mail else {}
        results = list(installation.run(installation.FOR_DOCTOR, mail))
        (self.show_as_json if options["json"] else self.show)(results, in_force())
        end_with_status(results)

    def show(self, results: list[Result], settings: list[Variable]) -> None:
        show(results, self)
        self.stdout.write("\nSettings in force:")
        for setting in settings:
            self.stdout.write(f"  {setting.name}={setting.value}  ({setting.source})")
        wrong = sum(not result.is_well for result in results)
        problems = f"{wrong} problem{'s' if wrong > 1 else ''}" if wrong else "No problem"
        self.stdout.write(f"\n{problems} in {len(results)} checks.")

    def show_as_json(self, results: list[Result], settings: list[Variable]) -> None:
        found = {
            "ok": all(result.is_well for result in results),
            "checks": [
                {"name": r.name, "ok": r.is_well, "words": r.words, "fix": r.fix} for r in results
            ],
            "settings": {each.name: [each.value, each.source] for each in settings},
        }
        self.stdout.write(json.dumps(found, indent=1))
