"""Finds passwords that are plain words, by what is said around them: "my password is sunshine",
"Sonnenschein ist mein Passwort", "uso girasol como contraseña", whole or spelled.

A plain word looks like any other, so this is a small grammar of sentences in six languages. What a
sentence says of a password instead ("is wrong", "ist abgelaufen") is told by function words, by
adjectives that things are called, and by the endings of participles.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from agent_service.redaction.number_words import NUMBER_WORDS, folded
from agent_service.redaction.password_words import (
    APOSTROPHES,
    AS,
    BESIDE,
    CASE,
    DETERMINERS,
    FUNCTION,
    IS,
    IS_ALWAYS,
    JOINS,
    OF,
    PAUSES,
    POLITE,
    QUOTES,
    STATE,
    TO,
    WITH,
)

HINTS: Final = (
    *("passwor", "kennwor", "passphrase", "passcode", "geheimwor", "losungswor", "codewor"),
    *("de passe", "mdp", "contrase", "clave", "senha", "ra-passe", "ra passe", "pwd"),
    *(
        "secret word",
        "code word",
        "pass word",
        "mot secret",
        "parola",
        "palabra sec",
        "palavra sec",
    ),
)
"""One of these is in every text that names a password."""

_TOKEN: Final = re.compile(r"\[redacted[^\]]*\]|[^\W_]+|[^\w\s]|\n")
_NAME: Final = re.compile(
    r"\w*(?:passwor[dt]|kennwort|passphrase|passcode|geheimwort|losungswort|codewor[dt])\w{0,3}"
    r"|contrasenas?|senhas?|mdp|pwd"
)
_NAMES_OF_SEVERAL: Final = frozenset(
    {
        *(("mot", "de", "passe"), ("mots", "de", "passe"), ("mot", "secret"), ("pass", "word")),
        *(("pass", "phrase"), ("secret", "word"), ("code", "word"), ("palabra", "secreta")),
        *(("palavra", "-", "passe"), ("palavra", "passe"), ("palavra", "secreta")),
        *(("parola", "d", sign, "ordine") for sign in APOSTROPHES),
        *(("parola", "segreta"), ("parola", "chiave")),
    }
)
_LONGEST_NAME: Final = 4
_OWN: Final = frozenset({"mi", "tu", "su"})
"""Before "clave", which without them is the key to something."""


_PARTICIPLE: Final = re.compile(
    r"\w{2,}(?:ed|ing|able|ible)|ge\w{3,}(?:t|en)|\w*(?:ab|an|auf|aus|ein|um|zu)ge\w{2,}(?:t|en)"
    r"|(?:be|er|ent|ver|zer)\w{3,}(?:t|en)|\w{3,}(?:bar|lich|haft)"
)
_PARTICIPLE_FRENCH: Final = re.compile(r"\w{4,}ée?s?")
_PARTICIPLE_ROMANCE: Final = re.compile(r"\w{3,}(?:[ai]d[oa]|[au]t[oa])s?")
_AFTER_ES: Final = "es"
"""Spanish says what passwords are like with "está"."""
_SETS: Final = re.compile(
    r"set|setting|resets?|chang\w*|made?|switch\w*|updat\w*|gean\w*|\w*ander\w*|\w*gesetzt|\w*gestellt"
    r"|mis|mets|modifi\w*|cambi\w*|puse|puesto|impostat\w*|messo|mud\w*|alter\w*|troqu\w*|trocad\w*"
)
_USES: Final = re.compile(
    r"us(?:e|es|ed|ing)|took|take|chose|choose|pick\w*|benutz\w*|verwend\w*|nutz\w*|nehme|nahm|nimm"
    r"|genommen|hab|habe|have|had|utilis\w*|prends|pris|us[oeéaàó]|usando|usato|usado|tengo|tenho|ho|puse"
    r"|put|entr\w+|typ\w+|eingeb\w*|set"
)
_OPENS: Final = re.compile(
    r"it|its|that|thats|this|s|is|was|das|es|ist|war|lautet|heisst|c|ce|est|la|il|e|è|é|es|era"
    r"|the|my|mein|mon|mi|mia|minha|a|le"
)
_ENDS: Final = frozenset(".?!;\n")
_MOST_BETWEEN: Final = 7
_MOST_WORDS: Final = 4
_FEWEST_LETTERS: Final = 2
"""In a row, that are a word being spelled."""


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    word: str
    """Folded, but for the verbs "è" and "é"."""
    is_participle: bool = False
    """Of French, which folded is as any other word."""

    @property
    def is_word(self) -> bool:
        return self.word[0].isalnum()

    @property
    def is_content(self) -> bool:
        return self.is_word and self.word not in FUNCTION and self.word not in JOINS

    @property
    def is_letter(self) -> bool:
        return len(self.word) == 1 and self.is_word


def plain_passwords(text: str) -> list[tuple[int, int]]:
    """Return from where to where passwords stand that are told in a sentence, in order."""
    tokens = _tokens(text)
    found: list[tuple[int, int]] = []
    for first, after in _names(tokens):
        hits = (_behind(tokens, first, after), _before(tokens, first))
        found += [hit for hit in hits if hit is not None]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def told_alone(text: str) -> tuple[int, int] | None:
    """Return where the password stands in a turn that is nothing but an answer, if it is."""
    tokens = [token for token in _tokens(text) if token.word not in QUOTES]
    at = 0
    while at < len(tokens) and (
        tokens[at].word in PAUSES
        or tokens[at].word in {",", ":", *APOSTROPHES}
        or _OPENS.fullmatch(tokens[at].word)
    ):
        if _spelled(tokens, at):
            break
        at += 1
    span = _value(tokens, at, is_sure=True)
    if span is not None and tokens[_index_at(tokens, span[1]) - 1].word in BESIDE:
        return None  # "good question"
    rest = [token for token in tokens if span is not None and token.start >= span[1]]
    if span is None or any(token.is_word and token.word not in POLITE for token in rest):
        return None
    return span


def is_announced(text: str) -> bool:
    """Tell whether the text ends where a password would follow: "so my password is"."""
    tokens = [*takewhile(lambda token: token.word not in _ENDS, reversed(_tokens(text)))][::-1]
    for first, after in _names(tokens):
        rest = tokens[after:]
        if all(token.word in PAUSES or not token.is_word for token in rest):
            return first == 0 or tokens[first - 1].word not in TO
        verb = _verb(tokens, after)
        if verb is not None and all(
            token.word in PAUSES or not token.is_word for token in tokens[verb + 1 :]
        ):
            return True
    return False


def begins_with_verb(text: str) -> bool:
    """Tell whether the text goes on where "my password" stopped: "is sunshine"."""
    tokens = _tokens(text)
    return bool(tokens) and tokens[0].word in IS


def names_password(text: str) -> bool:
    """Tell whether a text speaks of a password."""
    return any(True for _ in _names(_tokens(text)))


def spells(text: str) -> bool:
    """Tell whether a text is letters in a row, of a word that may go on."""
    tokens = _tokens(text)
    return bool(tokens) and bool(_spelled(tokens, 0))


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        raw = match[0].lower()
        word = raw if raw in ("è", "é") else folded(raw)
        found.append(_Token(*match.span(), word, _PARTICIPLE_FRENCH.fullmatch(raw) is not None))
    return found


def _names(tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """Yield where names of a password stand."""
    words = [token.word for token in tokens]
    for at, word in enumerate(words):
        if _NAME.fullmatch(word) or (word == "clave" and at and words[at - 1] in _OWN):
            yield at, at + 1
        for size in range(2, _LONGEST_NAME + 1):
            if tuple(words[at : at + size]) in _NAMES_OF_SEVERAL:
                yield at, at + size


def _behind(tokens: Sequence[_Token], first: int, after: int) -> tuple[int, int] | None:
    """Return the password that stands behind its name."""
    verb = _verb(tokens, after)
    if verb is not None:
        word = tokens[verb].word
        return _value(
            tokens,
            _past_pauses(tokens, verb + 1),
            is_sure=word in IS_ALWAYS or word in ":=",
            after_es=word == _AFTER_ES,
        )
    follows = tokens[after] if after < len(tokens) else None
    if follows is None:
        return None
    if follows.word in TO:
        span = _value(tokens, after + 1)
        if span is None:
            return None
        at = _index_at(tokens, span[1])
        around = [*tokens[max(0, first - 6) : first], *tokens[at : at + 2]]
        return span if any(_SETS.fullmatch(token.word) for token in around) else None
    before = [token.word for token in tokens[max(0, first - 3) : first]]
    is_named = any(word in WITH for word in before)
    is_listed = not before or before[-1] in _ENDS | JOINS | {","}
    span = _value(tokens, after) if is_named or is_listed else None
    if span is None or (is_listed and not is_named and not _ends_at(tokens, span[1])):
        return None
    return span


def _verb(tokens: Sequence[_Token], after: int) -> int | None:
    """Return which token joins a name to what stands behind it: "is", a colon."""
    for at in range(after, min(after + _MOST_BETWEEN, len(tokens))):
        word = tokens[at].word
        if word in IS or word in ":=":
            return at
        if word in _ENDS or word in JOINS:
            return None
        is_first = at == after
        if is_first and word not in OF and word not in {",", *APOSTROPHES}:
            return None
    return None


def _before(tokens: Sequence[_Token], first: int) -> tuple[int, int] | None:
    """Return the password that stands before its name: "X as my password", "X is my password"."""
    at = first - 1
    while at >= 0 and tokens[at].is_word and tokens[at].word in DETERMINERS:
        at -= 1
    if at < 1:
        return None
    word = tokens[at].word
    if word in AS:
        start = at
        while start and _may_be_used(tokens[start - 1]):
            start -= 1
        is_used = any(_USES.fullmatch(token.word) for token in tokens[max(0, start - 5) : start])
        return (tokens[start].start, tokens[at - 1].end) if is_used and start < at else None
    if word not in IS:
        return None
    end = at
    while end and tokens[end - 1].word in {"c", ",", *APOSTROPHES, "das", "that", "it"}:
        end -= 1
    start = end
    while start and tokens[start - 1].is_word:
        start -= 1
    said = [*tokens[start:end]]
    while said and said[0].word in PAUSES:
        said = said[1:]
    if not 1 <= len(said) < _MOST_WORDS or not all(token.is_content for token in said):
        return None
    if any(token.word in STATE or token.word in BESIDE for token in said):
        return None
    return said[0].start, said[-1].end


def _may_be_used(token: _Token) -> bool:
    return token.is_content and token.word not in PAUSES and not _USES.fullmatch(token.word)


def _past_pauses(tokens: Sequence[_Token], at: int) -> int:
    while at < len(tokens) and (tokens[at].word in PAUSES or tokens[at].word in ",:"):
        if _spelled(tokens, at):
            break
        at += 1
    return at


def _value(
    tokens: Sequence[_Token], at: int, *, is_sure: bool = False, after_es: bool = False
) -> tuple[int, int] | None:
    """Return from where to where a password stands that begins with this token, if one does."""
    if spelled := _spelled(tokens, at):
        return tokens[at].start, spelled
    end = at
    while end < len(tokens) and end - at < _MOST_WORDS:
        token = tokens[end]
        is_joined = token.word == "-" and end > at and tokens[end - 1].end == token.start
        if not is_joined and not token.is_content:
            break
        if end > at and (_SETS.fullmatch(token.word) or token.word in PAUSES):
            break
        end += 1
    while end > at and not tokens[end - 1].is_word:
        end -= 1
    if end == at or tokens[at].word in BESIDE:
        return None
    if not is_sure and _is_state(tokens[at], after_es=after_es):
        return None
    return tokens[at].start, tokens[end - 1].end


def _is_state(token: _Token, *, after_es: bool) -> bool:
    if token.word in STATE or token.is_participle or _PARTICIPLE.fullmatch(token.word):
        return True
    return not after_es and _PARTICIPLE_ROMANCE.fullmatch(token.word) is not None


def _spelled(tokens: Sequence[_Token], at: int) -> int | None:
    """Return where letters in a row end that begin with this token."""
    end, letters = at, 0
    for index in range(at, len(tokens)):
        token = tokens[index]
        is_part = token.word in CASE or token.word in NUMBER_WORDS or token.word.isdigit()
        if token.is_letter or is_part:
            letters += token.is_letter
            end = index + 1
        elif token.word not in ",-.'":
            break
    if letters < _FEWEST_LETTERS or not (tokens[at].is_letter or tokens[at].word in CASE):
        return None
    return tokens[end - 1].end


def _ends_at(tokens: Sequence[_Token], place: int) -> bool:
    """Tell whether a sentence, or a part of it, ends there."""
    at = _index_at(tokens, place)
    return at == len(tokens) or not tokens[at].is_word


def _index_at(tokens: Sequence[_Token], place: int) -> int:
    """Return which token is the first that begins there or later."""
    return bisect_left(tokens, place, key=lambda token: token.start)
