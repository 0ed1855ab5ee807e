"""A stock admin on the same requests in clear text, as it would be without any work of ours."""

import importlib

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.test import Client
from django.urls import clear_url_caches

from kapsite import urls
from kapsite.inquiries.models import Inquiry
from tests.factories import sign_in

CHUNK = 20_000
COLUMNS = ("name", "email", "phone")


class Plain(models.Model):
    reference = models.CharField(max_length=8)
    received_at = models.DateTimeField(db_index=True)
    status = models.CharField(max_length=10, db_index=True)
    name = models.TextField()
    email = models.TextField()
    phone = models.TextField()

    class Meta:
        app_label = "inquiries"  # the admin wants one that is installed
        db_table = "bench_plain"
        ordering = ("-received_at",)

    def __str__(self):
        return self.reference


class PlainAdmin(admin.ModelAdmin):
    list_display = ("reference", "name", "status", "received_at")
    list_filter = ("status",)
    search_fields = ("reference", "name", "email", "phone")  # compared with icontains


admin.site.register(Plain, PlainAdmin)  # in this process alone


def measure(samples, time_of, times: int) -> None:
    copy_rows()
    importlib.reload(urls)  # which were read before this model was there
    clear_url_caches()
    client = Client(SERVER_NAME="localhost")
    sign_in(client, get_user_model().objects.get(username="staff0"))
    address = "/admin/inquiries/plain/"
    queries = {
        "stock: first page": {},
        "stock: one state": {"status": "trying"},
        "stock: search by name": {"q": samples.names[1]},
        "stock: search by email": {"q": samples.emails[1]},
        "stock: search by phone": {"q": samples.phones[1]},
    }
    for name, query in queries.items():
        p50, p95 = time_of(lambda _, query=query: ask(client, address, query), times)
        print(f"{name:32} {p50:6.1f} {p95:7.1f}", flush=True)


def ask(client, address, query):
    assert client.get(address, query).status_code == 200


def copy_rows() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Plain)
    fields = ("reference", "received_at", "status", *COLUMNS)
    with transaction.atomic():
        rows = []
        for inquiry in Inquiry.objects.only(*fields).order_by("pk").iterator(CHUNK):
            rows.append(Plain(**{name: getattr(inquiry, name) for name in fields}))
            if len(rows) == CHUNK:
                Plain.objects.bulk_create(rows)
                rows = []
        Plain.objects.bulk_create(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE bench_plain")
