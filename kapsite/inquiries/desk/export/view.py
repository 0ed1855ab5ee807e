"""Exports requests for a spreadsheet: chosen columns, with a written reason that is logged.

Rows are made while they are sent, from short queries of their own: a slow reader holds no
transaction open, and a million rows need 8 MB more memory than a hundred, for their keys.
"""

import csv
from array import array
from collections.abc import Iterator
from datetime import timedelta

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.views.decorators.http import require_http_methods

from kapsite.clinic.days import start_of, today
from kapsite.encryption.row_binding import CANNOT_BE_READ, replace_unreadable, unreadable_in
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.batches import in_batches
from kapsite.inquiries.desk.page_parts.date_filter import DateFilter
from kapsite.inquiries.desk.page_parts.permissions import SHOW_MESSAGE
from kapsite.inquiries.intake.fields import PlainText, Question
from kapsite.inquiries.models import Activity, Appointment, Inquiry
from kapsite.inquiries.models.bulk_insert import insert_for_each
from kapsite.inquiries.models.choices import OPEN, ActivityKind, Status
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.inquiries.models.request.voicemail import voicemail_rules

from .columns import ABOUT_THE_PERSON, ABOUT_THE_REQUEST, COLUMNS, USUAL, WHAT_THEY_WROTE, Column

BATCH = 500  # rows; about 30 ms
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it Excel misreads UTF-8


class ExportForm(forms.Form):
    use_required_attribute = False
    bound_field_class = Question

    columns = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        help_text="Select only what you need. The default columns have no contact details.",
        error_messages={"required": "Select at least one column."},
    )
    states = forms.MultipleChoiceField(
        label="State",
        choices=[choice for choice in Status.choices if choice[0] != Status.WITHDRAWN],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one state."},
    )
    since = DateFilter("Received from")
    until = DateFilter("Received to")
    reason = PlainText(
        label="Why do you need this?",
        max_length=500,
        too_long="The reason must be 500 characters or fewer",
        widget=forms.Textarea(attrs={"rows": 2, "data-no-draft": True}),
        help_text="Saved in the access log. Don’t name any patients.",
        error_messages={"required": "Write why this export is needed."},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        groups = [("The request", ABOUT_THE_REQUEST), ("The person", ABOUT_THE_PERSON)]
        if user.has_perm(SHOW_MESSAGE):
            groups += [("Their answers", WHAT_THEY_WROTE)]
        self.fields["columns"].choices = [  # type: ignore[attr-defined]
            (group, [(name, column.label) for name, column in columns.items()])
            for group, columns in groups
        ]
        self.initial = {
            "columns": USUAL,
            "states": [*OPEN, Status.CLOSED],
        }

    def groups(self) -> Iterator[dict]:
        """The columns under their headings, as the page shows them."""
        boxes = iter(self["columns"])
        for label, choices in self.fields["columns"].choices:  # type: ignore[attr-defined]
            yield {"label": label, "choices": [next(boxes) for _ in choices]}

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", "“Received to” can’t be before “Received from”.")
        return self.cleaned_data

    @property
    def names(self) -> list[str]:
        return [name for name in COLUMNS if name in self.cleaned_data["columns"]]

    def inquiries(self) -> QuerySet[Inquiry]:
        given = self.cleaned_data
        found = Inquiry.objects.contactable().filter(status__in=given["states"])
        if given["since"]:
            found = found.filter(received_at__gte=start_of(given["since"]))
        if given["until"]:
            found = found.filter(received_at__lt=start_of(given["until"] + timedelta(days=1)))
        return found.order_by("pk")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("inquiries.export_inquiries", raise_exception=True)
def export_page(request):
    form = ExportForm(request.POST or None, user=request.user)
    if not form.is_valid():
        return admin_page(
            request, "export.html", "Export requests", form=form, groups=form.groups()
        )
    keys = keys_of(form.inquiries())
    log_export(request, keys, form)
    response = StreamingHttpResponse(table(keys, form.names), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="requests-{today()}.csv"'
    return response


def keys_of(inquiries: QuerySet[Inquiry]) -> array:
    """In one query, because one for each batch would sort them all again; 8 bytes each."""
    return array("q", inquiries.values_list("pk", flat=True).iterator(chunk_size=10_000))


def log_export(request, keys: array, form: ExportForm) -> None:
    """Log it before anything is sent: in each request's history, and in the access log."""
    names, count = ", ".join(form.names), 0
    line = Activity(by=request.user, kind=ActivityKind.EXPORTED, fields=names[:200])
    for batch in in_batches(keys, BATCH):
        count += insert_for_each(batch, line, "inquiry")
    reason = form.cleaned_data["reason"]
    log_access(request, Act.EXPORTED, count=count, details=names, reason=reason)


def table(keys: array, names: list[str]) -> Iterator[str]:
    """The lines of the file. A request that was erased meanwhile is left out."""
    columns = [COLUMNS[name] for name in names]
    write = csv.writer(Echo(), quoting=csv.QUOTE_ALL).writerow
    yield BYTE_ORDER_MARK + write(column.label for column in columns)
    fields = {field for column in columns for field in column.fields}
    for batch in in_batches(keys, BATCH):
        yield "".join(write(cells(inquiry, columns)) for inquiry in read(batch, fields))


def read(keys: list[int], fields: set[str]) -> list[Inquiry]:
    rows = Inquiry.objects.only(*fields).order_by("pk").filter(pk__in=keys)
    inquiries = list(map(replace_unreadable, rows))
    rules = voicemail_rules(inquiries) if "voicemail" in fields else {}
    live = Appointment.objects.live().filter(inquiry__in=keys) if "withdrawn_at" in fields else ()
    booked = {each.inquiry_id: each for each in live}
    for inquiry in inquiries:
        inquiry.appointment = booked.get(inquiry.pk)
        if inquiry.pk in rules:
            inquiry.voicemail_rule = rules[inquiry.pk]
    return inquiries


def cells(inquiry: Inquiry, columns: list[Column]) -> list[str]:
    unreadable = {field.name for field in unreadable_in(inquiry)}
    return [
        CANNOT_BE_READ
        if unreadable.intersection(column.fields)
        else column.write(str(column.value(inquiry)))
        for column in columns
    ]


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text
