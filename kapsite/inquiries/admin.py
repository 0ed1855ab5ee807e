"""Where the staff desk meets Django's admin: wiring only, the work is in ``desk``."""

from django.contrib import admin
from django.urls import URLPattern, path

from kapsite.inquiries.desk.appointments.calendar_file import calendar_file
from kapsite.inquiries.desk.appointments.day import day_page
from kapsite.inquiries.desk.caller.view import Caller
from kapsite.inquiries.desk.deletion.erase import erase_page, receipt_page
from kapsite.inquiries.desk.deletion.upcoming import upcoming_deletions
from kapsite.inquiries.desk.export.view import export_page
from kapsite.inquiries.desk.inbox.hand_over import hand_over_page
from kapsite.inquiries.desk.inbox.view import Inbox
from kapsite.inquiries.desk.page_parts.undo import undo_view
from kapsite.inquiries.desk.person.access_file import access_file
from kapsite.inquiries.desk.person.view import merge_view, person_page
from kapsite.inquiries.desk.record.view import Record
from kapsite.inquiries.desk.reports.access_log import report_page
from kapsite.inquiries.desk.reports.month_page import month_csv, month_page
from kapsite.inquiries.desk.reports.overview import overview_page
from kapsite.security.admin_mixins import DeclaredFiltersOnly

from .models import Inquiry


@admin.register(Inquiry)
class InquiryAdmin(Inbox, Record, Caller, DeclaredFiltersOnly):
    """Requests come from the public form and from phone callers, and nobody deletes one here."""

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        return [*self.further_urls(), *super().get_urls()]

    def further_urls(self) -> list[URLPattern]:
        """One line for each view that Django's admin does not have."""
        wrap = self.admin_site.admin_view
        return [
            path("overview/", wrap(overview_page), name="inquiries_overview"),
            path("waiting/", wrap(self.waiting_view), name="inquiries_waiting"),
            path("bulk/", wrap(self.bulk_view), name="inquiries_bulk"),
            path("report/", wrap(month_page), name="inquiries_report"),
            path("report/<int:year>-<int:month>/", wrap(month_page), name="inquiries_month"),
            path("report/<int:year>-<int:month>.csv", wrap(month_csv), name="inquiries_month_csv"),
            path("flood/", wrap(self.flood_view), name="inquiries_flood"),
            path("hand-over/<int:pk>/", wrap(hand_over_page), name="inquiries_hand_over"),
            path(
                "upcoming-deletions/", wrap(upcoming_deletions), name="inquiries_upcoming_deletions"
            ),
            path("access/", wrap(report_page), name="inquiries_access_report"),
            path("appointments/", wrap(day_page), name="inquiries_appointments"),
            path("<int:pk>/calendar/", wrap(calendar_file), name="inquiries_inquiry_calendar"),
            path("export/", wrap(export_page), name="inquiries_inquiry_export"),
            path("<int:pk>/person/", wrap(person_page), name="inquiries_person"),
            path("<int:pk>/merge/", wrap(merge_view), name="inquiries_merge"),
            path("<int:pk>/access-file/", wrap(access_file), name="inquiries_access_file"),
            path("<int:pk>/erase/", wrap(erase_page), name="inquiries_inquiry_erase"),
            path("erased/<int:pk>/", wrap(receipt_page), name="inquiries_erasure_receipt"),
            path("undo/<uuid:batch>/", wrap(undo_view), name="inquiries_undo"),
            path("<str:pk>/step/<slug:name>/", wrap(self.step_view), name="inquiries_inquiry_step"),
            path("<str:pk>/message/", wrap(self.message_view), name="inquiries_inquiry_message"),
            path("<str:pk>/print/", wrap(self.print_view), name="inquiries_inquiry_print"),
        ]
