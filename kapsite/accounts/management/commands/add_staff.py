from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kapsite.accounts import audit_log, setup_links
from kapsite.accounts.models import EventKind
from kapsite.accounts.roles import ROLES


class Command(BaseCommand):
    help = "Make an account for somebody of the staff and print a link with which they set it up."

    def add_arguments(self, parser):
        parser.add_argument("name", help="what they will type to sign in, such as ana")
        parser.add_argument(
            "--role", action="append", choices=sorted(ROLES), help="may be given more than once"
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="a new link for an account that is in use: takes its password and second steps",
        )

    @transaction.atomic
    def handle(self, *, name, role, again, **options):
        name, roles = name.lower(), [ROLES[each].name for each in role or []]
        user = User.objects.filter(username__iexact=name).first()
        if user is None:
            user = self.make(name, roles, again)
        elif user.has_usable_password() and not again:
            raise CommandError(
                f"{name} has an account already. To start it afresh, with a new password and a new "
                f"second step, type: manage.py add_staff {name} --again"
            )
        elif not user.is_active:
            raise CommandError(f"The account {name} is switched off. Switch it on in the admin.")
        if roles:
            user.groups.set(Group.objects.filter(name__in=roles))
            audit_log.record(EventKind.ROLES_CHANGED, user, details=", ".join(roles))
        self.tell(user, setup_links.start_afresh(user))

    def make(self, name, roles, again):
        if again:
            raise CommandError(f"There is no account {name}.")
        if not roles:
            raise CommandError(f"Give {name} a role: --role {', --role '.join(ROLES)}.")
        user = User(username=name, is_staff=True)
        user.set_unusable_password()
        try:
            user.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError(f"{name!r} cannot be a name. {' '.join(error.messages)}") from None
        user.save()
        audit_log.record(EventKind.ACCOUNT_MADE, user)
        return user

    def tell(self, user, link):
        roles = ", ".join(sorted(group.name for group in user.groups.all())) or "no role"
        hours = setup_links.LIVES.total_seconds() / 3600
        self.stdout.write(
            f"With this link {user.username} ({roles}) sets up the account. It works once, within "
            f"{hours:.0f} hours:\n\n    {link}\n\n"
            "Whoever has it can sign in: hand it over in private."
        )
