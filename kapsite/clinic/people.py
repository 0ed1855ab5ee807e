"""The people who work at the clinic, from ``content/people.yaml``."""

from typing import Literal

from kapsite.content_files.validation import Day, Model, Text


class Person(Model):
    """An entry of the team page. ``kind`` is for the launch check; readers see ``role``."""

    name: Text
    role: Text
    kind: Literal["medical-lead", "prescriber", "therapist", "nurse", "other"] = "other"
    license: Text | None = None
    about: Text | None = None
    expires: Day | None = None  # the license
