"""The phrases that advertising uses, from ``content/spam_words.yaml``."""

from typing import Annotated

from pydantic import Field

from kapsite.content_files.live_file import Watched
from kapsite.content_files.validation import Model, Text
from kapsite.text.fuzzy_phrases import Finder, Phrase
from kapsite.text.typed_words import Reader

THRESHOLD = 5  # points from which a request counts as likely spam


class SpamSign(Model):
    reason: Text
    points: Annotated[int, Field(ge=1, le=THRESHOLD)]
    phrases: tuple[Phrase, ...]


class SpamFile(Model):
    kinds: tuple[SpamSign, ...]
    business: tuple[Phrase, ...]
    personal: tuple[Phrase, ...]
    topics: tuple[Phrase, ...]


class SpamWords:
    """``content/spam_words.yaml``, ready to search with."""

    def __init__(self, file: SpamFile):
        self.kinds = file.kinds
        self.reader = Reader()
        self.offers = Finder({p: [p] for kind in file.kinds for p in kind.phrases}, self.reader)
        groups = {"business": file.business, "personal": file.personal, "topic": file.topics}
        self.talk = Finder(groups, self.reader)

    def get_ready(self) -> None:
        self.offers.get_ready()
        self.talk.get_ready()

    def kinds_of_talk(self, text: str) -> set[str]:
        """ "business", "personal" and "topic", as far as words of them are in ``text``."""
        return {name for name, _ in self.talk.find(self.reader.read(text))}


spam_words = Watched("spam_words.yaml", SpamFile, SpamWords)
