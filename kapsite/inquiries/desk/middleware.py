"""Logs that a staff member was denied access."""

from django.conf import settings
from django.utils.deprecation import MiddlewareMixin

from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.logs.access_log import Act, log_access


class LogRefusals(MiddlewareMixin):
    """Logs each 403 on a page about requests, for anyone who is signed in.

    If logging fails, the answer is the error page, which shows nothing either.
    """

    def process_response(self, request, response):
        if response.status_code == 403 and request.path.startswith(f"/{settings.ADMIN_PATH}"):
            self.log_refusal(request)
        return response

    def log_refusal(self, request):
        match, user = request.resolver_match, getattr(request, "user", None)
        if not match or not user or not user.is_authenticated or not is_about_requests(request):
            return
        key = str(match.kwargs.get("object_id") or match.kwargs.get("pk") or "")
        inquiry = None
        if key.isdecimal():
            inquiry = Inquiry.objects.only("reference").filter(pk=key).first()
        log_access(request, Act.REFUSED, inquiry, details=in_words(match.url_name or ""))


def is_about_requests(request) -> bool:
    match = request.resolver_match
    names = [
        match.url_name or "",
        *map(str, match.kwargs.values()),
        *request.GET.getlist("app_label"),
    ]
    return any(name.startswith("inquiries") for name in names)


def in_words(name: str) -> str:
    """ "inquiries_access_report" as staff would say it: "access report"."""
    return name.removeprefix("inquiries_").replace("_", " ")
