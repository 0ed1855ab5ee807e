"""Fills a database with requests, quickly: a million of them in a few minutes.

Made up, but spread as at a clinic that has been busy for five years: nine in ten of the newest
two percent are open, all others are closed, names and mail hosts are common or rare, a person
in six has asked before. Values are encrypted and digests made as the site does it.
"""

import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, islice
from operator import itemgetter
from types import SimpleNamespace

from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from kapsite.database.answer_timeout import answer_within
from kapsite.encryption.keyring import keyring
from kapsite.inquiries.models import Activity, Appointment, Inquiry, Notice
from kapsite.inquiries.models.choices import Topic
from kapsite.inquiries.models.reference import REFERENCE_DIGITS, REFERENCE_LETTERS
from kapsite.inquiries.models.request.search_digest import SearchDigest, searchable

CHUNK = 20_000
STAFF = 8
YEARS = timedelta(days=5 * 365)
OPEN_STATES = ("new", "trying", "contacted", "scheduled", "waiting")
OUTCOMES = ("evaluated", "evaluated", "declined", "unreached", "unsuitable", "duplicate")
SYLLABLES = ("an", "be", "cor", "da", "el", "fi", "gar", "ho", "is", "jo", "ka", "lu", "mar",
             "ne", "or", "pe", "ra", "sa", "ti", "vo")  # fmt: skip
SENTENCE = "I have tried two medicines and would like to talk about what comes next. "
HOSTS = ("gmail.com", "gmail.com", "yahoo.com", "example.org")


@dataclass
class Samples:
    """What can be looked for, of some of the requests."""

    keys: list[int] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)


class Crowd:
    """People who ask, the same ones at each run."""

    def __init__(self):
        self.chance = random.Random(8)  # noqa: S311 -- no secret
        words = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("", *SYLLABLES)]
        self.chance.shuffle(words)
        self.first, self.last = words[:1500], words[1500:]
        self.weights = {
            id(names): list(accumulate(1 / (rank + 15) for rank in range(len(names))))
            for names in (self.first, self.last)
        }
        self.before: list[tuple] = []

    def pick(self, names: list[str]) -> str:
        return self.chance.choices(names, cum_weights=self.weights[id(names)])[0].title()

    def person(self) -> tuple[str, str, str]:
        """Name, phone and email."""
        if self.before and self.chance.random() < 1 / 6:
            return self.chance.choice(self.before)
        first, last = self.pick(self.first), self.pick(self.last)
        number = f"{self.chance.randrange(201, 990)}{self.chance.randrange(2_000_000, 10_000_000)}"
        host = self.chance.choice(HOSTS)
        email = f"{first}.{last}{self.chance.randrange(100)}@{host}".lower()
        person = (f"{first} {last}", number, email)
        if len(self.before) < 10_000:
            self.before.append(person)
        return person


def fill(rows: int, start: int = 0) -> Samples:
    """Add ``rows`` requests after the first ``start``, each with five activities."""
    staff = make_staff()
    samples, crowd = Samples(), Crowd()
    requests = make_requests(rows, start, crowd, samples, staff)
    while chunk := list(islice(requests, CHUNK)):
        with transaction.atomic():
            for model in (Inquiry, SearchDigest, Activity, Notice, Appointment):
                write(model, (row for parts in chunk for row in parts[model]))
    reset_sequences()
    return samples


def reference_of(chance) -> str:
    letters, digits = (chance.choices(of, k=4) for of in (REFERENCE_LETTERS, REFERENCE_DIGITS))
    return "".join(map("".join, zip(letters, digits, strict=True)))


def make_staff() -> list[int]:
    users = get_user_model().objects
    for number in range(STAFF):
        users.get_or_create(username=f"staff{number}", defaults={"is_staff": True})
    return list(users.filter(username__startswith="staff").values_list("pk", flat=True))


