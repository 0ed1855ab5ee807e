from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from .authentication import sessions


class StaffSite(admin.AdminSite):
    """The admin for those who have shown a second factor. Signing in, out, and changing one's
    password are pages of the account; the admin's own would go around them."""

    index_title = "Staff desk"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and sessions.has_factor(request)

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Who works on requests starts with them, and who edits the site with its pages."""
        if request.user.has_perm("inquiries.view_inquiry"):
            return redirect("admin:inquiries_inquiry_changelist")
        if request.user.has_perm("editor.edit_content"):
            return redirect("editor:pages")
        if request.user.has_perm("editor.sign_off"):
            return redirect("editor:sign_offs")
        return super().index(request, extra_context)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect_to_login(wanted, reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("accounts:home")
