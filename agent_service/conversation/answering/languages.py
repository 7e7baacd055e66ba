"""The grammars of all languages that answers are read in."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agent_service.conversation.answering import (
    english,
    french,
    german,
    italian,
    portuguese,
    spanish,
)
from agent_service.conversation.answering.asked import Asked
from agent_service.conversation.answering.phrases import Slots
from agent_service.conversation.answering.repeating import slots
from agent_service.conversation.answering.sequence import Grammar, Kind
from agent_service.conversation.answering.wording import Wording


@dataclass(frozen=True, slots=True)
class Language:
    """How answers are given in a language."""

    grammar: Grammar
    wording: Wording
    refusals: frozenset[str]
    """Words that refuse by themselves."""

    def slots(self, read_back: Asked) -> Slots:
        """Return what of the read-back may be said again in this language."""
        order = self.grammar[Kind.ORDER].any_of_them
        return {**slots(read_back, self.wording, english.WORDING), "ORDER": order}


LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {
        module.WORDING.language: Language(
            module.GRAMMAR, module.WORDING, module.GRAMMAR[Kind.NO].single_words()
        )
        for module in (english, german, french, spanish, italian, portuguese)
    }
)
