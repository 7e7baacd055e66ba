"""All languages that answers are read in, from the texts in ``grammars/``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agent_service.conversation.answering.asked import Asked
from agent_service.conversation.answering.grammars import LANGUAGE_CODES, lines_of
from agent_service.conversation.answering.phrases import Choice, Phrases, Slots, read_notation
from agent_service.conversation.answering.repeating import slots
from agent_service.conversation.answering.sequence import Grammar, Kind
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.answering.words import readable_part

_HEADING: Final = re.compile(r"\[([A-Z_]+)\]")


@dataclass(frozen=True, slots=True)
class Language:
    """How answers are given in a language."""

    grammar: Grammar
    wording: Wording
    refusals: frozenset[str]
    """Words that refuse by themselves."""

    @classmethod
    def read(cls, code: str) -> "Language":
        """Return the language, as its text has it."""
        sections = _sections(lines_of(code))
        grammar = {kind: Phrases(sections.get(kind.name, ())) for kind in Kind}
        return cls(grammar, _wording(code, sections), grammar[Kind.NO].single_words())

    def slots(self, answer: str, read_back: Asked) -> Slots:
        """Return what of the read-back may be said again in this language, as the answer has it."""
        agreed = {
            kind.name: self.grammar[kind].any_of_them
            for kind in (Kind.YES, Kind.STATEMENT, Kind.ORDER)
        }
        return {**slots(answer, read_back, self.wording, LANGUAGES["en"].wording), **agreed}


def _sections(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    heading = ""
    for line in lines:
        if match := _HEADING.fullmatch(line):
            heading = match[1]
        else:
            found.setdefault(heading, []).append(line)
    return found


def _wording(code: str, sections: dict[str, list[str]]) -> Wording:
    def words(name: str) -> frozenset[str]:
        return frozenset(readable_part(" ".join(sections.get(name, ()))).words)

    return Wording(
        language=code,
        determiners=words("DETERMINERS"),
        prepositions=words("PREPOSITIONS"),
        conjunctions=words("CONJUNCTIONS"),
        before_number=words("BEFORE_NUMBER"),
        before_verb=words("BEFORE_VERB"),
        enclitics=words("ENCLITICS"),
        whole=words("WHOLE"),
        pronouns=Choice(tuple(map(read_notation, sections["PRONOUNS"]))),
        everything=Choice(tuple(map(read_notation, sections["EVERYTHING"]))),
    )


LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {code: Language.read(code) for code in LANGUAGE_CODES}
)
