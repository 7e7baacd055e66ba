"""Finds what tells who somebody is, in one text: written, spelled, or spoken as words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent_service.redaction.emails import emails_in
from agent_service.redaction.identity_numbers import ibans_in, identity_numbers_in
from agent_service.redaction.naming import Names
from agent_service.redaction.policy import Action, Identifier, Pattern, Policy
from agent_service.redaction.reading import Run, runs_of, tokens_of, with_ascii_digits
from agent_service.redaction.redacting import numbers_in
from agent_service.redaction.secrets import REDACTED
from agent_service.redaction.spelling import stretches_of
from agent_service.redaction.telephones import telephones_in

_FEWEST: Final = 6
_FEWEST_OF_CODE: Final = 3
"""Digits, below which there is nothing but addresses."""
_CODE_HINTS: Final = re.compile(
    r"c[oó]d[eio]|pin|tan|otp|passw|kennwort|geheim|clave|senha|mot de passe", re.IGNORECASE
)
_CODE: Final = range(3, 11)
_AT_WORDS: Final = re.compile(r"@|\bat\b|[äÄ]t|aet|klammera|arr?oba|chiocciol", re.IGNORECASE)
_BRACKETS: Final = str.maketrans("()", "  ")
_BESIDE: Final = re.compile(r"[+(\s]*\Z")


CARD: Final = "card"
CODE: Final = "card code"
"""Of a card: beside policy."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found, and where it stands."""

    start: int
    end: int
    kind: str
    """An Identifier, or a pattern's name."""
    characters: str = ""
    """Its digits, and letters where it has any; of an address and a pattern, the text itself."""


def find(text: str, policy: Policy, *, lead: str = "") -> list[Hit]:
    """Return what the policy does not keep, in order, none over another.

    ``lead`` is what goes before the text: the name of its field, or what was asked for.
    """
    if policy.keeps_all:
        return []
    whole = lead + text
    hits = [hit for pattern in policy.patterns for hit in _matching(pattern, whole)]
    plain = with_ascii_digits(whole)
    if _may_hold_any(plain):
        hits += _identifiers(plain)
    # What is kept is looked for as well: it is not taken for something else.
    ordered = [hit for hit in _apart(hits) if hit.kind not in policy.kept]
    return [
        Hit(max(hit.start - len(lead), 0), hit.end - len(lead), hit.kind, hit.characters)
        for hit in ordered
        if hit.end > len(lead)
    ]


def mark_of(kind: str) -> str:
    """Return what stands in the place of what was found."""
    if kind == CODE:
        return REDACTED
    return f"[redacted {kind.replace('_', ' ')}]"


def masked(text: str, hits: Iterable[Hit], policy: Policy) -> str:
    """Return the text as the policy keeps it."""
    kept_from, parts = 0, []
    for hit in sorted(hits, key=lambda hit: hit.start):
        is_of_card = hit.kind in (CARD, CODE)
        if not is_of_card and policy.action(hit.kind) is Action.DROP:
            return f"[dropped {hit.kind.replace('_', ' ')}]"
        parts += [text[kept_from : hit.start], mark_of(hit.kind)]
        kept_from = hit.end
    return "".join([*parts, text[kept_from:]])


def kept_under(policy: Policy, text: str, name: str = "") -> str:
    """Return what the policy keeps of a text, which may be the value of a field of that name."""
    hits = find(text, policy, lead=f"{name}: " if name else "")
    return masked(text, hits, policy) if hits else text


def _may_hold_any(text: str) -> bool:
    count = numbers_in(text)
    if count >= _FEWEST or _AT_WORDS.search(text) is not None:
        return True
    return count >= _FEWEST_OF_CODE and _CODE_HINTS.search(text) is not None


def _identifiers(original: str) -> Iterator[Hit]:
    text = original.translate(_BRACKETS)
    tokens = tokens_of(text)
    if _AT_WORDS.search(text):
        for start, end in emails_in(text, tokens):
            yield Hit(start, end, Identifier.EMAIL, text[start:end])
    runs = runs_of(text, tokens)
    if not runs:
        return
    names = Names(tokens)
    stretches = list(stretches_of(text, tokens))
    yield from _hits(Identifier.IBAN, ibans_in(text, names, stretches, runs))
    found = identity_numbers_in(text, names, stretches, runs)
    yield from _hits(Identifier.NATIONAL_ID, found)
    for hit in _hits(Identifier.PHONE, telephones_in(text, names, runs)):
        yield Hit(_with_sign(original, hit.start), hit.end, hit.kind, hit.characters)
    yield from _hits(Identifier.SECURITY_CODE, _codes(names, runs))


def _hits(kind: Identifier, found: Iterable[tuple[int, int, str]]) -> Iterator[Hit]:
    for start, end, characters in found:
        yield Hit(start, end, kind, characters)


def _codes(names: Names, runs: Sequence[Run]) -> Iterator[tuple[int, int, str]]:
    for run in runs:
        named = names.around(run.first, run.after)
        if len(run.digits) in _CODE and named is Identifier.SECURITY_CODE:
            yield run.numbers[0].start, run.numbers[-1].end, run.digits


def _with_sign(text: str, start: int) -> int:
    """Return where a telephone number begins, with its plus or its bracket."""
    beside = _BESIDE.search(text, max(0, start - 3), start)
    signs = beside[0] if beside else ""
    at = min((signs.index(sign) for sign in "+(" if sign in signs), default=len(signs))
    return start - len(signs) + at


def _matching(pattern: Pattern, text: str) -> Iterator[Hit]:
    for match in pattern.expression.finditer(text):
        if match[0]:
            yield Hit(*match.span(), pattern.name, match[0])


_ORDER: Final = {
    kind: place
    for place, kind in enumerate(
        (
            Identifier.EMAIL,
            Identifier.IBAN,
            Identifier.NATIONAL_ID,
            Identifier.PHONE,
            Identifier.SECURITY_CODE,
        ),
        1,
    )
}


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """Leave out what lies over something that is told more surely."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (_rank(hit), hit.start - hit.end)):
        if not any(hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _rank(hit: Hit) -> int:
    """Return a pattern of the company's own first."""
    return next((rank for kind, rank in _ORDER.items() if kind == hit.kind), 0)
