"""What may be told with the verb of an order: what was read back, or the name of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent_service.conversation.answering import numerals
from agent_service.conversation.answering.phrases import NOTHING, Phrase, Slots, ends, words_in
from agent_service.conversation.answering.retelling import Teller, words_of
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.read_back.tokens import Token


@dataclass(frozen=True, slots=True)
class ToldContent:
    """What a read-back in the language of the answer is about."""

    teller: Teller
    wording: Wording

    @property
    def is_several(self) -> bool:
        """Tell whether it is about several things, so that "it" would be one of them."""
        return self.teller.naming.is_several

    @property
    def everything(self) -> tuple[Phrase, Slots]:
        """Return what stands for all that there is of it: "all of it", "all three"."""
        total = self.teller.naming.total
        if total == 0:
            return NOTHING, {}
        count = numerals.number(str(total), self.wording.language) if total > 1 else None
        return self.wording.everything, {} if count is None else {"COUNT": count}

    def is_known(self, token: Token) -> bool:
        """Tell whether a word may be of what was read back."""
        return self.teller.is_known(token)

    def is_told(self, tokens: Sequence[Token]) -> bool:
        """Tell whether words tell of it, and pick out none of it."""
        return self.teller.read(tokens, is_order=True) is not None

    def is_numbered(self, tokens: Sequence[Token]) -> bool:
        """Tell whether words name the one thing that it is about, by its number."""
        told = self.teller.read(tokens, is_order=True)
        return told is not None and told.is_numbered


@dataclass(frozen=True, slots=True)
class NamedContent:
    """The one thing that a read-back is about that cannot be read, by its names."""

    names: Phrase
    everything: tuple[Phrase, Slots]
    is_several: bool = False

    def is_known(self, token: Token) -> bool:
        """Tell whether a word may be of the names."""
        known = words_in(self.names)
        return all(word in known for word in words_of((token,)))

    def is_told(self, tokens: Sequence[Token]) -> bool:
        """Tell whether words are one of the names."""
        words = words_of(tokens)
        return len(words) in ends(self.names, words, 0, {})

    def is_numbered(self, tokens: Sequence[Token]) -> bool:
        """Tell whether words name it by its number."""
        return any(token.text.isdigit() for token in tokens)
