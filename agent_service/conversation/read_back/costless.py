"""Lets "free of charge", "no costs" and "costs you nothing" be the same words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from agent_service.conversation.read_back.tokens import Kind, Token, plain


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a language says that nothing is paid."""

    lack: str
    cost: str
    """The two words that stand for it."""
    phrases: re.Pattern[str]
    """``part`` is what costs nothing, where it stands among the words: no ``delivery`` charge."""


def _wording(lack: str, cost: str, *phrases: str) -> _Wording:
    return _Wording(lack, cost, re.compile(rf"(?<!\S)(?:{'|'.join(phrases)})(?!\S)"))


_WORDINGS: Final[Mapping[str, _Wording]] = MappingProxyType(
    {
        "en": _wording(
            "without",
            "cost",
            r"(?:at |with |for )?(?:no|zero|without(?: any)?) (?:costs?|charges?|fees?)",
            r"(?:at |with )?(?:no|without(?: any)?) (?P<part>[a-z]+) (?:costs?|charges?|fees?)",
            r"(?:for free|free of (?:any )?(?:charges?|costs?))",
            r"(?:costs?|charges?) (?:you )?nothing|free(?= (?:delivery|shipping|collection)\b)",
        ),
        "de": _wording(
            "ohne",
            "kosten",
            r"(?:(?:kosten|gebuhren)(?:los|frei)|gratis|umsonst|unentgeltlich)(?:e[rsnm]?)?",
            r"(?:(?:es )?(?:entstehen|fallen)(?: ihnen)? )?"
            r"(?:ohne|keine|keinerlei|null) (?P<part>[a-z]+?)??(?:kosten|gebuhr(?:en)?)(?: an)?",
            r"(?:(?:das|es) )?kostet (?:sie )?nichts|ohne berechnung|(?:null|0) euro(?: kosten)?",
        ),
        "fr": _wording(
            "sans",
            "frais",
            r"(?:c est )?(?:gratuit(?:e|es|s|ement)?|gratis)|a titre gratuit",
            r"(?:il n y a )?(?:sans|aucuns?|pas de|zero)(?: aucuns?)? (?:frais|couts?)",
            r"(?:cela |ca )?ne (?:vous )?coute rien",
        ),
        "es": _wording(
            "sin",
            "coste",
            r"gratis|gratuit(?:[oa]s?|amente)",
            r"(?:sin|ningun)(?: ningun)? (?:costes?|costos?|cargos?|gastos?)(?: algun[oa])?",
            r"no (?:le |te )?cuesta nada|a coste cero",
        ),
        "it": _wording(
            "senza",
            "costi",
            r"gratis|gratuit(?:[oaie]|amente)",
            r"(?:senza|nessun[oa]?)(?: alcun[oa]?)? (?:cost[oi]|spes[ae]|addebit[oi])",
            r"non (?:le )?costa (?:nulla|niente)|a costo zero",
        ),
        "pt": _wording(
            "sem",
            "custo",
            r"gratis|gratuit(?:[oa]s?|amente)|de graca",
            r"(?:sem|nenhum)(?: (?:qualquer|nenhum|quaisquer))? (?:custos?|encargos?|despesas?)"
            r"(?: (?:algum|nenhum))?",
            r"nao (?:lhe )?custa nada|a custo zero",
        ),
    }
)
LACKS: Final = frozenset(wording.lack for wording in _WORDINGS.values())


def with_costs_named(tokens: Sequence[Token], language: str) -> list[Token]:
    """Return a text in which what says that nothing is paid is said in the same words."""
    wording = _WORDINGS[language]
    line, starts = "", {}
    for at, token in enumerate(tokens):
        starts[len(line)] = at
        line += f"{plain(token.text)} "
    found: list[Token] = []
    done = 0
    for phrase in wording.phrases.finditer(line):
        begin, end = starts[phrase.start()], starts.get(phrase.end() + 1, len(tokens))
        if any(token.gap for token in tokens[begin + 1 : end]):
            continue
        found += tokens[done:begin]
        done = end
        said = [wording.lack, wording.cost]
        if (part := phrase.groupdict().get("part")) is not None:
            said.append(part)
        is_noun = language == "de"  # a small "kosten" would be a verb
        first = replace(tokens[begin], kind=Kind.WORD, is_capital=is_noun, is_elided=False)
        found += [
            replace(first, text=word, plain=word, gap="" if nth else first.gap)
            for nth, word in enumerate(said)
        ]
    return [*found, *tokens[done:]]
