"""The deadline around every statement. Here the server only sleeps; its own time-out is longer."""

import time

import pytest
from django.db import OperationalError, connection, transaction

from kapsite.postgresql import answer_within

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
        ask("select pg_sleep(4)")
    assert time.monotonic() - started < 3


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


def test_connections_are_pooled():
    assert connection.pool is not None
