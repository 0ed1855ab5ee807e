"""All steps, in the order in which they are offered."""

from kapsite.inquiries.desk.page_parts.permissions import CHANGE
from kapsite.inquiries.models import Inquiry

from .appointment import Attended, NoShow, Unscheduled
from .assignment import AddNote, Assign, Take
from .base import Step
from .contact import Emailed, LeftVoicemail, NoAnswer, RightNumber, Spoke, Texted, WrongNumber
from .contact_details import CorrectContacts
from .linking import Link, Unlink
from .safety_concern import ClearSafetyConcern, SetSafetyConcern
from .schedule import Scheduled
from .status import Close, MarkSpam, Reopen, Restore, Wait

STEPS: tuple[type[Step], ...] = (
    Restore,
    Spoke,
    NoAnswer,
    LeftVoicemail,
    WrongNumber,
    Texted,
    Emailed,
    Attended,
    NoShow,
    Scheduled,
    Unscheduled,
    Wait,
    Close,
    Reopen,
    Take,
    Assign,
    SetSafetyConcern,
    ClearSafetyConcern,
    CorrectContacts,
    RightNumber,
    MarkSpam,
    AddNote,
    Link,
    Unlink,
)
BY_NAME = {step.name: step for step in STEPS}


def steps_for(inquiry: Inquiry, user) -> list[Step]:
    """Every step that its state allows, those that are not offered for another reason too."""
    made = [step(inquiry, user) for step in STEPS] if user.has_perm(CHANGE) else []
    return [step for step in made if step.is_possible]
