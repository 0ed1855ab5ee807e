from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kapsite.clinic import days
from kapsite.content_files.problems import did_you_mean, errors_among
from kapsite.editor.signing_off.sign_off import signed_text
from kapsite.editor.versions.action_log import Act
from kapsite.editor.versions.history import write_file
from kapsite.editor.versions.terminal import Busy, content_folder, log, record
from kapsite.pages.check.sign_offs import FILE, passages, unsigned, unsigned_among
from kapsite.pages.load.site import read_site


class Command(BaseCommand):
    help = "List the medical text that nobody has signed off, or record who approves it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", help="such as content/risks.md; left out: all files")
        parser.add_argument("--name", help="who has read the text of this file and approves it")

    def handle(self, *, file: str | None, name: str | None, **options):
        site = read_site(settings.CONTENT_DIR)
        if file is None:
            if name:
                raise CommandError(
                    "Name the file too: manage.py sign_off content/risks.md --name …"
                )
            lines = [f"{problem.file}: {problem.message}" for problem in unsigned(site)]
            self.stdout.write("\n".join(lines) or "Everything is signed off.")
            return
        known = {passage.file for passage in passages(site)}
        if file not in known:
            raise CommandError(f'"{file}" has no medical text. {did_you_mean(file, known)}')
        waiting = unsigned_among(passages(site, file), site)
        for passage in waiting:
            self.stdout.write(f"line {passage.line}: {passage.text}")
        if not waiting:
            self.stdout.write(f"Everything in {file} is signed off.")
        elif name:
            self.write(name, file, site, len(waiting))
        else:
            self.stdout.write(f'\nTo approve all of it: manage.py sign_off {file} --name "…"')

    def write(self, name: str, file: str, site, count: int):
        if len(name.split()) < 2 or not name.isprintable():
            raise CommandError('Write the full name, such as --name "Ana Diaz, MD".')
        if errors_among(problem for problem in site.problems if problem.file == site.name(FILE)):
            raise CommandError(f"{site.name(FILE)} has an error. See manage.py check_content.")
        try:
            with content_folder():
                text = signed_text(name, file, site, days.today())
                write_file(settings.CONTENT_DIR / FILE, [text.encode()])
                record()
                log(Act.SIGNED_OFF, f"{file}, by {name}")
        except Busy as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"\nSigned off by {name}: the {count} texts above.")
