"""All steps, in the order in which they are offered."""

from .attempts import Emailed, LeftVoicemail, NoAnswer, Spoke, Texted
from .marks import AddNote, Assign, ClearCare, Link, SetCare, Take, Unlink
from .moves import Close, Quarantine, Reopen, Restore, Scheduled, Unscheduled, Wait
from .steps import Step

STEPS: tuple[type[Step], ...] = (
    Restore,
    Spoke,
    NoAnswer,
    LeftVoicemail,
    Texted,
    Emailed,
    Scheduled,
    Unscheduled,
    Wait,
    Close,
    Reopen,
    Take,
    Assign,
    SetCare,
    ClearCare,
    Quarantine,
    AddNote,
    Link,
    Unlink,
)
BY_NAME = {step.name: step for step in STEPS}
