"""What the database holds about requests. Django finds every model here."""

from kapsite.inquiries.models.counting.recent_sender import RecentSender
from kapsite.inquiries.models.logs.access_log import Access
from kapsite.inquiries.models.logs.erasure_log import Erasure
from kapsite.inquiries.models.request.activity import Activity
from kapsite.inquiries.models.request.appointment import Appointment
from kapsite.inquiries.models.request.earlier_contact import EarlierContact
from kapsite.inquiries.models.request.inquiry import Inquiry
from kapsite.inquiries.models.request.search_digest import SearchDigest
from kapsite.inquiries.models.request.undo import Undo

from .heartbeat import Heartbeat
from .job import ScheduledJob
from .outbox import Notice

__all__ = [
    "Access",
    "Activity",
    "Appointment",
    "EarlierContact",
    "Erasure",
    "Heartbeat",
    "Inquiry",
    "Notice",
    "RecentSender",
    "ScheduledJob",
    "SearchDigest",
    "Undo",
]
