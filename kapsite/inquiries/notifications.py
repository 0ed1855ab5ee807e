"""Tells staff that, never what."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

logger = logging.getLogger(__name__)


def notify_staff(inquiry) -> None:
    """E-mail staff a link. Called after the commit: a failure is logged, nothing is lost."""
    if not settings.NOTIFY_EMAILS:
        return
    path = reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])
    body = render_to_string("inquiries/staff_notice.txt", {"link": settings.SITE_URL + path})
    try:
        send_mail("New request on the website", body, None, settings.NOTIFY_EMAILS)
        type(inquiry).objects.filter(pk=inquiry.pk).update(notified_at=timezone.now())
    except Exception as error:  # whatever it is, the person has been heard and must be told so
        logger.error("No notice was sent for %s: %s", inquiry, type(error).__name__)
