"""Long work of an editor holds up nobody else whom the same process serves."""

import subprocess
import sys

import pytest

from kapsite.editor.writing.previews.aside import aside

OTHERS_GO_ON = """
from gevent import monkey
monkey.patch_all()
import time
from itertools import count
import gevent
from kapsite.editor.writing.previews.aside import aside, begin_aside

answered = []

def answer_others():
    for number in count():
        answered.append(number)
        gevent.sleep(0)

def work():
    deadline, before = time.monotonic() + 60, len(answered)
    while len(answered) == before:
        assert time.monotonic() < deadline, "nobody else was answered"
    return "done"

gevent.spawn(answer_others)
begin_aside(work)
print(aside(work))
try:
    aside(lambda: 1 / 0)
except ZeroDivisionError:
    print("raised")
"""


def test_others_are_answered_meanwhile():
    command = [sys.executable, "-W", "ignore", "-c", OTHERS_GO_ON]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "done\nraised\n"), done.stderr


def test_another_kind_of_server_does_it_at_once():
    assert aside(len, "four") == 4
    with pytest.raises(ZeroDivisionError):
        aside(lambda: 1 / 0)
