from django.core.management.base import BaseCommand, CommandError

from kapsite.inquiries.data_protection import erasure, retention
from kapsite.inquiries.models.logs.erasure_log import Rule
from kapsite.inquiries.models.reference import in_groups

SCRUB_TIMEOUT = 3600  # seconds, to rewrite one table of PostgreSQL


class Command(BaseCommand):
    help = (
        "Delete requests whose retention (RETENTION_DAYS) has ended, and overwrite what is left of "
        "them in the database. The worker does this every day. You can stop it at any time and "
        "run it again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="list only, delete nothing")

    def handle(self, *, dry_run, **options):
        if dry_run:
            self.list_only()
            return
        count = 0
        while erasure_records := retention.purge_batch():
            for erasure_record in erasure_records:
                self.say(erasure_record.reference, Rule(erasure_record.rule))
            count += len(erasure_records)
        if not erasure.scrub(SCRUB_TIMEOUT):
            raise CommandError(
                f"{count} requests deleted, but others were using the database, so what is left "
                "in its files could not be overwritten. Run this again in a quieter hour."
            )
        self.stdout.write(f"{count} requests deleted, and overwritten in the database's files.")

    def list_only(self):
        count = 0
        for rule, inquiries in retention.due_now():
            for reference in inquiries.values_list("reference", flat=True).iterator():
                self.say(reference, rule)
                count += 1
        self.stdout.write(f"{count} requests would be deleted. Nothing was changed.")

    def say(self, reference, rule):
        self.stdout.write(f"{in_groups(reference)}  {rule.label}")
