"""A page of our own within Django's admin."""

from django.contrib import admin
from django.template.response import TemplateResponse

from kapsite.inquiries.models import Inquiry


def admin_page(request, template: str, title: str, *, status=200, **context) -> TemplateResponse:
    shown = admin.site.each_context(request) | {"title": title, "opts": Inquiry._meta} | context
    return TemplateResponse(request, f"admin/inquiries/{template}", shown, status=status)
