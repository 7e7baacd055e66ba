"""How a language speaks of what a read-back is about: the words that its grammar needs to know."""

from dataclasses import dataclass


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
    pronouns: str
    """The phrases that stand for what was read back."""
    everything: str
    """The phrases that stand for all that there is of it."""
    whole: frozenset[str]
    """Words that may stand around the name of a thing: the *whole* order."""
    before_verb: frozenset[str] = frozenset()
    """Words that a read-back may put before its verb: *vous* rappeler."""
    enclitics: tuple[str, ...] = ()
    """What a read-back may put behind its verb, as one word: llamar*le*."""
    has_noun_last: bool = False
    """Whether the debit card may be called "the card"; else its first words name a thing."""
    has_verb_last: bool = False
