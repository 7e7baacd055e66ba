"""E-mail addresses, as they are written and as people say them: "jane dot doe at example dot com".

"At" is a word of its own, so what stands around it has to look like an address, or to be called so.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent_service.redaction.naming import named_at
from agent_service.redaction.policy import Identifier
from agent_service.redaction.reading import MARK, Token, tokens_of

_WRITTEN: Final = re.compile(
    r"[^\W_][\w.+%'-]{0,63}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}", re.IGNORECASE
)
_WORDS_AT: Final = (
    "@ at aet klammeraffe affenschwanz arobase arrobase arobas chiocciola chiocciolina arroba"
    " arrova"
)
_AT: Final = frozenset(_WORDS_AT.split())
_WEAK_AT: Final = frozenset({"at"})
_DOT: Final = frozenset({".", "dot", "punkt", "point", "punto", "ponto"})
_WORDS_JOINT: Final = (
    "_ - + underscore unterstrich dash hyphen minus bindestrich tiret guion trattino hifen"
    " underline plus strich traco sottolineato soulignement subrayado"
)
_JOINT: Final = frozenset(_WORDS_JOINT.split())
_SIGN_OF_TWO: Final = frozenset({"bajo", "bas", "baixo", "basso", "baixa"})
"""Of a joint's name, the second word: "guion bajo"."""
_WORDS_NO_LOCAL: Final = (
    "it its them this that these those me us you him her one ones bought ordered got found"
    " find saw see seen look looked looking shop shopped shopping purchased item items order"
    " orders product products available here there was is are were be been works work working"
    " live lives paid pay sold listed online stuff things thing today yesterday back up only"
    " at"
)
_NO_LOCAL: Final = frozenset(_WORDS_NO_LOCAL.split())
"""What stands before an "at" that is no sign of an address."""
_WORDS_TLDS: Final = (
    "com net org edu gov int info biz io me tv app dev ai shop store online email cloud site"
    " name eu de fr es it pt br uk us ca mx ar cl co ch at be nl lu ie dk se no fi pl cz ru jp"
    " cn in au nz za li gmbh cat"
)
_TLDS: Final = frozenset(_WORDS_TLDS.split())
_MOST_LABELS: Final = 5
_LONGEST_LOCAL: Final = 40
_LONGEST_LABEL: Final = 30
"""Tokens, when letters are spelled."""
_NAME_REACH: Final = 14
_OPEN_REACH: Final = 8
"""Tokens of a domain that is not whole yet."""


def emails_in(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield where addresses stand."""
    for match in _WRITTEN.finditer(text):
        yield match.span()
    for index, token in enumerate(tokens):
        if token.word not in _AT:
            continue
        first, count = _local(text, tokens, index)
        after = _domain(tokens, index + 1)
        if first == index or after is None:
            continue
        is_plain = token.word in _WEAK_AT and count < 2 and tokens[first].word in _NO_LOCAL
        if is_plain and not _is_named(tokens, first):
            continue
        yield tokens[first].start, tokens[after - 1].end


def open_address(text: str) -> int | None:
    """Return where an address begins that may go on behind the end of the text, or None."""
    tokens = tokens_of(text)
    last = range(len(tokens) - 1, max(-1, len(tokens) - 1 - _OPEN_REACH), -1)
    for index in last:
        if tokens[index].word not in _AT or _domain(tokens, index + 1) is not None:
            continue
        first, count = _local(text, tokens, index)
        if first < index and (tokens[index].word not in _WEAK_AT or count > 1):
            return tokens[first].start
    return None


def has_address_sign(tokens: Sequence[Token], *, is_sure: bool = False) -> bool:
    """Tell whether the text has what joins the parts of an address, or spells letters.

    ``is_sure``: what hardly stands anywhere else.
    """
    spelled = sum(len(token.word) == 1 and token.word.isalpha() for token in tokens)
    signs = _SURE_SIGNS if is_sure else _SIGNS
    return spelled > _FEW_LETTERS or any(token.word in signs for token in tokens)


_FEW_LETTERS: Final = 2
_SIGNS: Final = (_AT | _DOT | _JOINT) - {".", "-", "+", "point", "plus", "minus"}
_SURE_SIGNS: Final = _SIGNS - _WEAK_AT


def _local(text: str, tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """Return where the part before the sign begins, and of how many parts it is."""
    first, count = at, 0
    while at - first <= _LONGEST_LOCAL:
        before = _sign_before(tokens, first) if first < at else first
        index = before - 1
        if index < 0 or not _is_part(tokens[index]) or tokens[index].word in _DOT | _JOINT:
            break
        if before == first < at and not _joins(text, tokens, index, first):
            break
        first, count = index, count + 1
    return first, count


def _sign_before(tokens: Sequence[Token], at: int) -> int:
    """Return where the dot or dash before a part begins; the part itself when there is none."""
    if at >= 2 and tokens[at - 1].word in _SIGN_OF_TWO and tokens[at - 2].word in _JOINT:
        return at - 2
    return at - 1 if at and tokens[at - 1].word in _DOT | _JOINT else at


def _joins(text: str, tokens: Sequence[Token], left: int, right: int) -> bool:
    """Tell whether two parts without a sign between them are one: spelled letters, digits."""
    parts = tokens[left], tokens[right]
    if parts[0].end == parts[1].start:
        return True
    short = [bool(part.digits) or len(part.word) == 1 for part in parts]
    return all(short) or (short[1] and bool(parts[1].digits))


def _domain(tokens: Sequence[Token], at: int) -> int | None:
    """Return where the part behind the sign ends, or None when there is none."""
    end: int | None = None
    labels = 0
    while labels < _MOST_LABELS:
        start = at
        while at < len(tokens) and at - start < _LONGEST_LABEL and _is_label(tokens[at]):
            at += 1
            if at < len(tokens) and tokens[at].word in _JOINT and at + 1 < len(tokens):
                at += 1
            if labels and not _spells_on(tokens, at):
                break
        if at == start:
            return end
        label = "".join(token.word or token.digits for token in tokens[start:at])
        labels += 1
        if labels > 1:
            if label in _TLDS:
                end = at
            elif end is not None:
                return end
        if at >= len(tokens) or tokens[at].word not in _DOT:
            return end
        at += 1
    return end


def _spells_on(tokens: Sequence[Token], at: int) -> bool:
    return (
        at < len(tokens)
        and len(tokens[at].word) == 1
        and len(tokens[at - 1].word) == 1
        and tokens[at].word.isalpha()
    )


def _is_part(token: Token) -> bool:
    return bool(token.digits) or token.word.isalpha()


def _is_label(token: Token) -> bool:
    return _is_part(token) and token.word not in _DOT and token.word != MARK


def _is_named(tokens: Sequence[Token], at: int) -> bool:
    before = range(max(0, at - _NAME_REACH), at)
    return any(named_at(tokens, index) is Identifier.EMAIL for index in before)
