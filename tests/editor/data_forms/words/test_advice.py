"""Advice for someone who has buttons names no sign to type."""

import re

import pytest

from kapsite.editor.data_forms.words.advice import in_buttons
from kapsite.pages.check.rules.claim_rules import CITE, EXEMPT, IN_LABEL
from kapsite.pages.syntax.citations import OTHERWISE


@pytest.mark.parametrize(
    "fix",
    [
        CITE,
        f"{CITE} {EXEMPT.format(start='It came up')}",
        IN_LABEL["mention"],
        f'Did you mean "S11"? {OTHERWISE}',
        "Write it like [@S11] or [@S11; @R3].",
        "Write it like [risks](/risks/), no space.",
        "Write [the text](/its-page/).",
        "Add [@S1; @S2] to this sentence.",
        "Cite it with [@S12], or remove it.",
        'Show it with ::: chart id="sleep" and a line :::, or remove the file.',
    ],
)
def test_advice_names_buttons_and_no_signs(fix):
    assert re.findall(r"\[@?\w|:::|\]\(|text:", in_buttons(fix)) == []
    assert in_buttons(fix) != fix
