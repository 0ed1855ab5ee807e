import time
from functools import partial

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max, Min

from kapsite.encryption import keyring
from kapsite.inquiries.data_protection import key_rotation
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.key_in_use import KeyInUse

BATCH = 200  # rows of a table; about 50 ms, for which a form may have to wait
PROGRESS_SECONDS = 1  # between two lines of progress
ROUNDS = 3


class Command(BaseCommand):
    help = (
        "Re-encrypt all personal data with the first of FIELD_KEYS, and check each value. "
        "You can stop it at any time and run it again, and the site can keep running."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--accept-loss",
            action="store_true",
            help="when a key is lost for good: let the site start without it, although what it "
            "encrypted stays unreadable",
        )

    def handle(self, *, accept_loss, **options):
        KeyInUse.objects.record()
        self.unreadable: dict[str, None] = {}  # the same value may be met in each round
        self.rotate()
        for line in self.unreadable:
            self.stderr.write(line)
        if self.unreadable and accept_loss:
            KeyInUse.objects.forget_others()
            self.stdout.write(
                f"{len(self.unreadable)} values stay unreadable. The site starts without their key."
            )
            return
        if self.unreadable:
            raise CommandError(
                f"{len(self.unreadable)} values could not be read and were left as they are. "
                "If a key is missing, add it to the end of FIELD_KEYS and run this again. What "
                "was changed or moved can't be decrypted: restore it from a backup, or delete its "
                "request."
            )
        KeyInUse.objects.forget_others()
        self.stdout.write(
            f"The first key ({keyring.keyring().current}) now decrypts everything. Only older "
            "backups need the other keys: remove them from FIELD_KEYS, keep a copy for those "
            "backups, and restart the site."
        )

    def rotate(self) -> None:
        """In rounds, until one finds that nothing is left to do."""
        for _ in range(ROUNDS):
            if not self.go_through_all():
                return
        raise CommandError(
            "Values are still being written with an older key. Restart the site so that it "
            "reads the new FIELD_KEYS, and run this again."
        )

    def go_through_all(self) -> int:
        rows = 0
        for model in key_rotation.encrypted_columns():
            name = str(model._meta.verbose_name_plural)
            rows += self.go_through(name, model, partial(key_rotation.rewrite_values, model))
        rows += self.go_through("search digests", Inquiry, key_rotation.rewrite_digests)
        for name, rewrite in keyring.kept_elsewhere.items():
            rows += self.rewrite_all(name, rewrite)
        return rows

    def rewrite_all(self, name, rewrite) -> int:
        unreadable: list[str] = []
        rows = rewrite(unreadable)
        self.unreadable.update(dict.fromkeys(unreadable))
        if rows:
            self.stdout.write(f"{name}: {rows} rows re-encrypted.")
        return rows

    def go_through(self, name, model, rewrite) -> int:
        rows, shown = 0, time.monotonic()
        keys = model._base_manager.aggregate(first=Min("pk"), last=Max("pk"))
        last = keys["last"] or 0
        for first in range(keys["first"] or 1, last + 1, BATCH):
            batch = rewrite(range(first, first + BATCH))
            rows += batch.rows
            self.unreadable.update(dict.fromkeys(batch.unreadable))
            if time.monotonic() >= shown + PROGRESS_SECONDS:
                self.stdout.write(f"{name}: at row {first + BATCH - 1} of {last} ...")
                shown = time.monotonic()
        if rows:
            self.stdout.write(f"{name}: {rows} rows re-encrypted and checked.")
        return rows
