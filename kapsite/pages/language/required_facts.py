"""What the site must say somewhere, and whether it does; plain Python."""

from collections.abc import Iterable, Iterator

from pydantic import Field

from kapsite.content_files.validation import Model, Text
from kapsite.pages.syntax.data_schema import SourceId
from kapsite.text.exact_phrases import plain

from .sentences import Sentence


class Fact(Model):
    """An entry of content/must_say.yaml: a fact, its page, its words there and its sources."""

    id: Text
    fact: Text
    page: Text
    must_contain: tuple[Text, ...] = Field(min_length=1)
    sources: tuple[SourceId, ...] = Field(min_length=1)


def missing_words(fact: Fact, sentences: Iterable[Sentence]) -> Iterator[str]:
    """The words of ``fact`` that no sentence has."""
    texts = [plain(sentence.text) for sentence in sentences]
    for words in fact.must_contain:
        if not any(plain(words) in text for text in texts):
            yield words


def sentences_saying(fact: Fact, sentences: Iterable[Sentence]) -> list[Sentence]:
    wanted = [plain(words) for words in fact.must_contain]
    return [
        sentence for sentence in sentences if any(words in plain(sentence.text) for words in wanted)
    ]


def missing_sources(fact: Fact, sentences: Iterable[Sentence]) -> list[str]:
    """The sources of ``fact`` that none of the sentences saying it cites."""
    cited = {key for sentence in sentences_saying(fact, sentences) for key in sentence.citations}
    return [source for source in fact.sources if source not in cited]
