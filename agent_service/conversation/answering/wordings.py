"""How a language speaks of what a read-back is about: the small words around it."""

from dataclasses import dataclass
from typing import Final

from agent_service.conversation.answering.phrases import Phrase

_NOUN_LAST: Final = ("en", "de")


@dataclass(frozen=True, slots=True)
class Wording:
    """The small words of a language."""

    language: str
    determiners: frozenset[str]
    """Words that may take each other's place: your order, my order."""
    prepositions: frozenset[str]
    """Words that end the name of a thing: the card *ending in*, the plan *to*."""
    conjunctions: frozenset[str]
    before_number: frozenset[str]
    """Words that may stand before the number of a thing: order *number* 1007."""
    before_verb: frozenset[str]
    """Words that a read-back may put before its verb: *vous* rappeler."""
    enclitics: frozenset[str]
    """What a read-back may put behind its verb, as one word: llamar*le*."""
    whole: frozenset[str]
    """Words that may stand around the name of a thing: the *whole* order."""
    pronouns: Phrase
    """What stands for that which was read back: it."""
    everything: Phrase
    """What stands for all that there is of it: all of it."""

    @property
    def has_noun_last(self) -> bool:
        """Return whether the debit card may be called "the card"; else first words name a thing."""
        return self.language in _NOUN_LAST

    @property
    def has_verb_last(self) -> bool:
        """Return whether a read-back ends with what will be done: Bestellung 1007 stornieren."""
        return self.language == "de"