def make_requests(rows, start, crowd, samples, staff) -> Iterator[dict[type[Model], list[dict]]]:
    now, chance, ring = timezone.now(), crowd.chance, keyring()
    step = YEARS / rows
    references: set[str] = set(Inquiry.objects.values_list("reference", flat=True))
    for number in range(1, rows + 1):
        key = start + number
        received = now - step * (rows - number) - timedelta(minutes=1)
        name, phone, email = crowd.person()
        while (reference := reference_of(chance)) in references:
            pass
        references.add(reference)
        way = chance.choices(("call", "text", "email"), (60, 25, 15))[0]
        topics = chance.choices(
            list(Topic.values), (50, 40, 25, 10, 0.3), k=chance.choice((1, 1, 2))
        )
        inquiry = SimpleNamespace(
            name=name,
            topics=",".join(sorted(set(topics))) if chance.random() < 0.8 else "",
            phone=phone if way != "email" else "",
            email=email if way == "email" or chance.random() < 0.3 else "",
            message=f"{SENTENCE * chance.randrange(1, 5)}{key}" if chance.random() < 0.5 else "",
        )
        inquiry.normalized_email = inquiry.email
        inquiry.phone_e164 = f"+1{phone}" if inquiry.phone else ""
        state = state_of(number, number / rows, received, now, chance, staff)
        if rows <= 10 or number % (rows // 1000 or 1) == 0:
            remember(samples, key, reference, inquiry)
        at = stored(received)
        typed = ("name", "topics", "phone", "phone_e164", "email", "normalized_email", "message")
        row_id = hex_id()
        bound = f"{row_id}:{reference}"
        sealed = {
            column: ring.encrypt(value, f"inquiries_inquiry.{column}", bound) if value else ""
            for column in typed
            for value in [getattr(inquiry, column)]
        }
        if state.get("safety_concern"):
            sealed["safety_concern_reason"] = ring.encrypt(
                "Said so", "inquiries_inquiry.safety_concern_reason", bound
            )
        row = (
            sealed
            | state
            | {
                "id": key,
                "row_id": row_id,
                "reference": reference,
                "received_at": received,
                "form_token": f"form {key}",
                "consent_version": "2026-11-22",
                "for_whom": "me",
                "contact_by": way,
                "voicemail": chance.choice(("yes", "discreet", "no")) if way == "call" else "",
                "times": chance.choice(("", "morning", "morning,evening")),
            }
        )
        yield {
            Inquiry: [row],
            SearchDigest: [
                {"inquiry_id": key, "kind": kind, "digest": ring.digest(f"{kind}:{value}")}
                for kind, value in dict.fromkeys(searchable(inquiry))
            ],
            Activity: list(history(key, received, state["opened_by_id"] or staff[0], ring)),
            Notice: [
                {"inquiry_id": key, "kind": "staff", "state": "sent", "created_at": at,
                 "due_at": at, "attempts": 1, "sent_at": at}
            ],
            Appointment: list(appointments(key, state, received, now, chance)),
        }  # fmt: skip


def stored(moment: datetime) -> datetime | str:
    """As connection.ops.adapt_datetimefield_value has it, in a tenth of the time."""
    return moment.isoformat(" ")[:-6] if connection.vendor == "sqlite" else moment


def state_of(number: int, place: float, received: datetime, now: datetime, chance, staff) -> dict:
    """What staff made of it; ``place`` is 1 for the newest. Few rows have one of each state."""
    by = staff[number % len(staff)]
    opened = {"opened_by_id": by, "opened_at": stored(received + timedelta(hours=2))}
    if number % 10 == 0 or (place < 0.98 and number > len(OPEN_STATES) * 2):
        outcome = chance.choice(OUTCOMES)
        closed = {"status": "closed", "outcome": outcome, "assigned_to_id": by}
        if outcome != "unreached":
            closed["first_contact_at"] = stored(received + timedelta(hours=chance.randrange(1, 90)))
        return opened | closed | {"closed_at": stored(min(received + timedelta(days=9), now))}
    if number % 10 == 9:
        return {"status": "spam", "opened_by_id": None}
    status = OPEN_STATES[number % len(OPEN_STATES)]
    due = now + timedelta(hours=chance.randrange(-12, 240))
    care = chance.random() < 0.02
    return ({"opened_by_id": None} if status == "new" else opened | {"assigned_to_id": by}) | {
        "status": status,
        "due_at": stored(due),
        "next_action_on": due.date().isoformat() if status in {"trying", "waiting"} else None,
        "safety_concern": care,
        "withdrawn_at": stored(now) if status == "contacted" and chance.random() < 0.05 else None,
    }


def hex_id() -> str:
    return os.urandom(16).hex()  # a UUID, in half the time


def history(key: int, received: datetime, by: int, ring) -> Iterator[dict]:
    ids = [hex_id() for _ in range(5)]
    note = ring.encrypt("Rang, left a message.", "inquiries_activity.note", f"{ids[3]}:{key}")
    steps = (
        {"kind": "received"},
        {"kind": "viewed", "by_id": by},
        {"kind": "called", "by_id": by, "attempt": "voicemail"},
        {"kind": "noted", "by_id": by, "note": note},
        {"kind": "moved", "by_id": by, "to_status": "trying"},
    )
    for hours, (step, row_id) in enumerate(zip(steps, ids, strict=True)):
        yield step | {
            "row_id": row_id,
            "inquiry_id": key,
            "at": stored(received + timedelta(hours=hours)),
        }


def appointments(key: int, state: dict, received: datetime, now: datetime, chance):
    """Of those who came, a week after they asked; of the scheduled ones in the next ten days."""
    came = state.get("outcome") == "evaluated"
    if not came and state["status"] != "scheduled":
        return
    at = received + timedelta(days=7) if came else now + timedelta(hours=chance.randrange(240))
    yield {
        "inquiry_id": key,
        "uid": hex_id(),
        "starts_at": stored(at),
        "length": 60,
        "clinician": f"Dr. {chance.randrange(4)}",
        "place": "in_person",
        "state": "attended" if came else "booked",
        "made_in": 1,
        "ended_in": 2 if came else None,
    }


def remember(samples: Samples, key: int, reference: str, inquiry: Inquiry) -> None:
    samples.keys.append(key)
    samples.references.append(reference)
    samples.names.append(inquiry.name)
    if inquiry.email:
        samples.emails.append(inquiry.email)
    if inquiry.phone:
        samples.phones.append(inquiry.phone)


def write(model: type[Model], rows: Iterable[dict]) -> None:
    """Add rows given by column; what a row leaves out has the model's default."""
    columns = [each for each in model._meta.concrete_fields if each.column != "id"]
    if model is Inquiry:  # whose keys the others name
        columns = list(model._meta.concrete_fields)
    names = [each.column for each in columns]
    usual = {each.column: each.get_db_prep_save(each.get_default(), connection) for each in columns}
    in_order = itemgetter(*names)
    values = (in_order(usual | row) for row in rows)
    if connection.vendor == "postgresql":
        raw = connection.connection.cursor()
        with raw.copy(f"COPY {model._meta.db_table} ({', '.join(names)}) FROM STDIN") as copy:
            for each in values:
                copy.write_row(each)
    else:
        places = ", ".join("?" * len(names))
        statement = f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
        connection.connection.executemany(statement, values)


def reset_sequences() -> None:
    models = (Inquiry, SearchDigest, Activity, Notice)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


# Loading goes quicker without checks that the generator keeps, and with indexes made at the end.

SQLITE = {
    True: "PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-4000000",
    False: "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-2000",
}
POSTGRES = {
    True: "SET session_replication_role = replica; SET maintenance_work_mem = '1GB'; "
    "SET synchronous_commit = off; SET statement_timeout = 0",
    False: "SET session_replication_role = DEFAULT; RESET maintenance_work_mem; "
    "RESET synchronous_commit; RESET statement_timeout",
}


def set_loading(loading: bool) -> None:
    statements = {"sqlite": SQLITE, "postgresql": POSTGRES}[connection.vendor][loading]
    with connection.cursor() as cursor:
        for statement in statements.split("; "):
            cursor.execute(statement)


def fill_quickly(rows: int, start: int = 0) -> Samples:
    with answer_within(3600):  # seconds, since making an index may take long
        return fill_without_indexes(rows, start)


def fill_without_indexes(rows: int, start: int = 0) -> Samples:
    models = (Inquiry, SearchDigest, Activity, Notice)
    indexes = [(model, index) for model in models for index in model._meta.indexes]
    if connection.vendor == "postgresql":
        indexes += [(SearchDigest, each) for each in SearchDigest._meta.constraints]
    set_loading(True)
    with connection.schema_editor(atomic=False) as editor:
        for model, index in indexes:
            remove = editor.remove_constraint if index in model._meta.constraints else None
            (remove or editor.remove_index)(model, index)
    samples = fill(rows, start)
    with connection.schema_editor(atomic=False) as editor:
        for model, index in indexes:
            add = editor.add_constraint if index in model._meta.constraints else editor.add_index
            add(model, index)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its own housekeeping does in time
    set_loading(False)
    return samples
