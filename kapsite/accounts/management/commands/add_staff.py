from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from kapsite.accounts import audit_log
from kapsite.accounts.authentication import setup_links
from kapsite.accounts.models import EventKind
from kapsite.accounts.roles import ROLES


class Command(BaseCommand):
    help = "Add a staff account and print a link to set it up with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="what they type to sign in, such as ana")
        parser.add_argument("--name", help='as colleagues see it, such as "Ana Ruiz"')
        parser.add_argument("--email", help="where mail for leads goes")
        parser.add_argument(
            "--role", action="append", choices=sorted(ROLES), help="may be given more than once"
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="a new link for an account in use; removes its password and second steps",
        )

    @transaction.atomic
    def handle(
        self,
        *,
        username: str,
        name: str | None,
        email: str | None,
        role: list[str] | None,
        again: bool,
        **options: Any,
    ) -> None:
        username, roles = username.lower(), [ROLES[each].name for each in role or []]
        user = User.objects.filter(username__iexact=username).first()
        is_new = user is None
        if user is None:
            user = new_user(username, roles, again)
        elif user.has_usable_password() and not again:
            raise CommandError(
                f"{username} has an account already, and changes name and email under “Your "
                "account”. To start it over, with a new password and a new second step, type: "
                f"manage.py add_staff {username} --again"
            )
        elif not user.is_active:
            raise CommandError(f"{username} is switched off. Switch the account on in the admin.")
        save_details(user, name, email)
        if is_new:
            audit_log.record(EventKind.ACCOUNT_MADE, user)
        if roles:
            user.groups.set(Group.objects.filter(name__in=roles))
            audit_log.record(EventKind.ROLES_CHANGED, user, details=", ".join(roles))
        self.show(user, setup_links.reset_account(user))

    def show(self, user: User, link: str) -> None:
        roles = ", ".join(sorted(group.name for group in user.groups.all())) or "no role"
        hours = setup_links.LIFETIME.total_seconds() / 3600
        self.stdout.write(
            f"With this link {user.username} ({roles}) sets up the account. It works once, within "
            f"{hours:.0f} hours:\n\n    {link}\n\n"
            "Anyone who has it can sign in: hand it over in private."
        )
        if user.has_perm("inquiries.view_access") and not user.email:
            self.stdout.write(
                "\nNo email is set, so mail for leads goes to NOTIFY_EMAILS. Add one with --email, "
                "or under “Your account”."
            )


def new_user(username: str, roles: list[str], again: bool) -> User:
    if again:
        raise CommandError(f"There is no account {username}.")
    if not roles:
        raise CommandError(f"Give {username} a role: --role {', --role '.join(ROLES)}.")
    user = User(username=username, is_staff=True)
    user.set_unusable_password()
    return user


def save_details(user: User, name: str | None, email: str | None) -> None:
    if name is not None:
        user.first_name, _, user.last_name = " ".join(name.split()).partition(" ")
    if email is not None:
        user.email = email.strip()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise CommandError(
            " ".join(
                f"{field.replace('_', ' ')}: {' '.join(messages)}"
                for field, messages in error.message_dict.items()
            )
        ) from None
    user.save()
