"""Looks up the request whose person the page is about."""

from django.shortcuts import get_object_or_404

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.models import Inquiry


def find(user, pk: int) -> Inquiry:
    """Raises Http404 for one that ``user`` may not see."""
    seen = Inquiry.objects.seen_by(user).select_related("assigned_to", "entered_by")
    return replace_unreadable(get_object_or_404(seen.defer("message"), pk=pk))
