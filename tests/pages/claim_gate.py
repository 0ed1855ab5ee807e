"""One text against the rules for claims of the real content, as an editor would meet them.

python -c "from tests.pages.claim_gate import needs_source as n; print(n('It ends panic.'))"
"""

from functools import cache
from pathlib import Path

from kapsite.pages.language.evidence import unbacked
from kapsite.pages.language.sentences import Sentence, sentences_of
from kapsite.pages.language.uncited import claims_in_titles, uncited_claims
from kapsite.pages.load.data_files import Data, read_data
from kapsite.pages.syntax.markdown import parse_sentence

CONTENT = Path(__file__).parents[2] / "content"


@cache
def data() -> Data:
    return read_data(CONTENT)


def needs_source(text: str, place: str = "sentence") -> str | None:
    """Why the check stops ``text``, which may hold citations; None when it passes.

    ``place`` is ``sentence`` (of a page), ``title`` (also a description, menu or heading), ``data``
    (the glossary or a clinic fact) or ``cited data`` (a chart, a medicine or what a source shows).
    """
    rules, sources = data().claims, data().sources
    assert rules is not None
    assert sources is not None
    if "data" in place:
        claim = rules.claim_in_data(text, has_source=place == "cited data")
        return str(claim) if claim else None
    if place == "title":
        findings = list(claims_in_titles([Sentence(text, 1, place, depth=1)], rules))
        return str(findings[0].claim) if findings else None
    sentences = list(sentences_of(parse_sentence(text), 1))
    found = [str(finding.claim) for finding in uncited_claims(sentences, rules)]
    found += [why for one in sentences for why, _ in unbacked(one, rules, sources)]
    return found[0] if found else None
