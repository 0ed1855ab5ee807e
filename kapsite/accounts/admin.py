"""Staff accounts in the admin: people and their roles, never passwords or single permissions."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from kapsite.accounts.authentication.adapter import has_main_factor
from kapsite.security.admin_mixins import DeclaredFiltersOnly

from . import audit_log
from .audit_log import DETAILS
from .authentication import sessions, setup_links
from .forms import AccountForm, NewAccountForm
from .models import Event, EventKind
from .pages import StaffRequest

for model in (User, Group, EmailAddress, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


ACCESS = ("groups", "is_active", "is_superuser")  # what decides who may do what
MOST_WORDS = 10  # of a search


@admin.register(User)
class StaffAdmin(DeclaredFiltersOnly, UserAdmin):
    form, add_form = AccountForm, NewAccountForm
    list_display = ("username", "shown_name", "shown_roles", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "first_name", "last_name")
    filter_horizontal = ()
    readonly_fields = ("shown_username", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("shown_username", *DETAILS)}),
        ("Access", {"fields": ACCESS}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    change_form_template = "admin/auth/user/account.html"
    add_form_template = "admin/change_form.html"
    add_fieldsets = ((None, {"fields": NewAccountForm.Meta.fields}),)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<path:object_id>/set-up-link/",
                self.admin_site.admin_view(self.new_link_view),
                name="auth_user_set_up_link",
            )
        ]
        # Nobody sets a colleague's password.
        return own + [
            each for each in super().get_urls() if each.name != "auth_user_password_change"
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Accounts", **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Use the first words only: SQLite can't handle an expression of a thousand."""
        words = " ".join(search_term.split()[:MOST_WORDS])
        return super().get_search_results(request, queryset, words)

    @admin.display(description="username")
    def shown_username(self, user: User) -> str:
        return user.get_username()

    @admin.display(description="name")
    def shown_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="roles")
    def shown_roles(self, user: User) -> str:
        names = ", ".join(sorted(group.name for group in user.groups.all()))
        return "Superuser" if user.is_superuser else names or "None"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only superusers change a superuser's account: no privilege escalation."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody gives themselves a role or locks themselves out."""
        fixed = self.readonly_fields if obj else ()
        return (*fixed, *ACCESS) if obj == request.user else fixed

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or request.user.is_superuser:
            return super().get_fieldsets(request, obj)
        person, may, dates = self.fieldsets
        return (person, (may[0], {"fields": ("groups", "is_active")}), dates)

    def response_change(self, request: Any, obj: Any) -> HttpResponse:
        """Ask who takes over when this person can no longer work on requests."""
        response = super().response_change(request, obj)
        can_work = User.objects.get(pk=obj.pk).has_perm("inquiries.change_inquiry")
        if request.access_changed and not can_work:
            return redirect("admin:inquiries_hand_over", obj.pk)
        return response

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            audit_log.record(EventKind.ACCOUNT_MADE, obj, by=request.user)
            return
        if "is_active" in form.changed_data:
            kind = EventKind.SWITCHED_ON if obj.is_active else EventKind.SWITCHED_OFF
            audit_log.record(kind, obj, by=request.user)
            sessions.end_sessions(obj)
        audit_log.record_details(form, by=request.user)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        request.access_changed = not set(ACCESS).isdisjoint(form.changed_data)
        if {"groups", "is_superuser"} & set(form.changed_data):
            user = form.instance
            details = self.shown_roles(User.objects.get(pk=user.pk))
            audit_log.record(EventKind.ROLES_CHANGED, user, by=request.user, details=details)

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self.show_link(request, obj)

    def new_link_view(self, request: StaffRequest, object_id: str) -> HttpResponse:
        """For a colleague who lost their phone, their password or both."""
        if not self.has_change_permission(request):  # first: it must not tell who has an account
            raise PermissionDenied
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        if not self.has_change_permission(request, user) or user == request.user:
            raise PermissionDenied
        if request.method == "POST":
            return self.show_link(request, user)
        return self.page(request, "accounts/new_link.html", "Create setup link", user)

    def show_link(self, request: StaffRequest, user: User) -> HttpResponse:
        """Show the new link in this one response; it is stored nowhere."""
        link = setup_links.reset_account(user, by=request.user)
        return self.page(request, "accounts/link.html", "Setup link", user, link=link)

    def page(
        self, request: HttpRequest, template: str, title: str, user: User, **shown: Any
    ) -> HttpResponse:
        shown |= self.admin_site.each_context(request)
        shown |= {"title": title, "opts": self.opts, "original": user}
        return TemplateResponse(request, template, shown)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **options: Any
    ) -> Any:
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        obj = options.get("obj")
        context["title"] = "Account" if obj else "New account"
        if obj:
            context["link_expires_at"] = setup_links.expires_at(obj)
            context["has_second_step"] = has_main_factor(obj)
            context["may_reset"] = obj != request.user and self.has_change_permission(request, obj)
        return super().render_change_form(request, context, *args, **options)


@admin.register(Event)
class EventAdmin(DeclaredFiltersOnly):
    """Read-only. Lists the newest first and counts nothing, so it stays fast."""

    list_display = ("at", "user", "kind", "count", "how", "by", "details")
    list_display_links = None
    list_filter = ("kind", "how")
    list_select_related = ("user", "by")
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = "Sign-ins and account changes"
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission
