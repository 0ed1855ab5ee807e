"""What each role may do. Permissions come from roles only; every ``migrate`` sets them.

After every migrate rather than in a migration, so that permissions added later are included and
a flushed database gets its roles back.
"""

from typing import Any, NamedTuple

from django.apps import apps as installed


class Role(NamedTuple):
    name: str
    help_text: str
    permissions: tuple[str, ...]


_ALL_DESK_ROLES = (
    "inquiries.view_inquiry",
    "inquiries.add_inquiry",
    "inquiries.change_inquiry",
    "inquiries.show_message",
    "inquiries.print_inquiry",
    "inquiries.view_overview",
)
_FRONT_DESK = (*_ALL_DESK_ROLES, "inquiries.see_names_in_list")

_EDITOR = ("editor.edit_content", "editor.view_history")

ROLES = {
    "front-desk": Role("Front desk", "calls people back; sees names in the inbox", _FRONT_DESK),
    "clinician": Role(
        "Clinician", "works on requests; sees names only after opening a request", _ALL_DESK_ROLES
    ),
    "lead": Role(
        "Lead",
        "everything the front desk does; exports, deletes, reads the access log and sign-ins",
        (
            *_FRONT_DESK,
            "inquiries.export_inquiries",
            "inquiries.erase_inquiry",
            "inquiries.view_access",
            "accounts.view_event",  # or else a site admin could take over an account unseen
            "editor.view_history",
            "editor.export_content",
        ),
    ),
    "editor": Role("Editor", "writes drafts of the site's pages; can't open requests", _EDITOR),
    "publisher": Role(
        "Publisher",
        "edits and publishes the site's pages; can't open requests",
        (*_EDITOR, "editor.publish_content", "editor.export_content"),
    ),
    "reviewer": Role(
        "Reviewer",
        "signs off medical text of the site with name and credential; can't open requests",
        ("editor.sign_off", "editor.view_history"),
    ),
    "site-admin": Role(
        "Site admin",
        "adds accounts and switches them off; can't open requests",
        ("auth.view_user", "auth.add_user", "auth.change_user", "accounts.view_event"),
    ),
}


def give_permissions(using: str, apps: Any = installed, **_: Any) -> None:
    """Make the groups match the roles above, as far as ``apps`` has migrated."""
    try:
        group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:  # migrated back to before there were any
        return
    known = {
        f"{each.content_type.app_label}.{each.codename}": each
        for each in permission.objects.using(using).select_related("content_type")
    }
    for role in ROLES.values():
        row, _created = group.objects.using(using).get_or_create(name=role.name)
        row.permissions.set(known[name] for name in role.permissions if name in known)
