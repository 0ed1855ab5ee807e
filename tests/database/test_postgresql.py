"""The deadline around every statement. Here the server only sleeps; its own time-out is longer."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from kapsite.database.answer_timeout import answer_within

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def end_of_request(transactional_db):
    yield
    connection.close()


def ask(statement="select 1"):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_a_statement_that_takes_too_long_is_given_up():
    started = time.monotonic()
    with pytest.raises(OperationalError), answer_within(0.2):
        ask("select pg_sleep(60)")
    assert time.monotonic() - started < 30


def test_a_transaction_that_takes_too_long_is_given_up():
    with pytest.raises(OperationalError), answer_within(0.2), transaction.atomic():
        ask("select pg_sleep(4)")


def test_the_late_answer_does_not_meet_the_next_question():
    with pytest.raises(OperationalError), answer_within(0.2):
        ask("select pg_sleep(1), 'late'")
    connection.close()  # as at the end of a request
    assert ask("select 'prompt'") == "prompt"


def test_a_quick_answer_is_waited_for():
    with answer_within(5):
        assert ask("select 1 from pg_sleep(0.1)") == 1


def test_the_server_ends_long_statements_by_itself_too():
    assert ask("show statement_timeout") == "5s"
    assert ask("show jit") == "off"


def test_connections_are_pooled():
    assert connection.pool is not None


def use_at_once(count):
    """So that ``count`` connections lie in the pool afterwards."""
    all_have_one = Barrier(count)

    def use():
        ask()
        all_have_one.wait()
        connection.close()

    with ThreadPoolExecutor(count) as threads:
        for used in [threads.submit(use) for _ in range(count)]:
            used.result()


def test_after_the_server_was_away_the_first_question_is_answered():
    use_at_once(6)
    ask(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    connection.close()
    assert ask() == 1
