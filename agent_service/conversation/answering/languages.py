"""All languages that answers are read in, from the texts in ``grammars/``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agent_service.conversation.answering.asked import Asked
from agent_service.conversation.answering.grammars import LANGUAGE_CODES, lines_of
from agent_service.conversation.answering.phrases import (
    Choice,
    Phrases,
    Slots,
    read_notation,
    words_in,
)
from agent_service.conversation.answering.repeating import Repetition
from agent_service.conversation.answering.sequence import Grammar, Kind
from agent_service.conversation.answering.wordings import Wording
from agent_service.conversation.answering.words import readable_part

_HEADING: Final = re.compile(r"\[([A-Z_]+)\]")
_SHORTHANDS: Final = ("VERY", "GOOD")


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

    def repetition(self, answer: str, read_back: Asked) -> Repetition | None:
        """Return what of the read-back the answer says again, in this language."""
        if not read_back.clause:
            return None
        return Repetition(answer, read_back, self.wording, LANGUAGES["en"].wording)

    @property
    def agreed(self) -> Slots:
        """Return the phrases that agree by themselves, as slots of others."""
        kinds = (Kind.YES, Kind.STATEMENT, Kind.ORDER)
        return {kind.name: self.grammar[kind].any_of_them for kind in kinds}


def _sections(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    heading = ""
    for line in lines:
        if match := _HEADING.fullmatch(line):
            heading = match[1]
        elif heading in _SHORTHANDS:
            found.setdefault(heading, []).append(line)
        else:
            found.setdefault(heading, []).append(_in_full(line, found))
    return found


def _in_full(line: str, sections: dict[str, list[str]]) -> str:
    """Return a line with what its shorthands stand for."""
    for name in _SHORTHANDS:
        line = re.sub(rf"\b{name}\b", f"({' '.join(sections[name])})", line)
    return line


def _wording(code: str, sections: dict[str, list[str]]) -> Wording:
    def words(name: str) -> frozenset[str]:
        return frozenset(readable_part(" ".join(sections.get(name, ()))).words)

    everything = Choice(tuple(map(read_notation, sections["EVERYTHING"])))
    return Wording(
        language=code,
        determiners=words("DETERMINERS"),
        demonstratives=words("DEMONSTRATIVES"),
        prepositions=words("PREPOSITIONS"),
        conjunctions=words("CONJUNCTIONS"),
        before_number=words("BEFORE_NUMBER"),
        before_verb=words("BEFORE_VERB"),
        speakers=words("SPEAKERS") | words("AUXILIARIES"),
        auxiliaries=words("AUXILIARIES"),
        causing=words("CAUSING"),
        enclitics=words("ENCLITICS"),
        whole=words("WHOLE"),
        nothing=words("NOTHING"),
        days=words("DAYS"),
        supplies=words("SUPPLIES"),
        spans=words("SPANS"),
        others=words("OTHERS"),
        beside_verb=words("BESIDE_VERB") | words("OBJECTS") | words("SINGULAR"),
        objects=words("OBJECTS") | words("SINGULAR"),
        singular=words("SINGULAR"),
        refusing=Phrases(sections["NO"]),
        pronouns=Choice(tuple(map(read_notation, sections["PRONOUNS"]))),
        both=Choice(tuple(map(read_notation, sections["BOTH"]))),
        everything=everything,
        alls=words_in(everything),
    )


LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {code: Language.read(code) for code in LANGUAGE_CODES}
)
