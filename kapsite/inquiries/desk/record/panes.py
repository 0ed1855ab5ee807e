"""The step card of the record: one pane for each kind of work, one of them open.

A feature adds a Pane to PANES, a template for it beside those of the others, and its steps to
the registry of steps.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from kapsite.inquiries.desk.scripts.shown import Shown
from kapsite.inquiries.desk.steps.base import Step
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ContactBy

TEMPLATES = "admin/inquiries/inquiry/record"
# The results that a click away from the row would be too far, by how to reach the person.
IN_ROW = {
    ContactBy.CALL: ("no_answer", "spoke", "voicemail", "wrong_number"),
    ContactBy.TEXT: ("texted", "spoke"),
    ContactBy.EMAIL: ("emailed", "spoke"),
}


@dataclass(frozen=True)
class Pane:
    """What a tab of the card holds. It is shown if one of its ``steps`` is offered."""

    name: str  # "?step=name" opens it; its template is panes/name.html
    label: str
    icon: str
    steps: tuple[str, ...]
    unless: str = ""  # the name of a pane in whose place it is shown
    script: str = ""  # what to say, beside the steps: those of this step in the file
    is_always_shown: bool = False


RESULTS = ("no_answer", "voicemail", "wrong_number", "texted", "emailed", "spoke", "note")
PANES = (
    Pane("log", "Log a call", "phone", RESULTS[:-1], script="call"),
    Pane("note", "Add a note", "note", ("note",), unless="log"),
    Pane(
        "schedule",
        "Schedule",
        "cal",
        ("scheduled", "unscheduled", "attended", "no_show"),
        script="schedule",
    ),
    Pane("follow-up", "Follow up", "clock", ("wait",)),
    Pane("hand-over", "Hand over", "hand", ("assign",), script="hand over"),
    Pane("close", "Close", "check", ("close",), script="close"),
    Pane("reopen", "Reopen", "undo", ("reopen",)),
    Pane(
        "more",
        "More",
        "down",
        ("set_safety_concern", "clear_safety_concern", "correct", "right_number", "spam"),
        is_always_shown=True,
    ),
)
PANE_OF = {step: pane.name for pane in PANES for step in pane.steps} | {"note": "log"}


@dataclass(frozen=True)
class ShownPane:
    pane: Pane
    offered: dict[str, Step]
    blocked: dict[str, Step]
    is_open: bool
    scripts: list[Shown]

    @property
    def template(self) -> str:
        return f"{TEMPLATES}/panes/{self.pane.name}.html"

    @property
    def reviewed_on(self) -> date | None:
        """When the oldest review of a script was; None while one has not been reviewed."""
        days = [each.script.reviewed_on for each in self.scripts]
        return min((day for day in days if day), default=None) if all(days) else None


def shown_panes(
    steps: list[Step],
    bound: Step | None,
    wanted: str,
    scripts: dict[str, list[Shown]],
) -> list[ShownPane]:
    """``wanted`` is the name of the pane to open, or of one of its steps."""
    offered = {step.name: step for step in steps if step.is_offered}
    blocked = {step.name: step for step in steps if not step.is_offered}
    panes = panes_with(offered)
    names = [pane.name for pane in panes]
    name = bound.name if bound else wanted
    first = PANE_OF.get(name, name)
    opened = next((name for name in (first, "note") if name in names and first), names[0])
    return [
        ShownPane(
            pane,
            {name: offered[name] for name in pane.steps if name in offered},
            {name: blocked[name] for name in pane.steps if name in blocked},
            pane.name == opened,
            scripts.get(pane.script, []),
        )
        for pane in panes
    ]


def panes_with(offered: Collection[str]) -> list[Pane]:
    """Those that have one of these steps, or are always there."""
    panes: list[Pane] = []
    for pane in PANES:
        is_replaced = pane.unless in {each.name for each in panes}
        if pane.is_always_shown or (set(offered) & set(pane.steps) and not is_replaced):
            panes.append(pane)
    return panes


@dataclass(frozen=True)
class Results:
    """The form with which a call is logged: each result is a button, and all share the fields."""

    row: list[Step]
    more: list[Step]
    blocked: list[Step]
    note: Step  # whose fields are shown
    date: Step | None


def results_of(inquiry: Inquiry, steps: list[Step], bound: Step | None) -> Results | None:
    """None where nobody is to be reached."""
    offered = {step.name: step for step in steps if step.name in RESULTS and step.is_offered}
    if not offered.keys() - {"note"}:
        return None
    in_row = IN_ROW[ContactBy(inquiry.contact_by)]
    row = [offered[name] for name in in_row if name in offered]
    more = [step for step in offered.values() if step not in row]
    if not row:
        row, more = more[:1], more[1:]
    tried = bound if bound and bound.name in RESULTS else None
    dated = next((step for step in row + more if "next_action_on" in step.fields), None)
    if tried and dated and "next_action_on" not in tried.fields:
        dated = type(dated)(inquiry, tried.user, tried.data)
    elif tried:
        dated = tried if "next_action_on" in tried.fields else None
    blocked = [step for step in steps if step.name in RESULTS and not step.is_offered]
    return Results(row, more, blocked, tried or row[0], dated)
