"""How a language speaks of what a read-back is about: the small words around it."""

from dataclasses import dataclass
from typing import Final

from agent_service.conversation.answering.phrases import Phrase, Phrases

_NOUN_LAST: Final = ("en", "de")


@dataclass(frozen=True, slots=True)
class Wording:
    """The small words of a language."""

    language: str
    determiners: frozenset[str]
    """Words that may take each other's place: your order, my order."""
    demonstratives: frozenset[str]
    """Those of them that point at what was read back: that plan."""
    prepositions: frozenset[str]
    """Words that end the name of a thing: the card *ending in*, the plan *to*."""
    conjunctions: frozenset[str]
    before_number: frozenset[str]
    """Words that may stand before the number of a thing: order *number* 1007."""
    before_verb: frozenset[str]
    """Words that a read-back may put before its verb: *vous* rappeler."""
    speakers: frozenset[str]
    """Words by which a sentence tells who does it: *so I am* cancelling."""
    auxiliaries: frozenset[str]
    """Those of them that leave the verb for the end: ich *lasse* ... bepflanzen."""
    causing: frozenset[str]
    """Words by which the agent has others do it: *faccio* ritirare."""
    enclitics: frozenset[str]
    """What a read-back may put behind its verb, as one word: llamar*le*."""
    whole: frozenset[str]
    """Words that may stand around the name of a thing: the *whole* order."""
    nothing: frozenset[str]
    supplies: frozenset[str]
    """Words for how a thing is had, which may be called by the thing: the *supply* of gas."""
    days: frozenset[str]
    """Words for a time that hang on to no other: tomorrow, tonight."""
    spans: frozenset[str]
    """Words for how long something lasts: days, months."""
    others: frozenset[str]
    """Words for somebody else, who does what stands right behind them: *it* costs."""
    beside_verb: frozenset[str]
    """Words that may stand beside the verb of an order, and say nothing: cancel *it* *please*."""
    objects: frozenset[str]
    """Those of them that stand for what was read back."""
    singular: frozenset[str]
    """Those of them that stand for one thing."""
    refusing: Phrases
    """What refuses, whatever was read back: an order may look like it ("warten Sie")."""
    pronouns: Phrase
    """What stands for that which was read back: it."""
    both: Phrase
    """What stands for two things that are done."""
    everything: Phrase
    """What stands for all that there is of it: all of it."""
    alls: frozenset[str]
    """The words of that."""

    @property
    def has_noun_last(self) -> bool:
        """Return whether the debit card may be called "the card"; else first words name a thing."""
        return self.language in _NOUN_LAST

    @property
    def has_personal_a(self) -> bool:
        """Return whether a person that something is done to has a preposition ahead."""
        return self.language == "es"

    @property
    def needs_object(self) -> bool:
        """Return whether "cancel" alone is no order."""
        return self.language == "en"

    @property
    def has_verb_last(self) -> bool:
        """Return whether a read-back ends with what will be done: Bestellung 1007 stornieren."""
        return self.language == "de"
