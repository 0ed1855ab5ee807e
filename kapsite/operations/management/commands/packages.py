import json

from django.conf import settings
from django.core.management.base import BaseCommand

from kapsite.operations.packages import bill_of_materials, packages_in


class Command(BaseCommand):
    help = "List the packages that the site runs with: name, version and license."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--json", action="store_true", dest="as_bill", help="a bill of materials in CycloneDX"
        )

    def handle(self, *, as_bill: bool, **options):
        found = list(packages_in(settings.BASE_DIR / "requirements.txt"))
        if as_bill:
            self.stdout.write(json.dumps(bill_of_materials(found), indent=1))
            return
        width = max(len(each.name) for each in found)
        for each in found:
            self.stdout.write(f"{each.name:{width}}  {each.version:10}  {each.license}")
