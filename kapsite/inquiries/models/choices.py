"""The answers a person can select, and the states and outcomes staff use."""

from django.db.models import TextChoices


class ForWhom(TextChoices):
    ME = "me", "Me"
    OTHER = "other", "Someone I care about"
    CLINICIAN = "clinician", "A patient I want to refer"


class Knows(TextChoices):
    """Whether the person who would be evaluated knows that someone wrote for them."""

    YES = "yes", "Yes"
    NO = "no", "Not yet"


class Topic(TextChoices):
    DEPRESSION = "depression", "Depression"
    ANXIETY = "anxiety", "Anxiety"
    TRAUMA = "trauma", "PTSD or trauma"
    PAIN = "pain", "Migraine or other pain"
    OTHER = "other", "Something else, or not sure"


class ContactBy(TextChoices):
    CALL = "call", "Call me"
    TEXT = "text", "Text me"
    EMAIL = "email", "Email me"


class Voicemail(TextChoices):
    YES = "yes", "Yes"
    DISCREET = "discreet", "Yes, but only a first name and number"
    NO = "no", "No"


class Time(TextChoices):
    MORNING = "morning", "Mornings"
    AFTERNOON = "afternoon", "Afternoons"
    EVENING = "evening", "Evenings"


class Day(TextChoices):
    """In the order, and under the names, of the opening hours in clinic.yaml."""

    MONDAY = "monday", "Mondays"
    TUESDAY = "tuesday", "Tuesdays"
    WEDNESDAY = "wednesday", "Wednesdays"
    THURSDAY = "thursday", "Thursdays"
    FRIDAY = "friday", "Fridays"
    SATURDAY = "saturday", "Saturdays"
    SUNDAY = "sunday", "Sundays"


class Aid(TextChoices):
    """What helps a person talk with us."""

    INTERPRETER = "interpreter", "An interpreter"
    SIGN = "sign", "A sign language interpreter"
    RELAY = "relay", "I use relay (711)"


class ConsentText(TextChoices):
    """Where the person read, or heard, the text they agreed to."""

    FORM = "form", "shown on the form"
    CHANGE = "change", "shown when they changed how we reach them"
    PHONE = "phone", "read out on the phone"


class Status(TextChoices):
    NEW = "new", "New"
    TRYING = "trying", "Trying to reach"
    CONTACTED = "contacted", "Contacted"
    SCHEDULED = "scheduled", "Scheduled"
    WAITING = "waiting", "Waiting"
    CLOSED = "closed", "Closed"
    SPAM = "spam", "Spam"
    FLOOD = "flood", "Flood"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Outcome(TextChoices):
    EVALUATED = "evaluated", "Attended evaluation"
    DECLINED = "declined", "Decided against it"
    UNSUITABLE = "unsuitable", "Not a fit for this treatment"
    REFERRED = "referred", "Referred elsewhere"
    UNREACHED = "unreached", "Could not be reached"
    DUPLICATE = "duplicate", "Duplicate"


class Attempt(TextChoices):
    SPOKE = "spoke", "Spoke with them"
    VOICEMAIL = "voicemail", "Left a voicemail"
    NO_ANSWER = "no_answer", "No answer"
    WRONG_NUMBER = "wrong", "Wrong number"
    TEXTED = "texted", "Sent a text"
    EMAILED = "emailed", "Sent an email"


class Place(TextChoices):
    IN_PERSON = "in_person", "In person"
    PHONE = "phone", "Phone"
    VIDEO = "video", "Video"


class Booking(TextChoices):
    BOOKED = "booked", "Booked"
    ATTENDED = "attended", "Attended"
    NO_SHOW = "no_show", "No-show"
    MOVED = "moved", "Moved"
    CANCELED = "canceled", "Canceled"


class ActivityKind(TextChoices):
    RECEIVED = "received", "Received"
    VIEWED = "viewed", "Opened"
    SHOWN = "shown", "Message viewed"
    CALLED = "called", "Tried to reach"
    NOTED = "noted", "Note"
    MOVED = "moved", "Moved"
    CHANGED = "changed", "Changed"
    ASSIGNED = "assigned", "Assigned"
    LINKED = "linked", "Linked"
    EXPORTED = "exported", "Exported"
    PRINTED = "printed", "Printed"
    DELETED = "deleted", "Deleted"
    UNDONE = "undone", "Undone"
    CORRECTED = "corrected", "Changed by the person"
    WITHDRAWN = "withdrawn", "Withdrawn by the person"
    RETURNED = "returned", "Withdrawal undone by the person"


# From each state, where a request may go next. A closed one may be opened again.
NEXT = {
    Status.NEW: {"trying", "contacted", "scheduled", "waiting", "closed", "spam"},
    Status.TRYING: {"contacted", "scheduled", "waiting", "closed", "spam"},
    Status.CONTACTED: {"trying", "scheduled", "waiting", "closed", "spam"},
    Status.SCHEDULED: {"trying", "contacted", "waiting", "closed", "spam"},
    Status.WAITING: {"trying", "contacted", "scheduled", "closed", "spam"},
    Status.CLOSED: {"trying", "contacted"},
    Status.SPAM: {"new"},
    Status.FLOOD: {"new", "spam"},
    Status.WITHDRAWN: set(),  # only the person can undo it
}
OPEN = (Status.NEW, Status.TRYING, Status.CONTACTED, Status.SCHEDULED, Status.WAITING)
DATED = {Status.TRYING, Status.WAITING}  # make sense only with a date for the next action
BY_THE_PERSON = (ActivityKind.CORRECTED, ActivityKind.WITHDRAWN, ActivityKind.RETURNED)
SYSTEM_ACTIVITIES = {
    ActivityKind.RECEIVED,
    ActivityKind.MOVED,
    ActivityKind.DELETED,
    *BY_THE_PERSON,
}  # the site may do
