"""Commands of Django that would print or read what is secret, in plain text."""

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (["dumpdata"], "manage.py backup"),
        (["dumpdata", "inquiries", "--indent=2", "--output=x.json.gz"], "manage.py backup"),
        (["dumpdata", "auth.group", "--natural-foreign"], "manage.py backup"),
        (["loaddata", "x.json"], "Back up and restore"),
        (["diffsettings"], "manage.py shell"),
        (["diffsettings", "--all", "--output=unified"], "manage.py shell"),
    ],
)
def test_a_command_that_shows_plain_text_is_refused_and_names_the_safe_way(words, instead, capsys):
    with pytest.raises(CommandError, match=instead):
        call_command(*words)
    assert capsys.readouterr().out == ""
