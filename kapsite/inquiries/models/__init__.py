"""What the database holds about requests. Django finds every model here."""

from .access_log import Access
from .activity import Activity
from .append_only import AppendOnly, AppendOnlyModel
from .appointment import Appointment
from .earlier_contact import EarlierContact
from .erasure_log import Erasure
from .inquiry import Inquiry, InquiryQuerySet
from .job import ScheduledJob
from .outbox import Notice
from .recent_sender import RecentSender
from .search_digest import SearchDigest
from .undo import Undo

__all__ = [
    "Access",
    "Activity",
    "AppendOnly",
    "AppendOnlyModel",
    "Appointment",
    "EarlierContact",
    "Erasure",
    "Inquiry",
    "InquiryQuerySet",
    "Notice",
    "RecentSender",
    "ScheduledJob",
    "SearchDigest",
    "Undo",
]
