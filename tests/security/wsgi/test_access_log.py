"""Every line of the access log arrives, whole, and no request waits for it."""

import contextlib
import fcntl
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest

from kapsite.security.wsgi import access_log
from kapsite.security.wsgi.access_log import BATCH_BYTES, MAX_LINES, Batches
from tests import server
from tests.bench.serving import free_port, wait_for
from tests.server import ROOT, read_all
from tests.waiting import until

LINE = r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] GET /history/ 200 \d+ \d+ms\n"


@pytest.fixture(autouse=True)
def no_exit_handlers(monkeypatch):
    monkeypatch.setattr(access_log.atexit, "register", lambda function: None)


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    with open(reader, "rb", buffering=0) as read_end, open(writer, "w") as write_end:
        yield read_end, Batches(logging.StreamHandler(write_end))


def test_lines_are_written_in_order_in_pieces_that_a_pipe_takes_whole(pipe, monkeypatch):
    read_end, batches = pipe
    sizes = []
    write = os.write
    monkeypatch.setattr(os, "write", lambda to, data: sizes.append(len(data)) or write(to, data))
    lines = [f"{number} {'x' * (number % 200)}\n" for number in range(500)]
    for line in lines:
        batches.add(line)
    batches.write()
    assert read_end.read(1_000_000).decode() == "".join(lines)
    assert max(sizes) <= BATCH_BYTES
    assert len(sizes) < 50


def test_a_lone_line_does_not_wait_for_others(pipe):
    read_end, batches = pipe
    batches.add("one\n")
    assert read_end.read(100) == b"one\n"


def test_lines_of_many_threads_all_arrive(pipe):
    read_end, batches = pipe
    threads = [
        threading.Thread(target=lambda name=name: [batches.add(f"{name}\n") for _ in range(300)])
        for name in "abcdefgh"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batches.write()
    assert sorted(read_end.read(1_000_000).decode()) == sorted("abcdefgh" * 300 + "\n" * 2400)


def test_a_full_pipe_stops_nothing_and_later_gets_what_was_kept(pipe):
    read_end, batches = pipe
    for number in range(MAX_LINES + 7_000):
        batches.add(f"{number:060}\n")
    fcntl.fcntl(read_end, fcntl.F_SETFL, os.O_NONBLOCK)
    received = b""
    for _ in range(100):
        received += read_end.read(1_000_000) or b""
        batches.write()
    *lines, last = received.decode().splitlines()
    assert [int(line) for line in lines] == list(range(len(lines)))
    assert len(lines) >= MAX_LINES
    assert last.endswith(f"Lines lost since the start: {MAX_LINES + 7_000 - len(lines)}")


def test_a_pipe_that_nobody_reads_any_more_stops_nothing(pipe):
    read_end, batches = pipe
    read_end.close()
    for _ in range(200):
        batches.add("nobody reads this\n")
    assert batches.lost >= 200


def test_a_path_that_may_hold_a_token_is_not_kept_in_memory():
    before = access_log._cached_path.cache_info().currsize
    assert access_log._path_in_log("/admin/account/set-up/token/") == "/admin/account/..."
    assert access_log._path_in_log("/request-evaluation/received/a:b/").endswith("/received/...")
    assert access_log._cached_path.cache_info().currsize == before


@pytest.fixture(scope="module")
def place():
    with server.place() as environment:
        yield environment


def pipelined(connection, requests):
    """What comes back for so many requests sent in one go."""
    request = "GET /history/ HTTP/1.1\r\nHost: localhost\r\n"
    last = f"{request}Connection: close\r\n\r\n"
    sender = threading.Thread(
        target=connection.sendall, args=[(f"{request}\r\n" * (requests - 1) + last).encode()]
    )
    sender.start()
    answers = read_all(connection)
    sender.join()
    return answers


@pytest.mark.parametrize("worker_class", ["gevent", "gthread"])
def test_two_workers_that_share_a_pipe_lose_and_tear_no_line(place, worker_class):
    readers, requests = 4, 120
    environment = place | {"WEB_CONCURRENCY": "2", "WORKER_CLASS": worker_class}
    with server.running(environment) as both, contextlib.ExitStack() as stack:
        threads = []
        for _ in range(readers):
            connection = stack.enter_context(both.connect())
            threads.append(threading.Thread(target=pipelined, args=[connection, requests]))
            threads[-1].start()
        for thread in threads:
            thread.join()
    # Stopped at once, so the last lines were written when the workers ended.
    written = [line for line in both.lines if "GET /history/" in line]
    assert [line for line in written if not re.fullmatch(LINE, line)] == []
    assert len(written) == readers * requests


def test_a_worker_that_is_replaced_writes_its_lines_first(place):
    environment = place | {"WEB_CONCURRENCY": "1"}
    with server.running(environment, "--max-requests", "3") as restarting:
        for _ in range(5):
            restarting.get("/history/")
        until(lambda: restarting.log.count("Booting worker") == 2)
        assert restarting.log.count("GET /history/ 200 ") == 5
        restarting.get("/history/")  # so that the new worker is ready to be stopped


def test_a_file_gets_the_lines_and_can_be_moved_away(place, tmp_path):
    file, moved = tmp_path / "access.log", tmp_path / "access.log.1"
    environment = place | {"WEB_CONCURRENCY": "1"}
    with server.running(environment, "--access-logfile", str(file)) as running:
        running.get("/history/")
        until(lambda: re.fullmatch(LINE, file.read_text()))
        file.rename(moved)
        running.process.send_signal(signal.SIGUSR1)
        until(file.exists)
        running.get("/history/")
        until(lambda: re.fullmatch(LINE, file.read_text()))
    assert re.fullmatch(LINE, moved.read_text())
    assert "GET /history/" not in running.log


def test_readers_are_served_while_nothing_takes_the_log(place):
    """More lines than a pipe holds, which nobody reads."""
    requests, port = 3_000, free_port()
    words = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "kapsite.wsgi"]
    environment = place | {"WEB_CONCURRENCY": "1"}
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            answers = pipelined(connection, requests)
        assert answers.count(b"HTTP/1.1 200 OK") == requests
    finally:
        process.terminate()
        assert process.wait(120) == 0
        process.stdout.close()
