"""The form, the confirmation, and what is shown when something is in the way.

There is no session and no cookie: the origin check and the signed token replace them.
"""

import logging
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import unquote

from django import db
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from kapsite.clinic.facts import get_clinic
from kapsite.encryption.keyring import Unreadable
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.counting import flood
from kapsite.inquiries.models.counting.flood import TooMany
from kapsite.inquiries.triage.triage import SubmissionMetadata, may_be_in_danger, triage
from kapsite.security.origin import Origin, origin_of
from kapsite.security.wsgi.networks import client_network, network_of
from kapsite.security.wsgi.send_again import send_again

from . import tokens
from .forms import InquiryForm
from .status_views import context_of

JUST_SENT = timedelta(minutes=15)  # then the address, which a browser keeps, changes nothing
logger = logging.getLogger(__name__)


@csrf_exempt  # no cookie: origin_of and the signed token take its place
@gzip_page  # nobody can make a browser send it with a secret, so its length tells nothing
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def new(request):
    return submit(request) if request.method == "POST" else blank(request)


@cache_control(private=True, no_cache=True)
def blank(request):
    """Not ``no-store``: most browsers would forget what was typed as soon as a link is followed."""
    return show(request, InquiryForm(get_clinic()))


@never_cache
@sensitive_variables()
def submit(request):
    clinic = get_clinic()
    origin, address = origin_of(request), request.META.get("REMOTE_ADDR", "")
    if origin is Origin.FOREIGN:
        return render(request, "inquiries/foreign.html", status=403)
    form = InquiryForm(clinic, request.POST)
    if origin is Origin.UNKNOWN:
        form.ask_for_second_press(network_of(address))
    if form.is_for_a_minor:
        help_first = may_be_in_danger(form.typed)
        return render(request, "inquiries/minor.html", {"form": form, "help_first": help_first})
    if not form.opened or not form.is_valid():
        return show(request, form)
    try:
        inquiry = store(form, client_network(request.META))
    except TooMany as error:
        if error.of_one_network:
            return send_again(request, flood.WAIT)
        return show(request, form, not_stored=True, status=503)
    except db.Error as error:  # not logged whole: PostgreSQL quotes the row
        logger.error("An inquiry could not be stored: %s", type(error).__name__)
        return show(request, form, not_stored=True, status=503)
    receipt = tokens.receipt(inquiry, tokens.public_id(form.token))
    return HttpResponseRedirect(receipt_address().format(receipt))


@cache
def receipt_address() -> str:
    """With a place for the receipt: reverse() for each takes as long as checking the form."""
    return unquote(reverse("inquiries:received", args=["{}"]))


def store(form, network: str) -> Inquiry:
    answers, opened = form.answers(), form.opened
    metadata = SubmissionMetadata(timezone.now(), form.honeypot, opened.seconds)
    triage_fields, rescore = triage(answers, metadata, form.clinic)
    # The same form sent again gets the receipt that it got the first time.
    inquiry, _ = Inquiry.objects.receive(opened.id, triage_fields, network, rescore, **answers)
    return inquiry


def show(request, form, status=200, **context):
    """The form. If the person may be in danger, help is near the top."""
    context |= {"form": form, "help_first": form.is_bound and may_be_in_danger(form.typed)}
    return render(request, "inquiries/new.html", context, status=status)


@never_cache
@require_safe
@sensitive_variables()
def received(request, token):
    """Only a stored inquiry has a receipt, so the page thanks people even without the database."""
    form_token, sent_form = tokens.read_receipt(token)
    context: dict[str, Any] = {"sent_form": sent_form}
    if not form_token:
        return expired(request)
    try:
        inquiry = Inquiry.objects.get(form_token=form_token)
        context |= context_of(inquiry, inquiry.received_at.timestamp())
        context |= {
            "help_first": bool(inquiry.danger),
            "may_change": timezone.now() - inquiry.received_at < JUST_SENT,
        }
        return render(request, "inquiries/received.html", context)
    except Inquiry.DoesNotExist:  # deleted since
        return expired(request)
    except (db.Error, Unreadable) as error:
        logger.error("A confirmation lacks its details: %s", type(error).__name__)
        context |= {"progress": None, "help_first": True}
        return render(request, "inquiries/received.html", context)


def expired(request):
    return render(request, "inquiries/receipt_expired.html", status=410)
