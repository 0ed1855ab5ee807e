"""Processes die while people send the form: no request is lost, and none is stored twice."""

import json
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from kapsite.inquiries.intake import tokens
from kapsite.inquiries.models import Inquiry
from tests.factories import make_answers
from tests.server import ROOT, site

FORM = "/request-evaluation/"
PEOPLE = 60
AT_ONCE = 8
KILLS = 2


class Person:
    """Sends one form, again and again until there is a receipt, as people do who see an error."""

    def __init__(self, server, number):
        self.server = server
        self.body = urlencode(make_answers(message=f"I am number {number}."), doseq=True)
        self.attempts = 0

    def send(self):
        while True:
            self.attempts += 1
            try:
                return self.receipt()
            except (OSError, HTTPException):  # the worker that had it is dead
                assert self.attempts < 50

    def receipt(self):
        """The address of the confirmation."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Host": "localhost", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", FORM, self.body, headers)
            answer = connection.getresponse()
            assert answer.status == 302, answer.read()
            return answer.headers["Location"]
        finally:
            connection.close()


def kill_a_worker(server, killed):
    """SIGKILL to the worker that is at work longest; the server starts another."""
    pids = [int(pid) for pid in re.findall(r"Booting worker with pid: (\d+)", server.log)]
    os.kill(pids[killed], signal.SIGKILL)


def test_every_acknowledged_request_is_stored_and_none_twice(shared_database):
    keys = {name: shared_database[name] for name in ("DATABASE_URL", "SECRET_KEY", "FIELD_KEYS")}
    with site(**keys, WEB_CONCURRENCY="2") as server, ThreadPoolExecutor(AT_ONCE) as pool:
        people = [Person(server, number) for number in range(PEOPLE)]
        sending = [pool.submit(person.send) for person in people]
        for number in range(1, KILLS + 1):
            sending[number * PEOPLE // (KILLS + 2)].result()
            kill_a_worker(server, number - 1)
        receipts = [each.result() for each in sending]
    acknowledged = {tokens.read_receipt(receipt.split("/")[-2])[0] for receipt in receipts}
    assert acknowledged == set(Inquiry.objects.values_list("form_token", flat=True))
    assert len(acknowledged) == Inquiry.objects.count() == PEOPLE
    assert Inquiry.objects.values("reference").distinct().count() == PEOPLE
    numbers = {inquiry.message for inquiry in Inquiry.objects.only("message")}
    assert numbers == {f"I am number {number}." for number in range(PEOPLE)}
    assert sum(person.attempts for person in people) > PEOPLE  # some were in a killed worker


DIE_BEFORE_ANSWERING = """
import django, json, os, sys
django.setup()
from django.test import Client
from kapsite.inquiries.intake import views
views.HttpResponseRedirect = lambda *args: os._exit(9)  # committed, and the answer is not sent
Client(headers={"host": "localhost"}).post(sys.argv[1], json.loads(sys.argv[2]))
"""


def test_a_person_who_got_no_answer_and_reloads_has_sent_one_request(
    shared_database, client, settings
):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    answers = make_answers()
    command = [sys.executable, "-c", DIE_BEFORE_ANSWERING, FORM, json.dumps(answers)]
    environment = shared_database | {"NOTIFY_EMAILS": "front.desk@example.org"}
    assert subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode == 9
    stored = Inquiry.objects.get()
    answer = client.post(FORM, answers, follow=True)
    assert stored.reference_in_groups in answer.text
    assert Inquiry.objects.get() == stored
    assert stored.notices.count() == 1
