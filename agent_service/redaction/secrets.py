"""Removes keys, tokens and passwords from text.

Nearly all text holds none, so each rule names words without which it cannot match: looking for
those is many times cheaper.
"""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from agent_service.redaction.plain_passwords import (
    HINTS,
    begins_with_verb,
    is_announced,
    names_password,
    plain_passwords,
    spells,
    told_alone,
)
from agent_service.redaction.questions import asked_sentence
from agent_service.redaction.reading import tokens_of

REDACTED = "[redacted]"
REDACTED_CARD = "[redacted card]"

_NAMES_OF_KEYS = (
    r"[a-z0-9_-]{0,40}(?:api[-_]?key|token|secret|password)"
    r"|(?:proxy[-_])?authorization|private[-_]?key|passwd|pwd|(?:set[-_])?cookie"
)
# In text, "ticket: 17" is a ticket of the help desk; as a field of the log it opens conversations.
_KEY = re.compile(rf"(?:{_NAMES_OF_KEYS}|ticket)\Z", re.IGNORECASE)
_SCHEME = r"(?:Bearer|Basic)(?:\s+|%20|\+)"
# As people say it: "my password is ...", "mon mot de passe : ...".
_OPENING_NAME = (
    r"pass(?:word|wort|phrase)s?|kennwort|mots? de passe|contrase(?:ñ|n|n\u0303)as?|senhas?"
    r"|palavra[- ]passe|parola d['\u2019]ordine|pwd"
)
_SPOKEN_KEY = (
    r"(?:api|access|secret|zugangs|private)[- ]?(?:keys?|tokens?)|tokens?|secrets?"
    r"|api[- ]?schl(?:ü|ue)ssel|cl[ée] (?:d['\u2019])?(?:api|acc[èe]s)"
    r"|(?:clave|chiave|chave) (?:de |da |di )?api"
)
_IS = r"(?:is|was|ist|war|lautet|hei(?:ß|ss)t|est|es|era|è|e|é)"
_OF = r"(?:\s+(?:for|to|of|für|fürs|zu|von|pour|de|para|per|do|da|della|del)(?:\s+\w+){1,3}?)?"
_TOLD = rf"(?:{_OF}\s*[:=]\s*|{_OF}\s+{_IS}\s*:?\s+(?:(?:now|still|jetzt)\s+)?)"
_QUOTE = r"[\"'\u201c\u201d\u201e\u00ab\u00bb]"
_SIGN = r"[^\s\"'<>\\]"
_NO_WORD = rf"(?={_SIGN}{{0,127}}(?:\d|[#$%&*+=@^_~!?](?=\w)|[a-z][A-Z]))"
_MIXED = rf"(?={_SIGN}{{0,127}}\d)(?={_SIGN}{{0,127}}[A-Za-z])"
_VALUE = r"(?!\[redacted)[^\s\"'<>\\]{3,127}[^\s\"'<>\\.,;:!?)\]}]"


@dataclass(frozen=True, slots=True)
class _Rule:
    words: tuple[str, ...]
    """One of these stands, in whatever case, in every text that the rule changes."""
    marks: tuple[str, ...]
    """And one of these, if there are any."""
    pattern: re.Pattern[str]
    replacement: str


_TEXT_RULES: tuple[_Rule, ...] = (
    # JSON Web Tokens: each part of the header and payload is base64 of '{"'
    _Rule(("eyj",), (), re.compile(r"\beyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)*"), REDACTED),
    # keys of OpenAI and its kind, ephemeral secrets
    _Rule(
        ("sk", "ek", "pk", "rk"),
        ("-", "_"),
        re.compile(r"(?<![\w-])(?:sk|ek|pk|rk)[-_][\w-]{16,}"),
        REDACTED,
    ),
    # "Bearer" before something that is more than a word
    _Rule(
        ("bearer", "basic"),
        (),
        re.compile(
            rf"(?<!\w)({_SCHEME})"
            r"(?=[\w.~+/-]*(?:[0-9_~+/=]|\.\w)|[\w-]{20})[\w.~+/-]{8,}=*",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    # keys of clouds and forges, by how they begin, and our own tokens
    _Rule(
        ("akia", "asia", "gh", "github_pat_", "glpat-", "aiza", "whsec_", "asa_", "xox"),
        (),
        re.compile(
            r"(?<![\w-])(?:(?:AKIA|ASIA)[0-9A-Z]{16}\b|gh[opusr]_[A-Za-z0-9]{20,}"
            r"|github_pat_\w{20,}|glpat-[\w-]{16,}|AIza[\w-]{30,}|whsec_[\w+/=-]{16,}"
            r"|asa_[\w-]{16,}|xox[abprs]-[\w-]{10,})"
        ),
        REDACTED,
    ),
    _Rule(
        ("private key",),
        ("-----BEGIN",),
        re.compile(
            r"-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----"
            r"(?:(?!-----(?:BEGIN|END))[\s\S])*(?:-----END [A-Z ]{0,24}PRIVATE KEY-----)?"
        ),
        REDACTED,
    ),
    # user:password@ in addresses
    _Rule(("://",), ("@",), re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"), rf"\1{REDACTED}"),
    # "api_key": "...", password=..., also inside JSON inside JSON
    _Rule(
        ("key", "token", "secret", "password", "authorization", "passwd", "pwd", "cookie"),
        (":", "="),
        re.compile(
            rf"(?<![A-Za-z0-9_-])({_NAMES_OF_KEYS})(\\*[\"']?\s*[:=]\s*)(?:"
            # up to the quote that opened it, escaped ones skipped
            r"(\\*[\"'])(?!\[redacted)(?:(?!\3)(?:\\.|[\s\S]))+"
            rf"|(?!(?:{_SCHEME})?\[redacted|(?:null|true|false)\b)"
            rf"(?:{_SCHEME})?[^\s\"'\\,;&}}\])]+"
            r")",
            re.IGNORECASE,
        ),
        rf"\1\2\3{REDACTED}",
    ),
    # "my password is ...": what is no word, or stands in quotation marks
    _Rule(
        (
            "passwor",
            "passphrase",
            "kennwort",
            "de passe",
            "contrase",
            "senha",
            "ra-passe",
            "parola",
        ),
        (),
        re.compile(
            rf"(?<!\w)((?i:{_OPENING_NAME})(?:(?i:{_TOLD})(?={_QUOTE}|{_NO_WORD})|\s+(?={_MIXED})))"
            rf"(?:({_QUOTE})(?!\[redacted)[^\n]{{3,64}}?(?={_QUOTE})|{_VALUE})"
        ),
        rf"\1\2{REDACTED}",
    ),
    # "my token is ...": long, with letters and digits
    _Rule(
        ("key", "token", "secret", "schl", "clé", "cle ", "clave", "chiave", "chave"),
        (),
        re.compile(
            rf"(?<!\w)((?i:{_SPOKEN_KEY})(?i:{_TOLD})){_MIXED}(?!\[redacted)"
            r"[\w.~+/=-]{15,511}[\w/=-]"
        ),
        rf"\1{REDACTED}",
    ),
)


@lru_cache(maxsize=1024)
def is_secret_key(name: str) -> bool:
    """Return whether a value under this name must not be shown, whatever it is."""
    return _KEY.match(name) is not None


def without_keys(text: str) -> str:
    """Return the text without keys, tokens and passwords."""
    folded = _folded(text)
    for rule in _TEXT_RULES:
        for word in rule.words:
            if word in folded:
                break
        else:
            continue
        if not rule.marks or any(mark in text for mark in rule.marks):
            text = rule.pattern.sub(rule.replacement, text)
    if any(hint in folded for hint in HINTS):
        text = _without(text, plain_passwords(text))
    return text


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    kept_from, parts = 0, []
    for start, end in spans:
        parts += [text[kept_from:start], REDACTED]
        kept_from = end
    return "".join([*parts, text[kept_from:]])


_ALONE = re.compile(rf"{_NO_WORD}{_VALUE}")
_MOST_KNOWN = 8
_SHORTEST_KNOWN = 4
_LEAD = "My password"
_ANSWERS = 2
"""Turns of the caller that may answer a question for a password."""


class KeyMemory:
    """The passwords and keys that one conversation's caller has told. Never to be shown."""

    def __init__(self) -> None:
        self._known: deque[str] = deque(maxlen=_MOST_KNOWN)
        self._awaited = 0
        """How many turns of the caller may yet be a password and nothing else."""
        self._lead = ""
        """What the caller's last turn ended with, where this one may go on with it."""

    def caller_turn(self, text: str) -> str:
        """Return the caller's turn without them, and remember them."""
        clean = self._cleaned(text)
        removed = _removed(text, clean)
        goes_on = bool(removed) and spells(removed[-1])
        is_cut = is_announced(clean)
        self._lead = f"{_LEAD} " if is_cut else ""
        self._awaited = 1 if is_cut or goes_on else 0 if removed else max(self._awaited - 1, 0)
        for one in removed:
            whole = "".join(one.split()) if spells(one) else one
            self._known.extend(each for each in {one, whole} if len(each) >= _SHORTEST_KNOWN)
        return self.passage(clean)

    def agent_turn(self, text: str) -> str:
        """Return the agent's turn without them, and note whether it asks for one."""
        sentence = asked_sentence(tokens_of(text)) if may_name_password(text) else None
        if sentence is not None:
            asked = text[sentence[0].start : sentence[-1].end]
            self._awaited = _ANSWERS if names_password(asked) else 0
        return self.passage(text)

    def answer(self, text: str) -> str:
        """Return words that come again as the caller's turn without them."""
        return self.passage(self._cleaned(text))

    def passage(self, text: str) -> str:
        """Return any other text without those that are known."""
        for one in self._known:
            text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", REDACTED, text, flags=re.IGNORECASE)
        return text

    def _cleaned(self, text: str) -> str:
        clean = without_keys(text)
        if self._lead and begins_with_verb(clean):
            clean = without_keys(self._lead + clean).removeprefix(self._lead)
        elif self._awaited:
            alone = told_alone(clean)
            clean = _ALONE.sub(REDACTED, clean) if alone is None else _without(clean, [alone])
        return clean


def _removed(text: str, clean: str) -> list[str]:
    """Return what marks stand for in a cleaned text."""
    removed, at = [], 0
    for part in clean.split(REDACTED):
        found = text.find(part, at)
        if found > at:
            removed.append(text[at:found])
        at = max(found, at) + len(part)
    return [*removed, text[at:]] if at < len(text) else removed


def may_name_password(text: str) -> bool:
    """Tell whether it is worth reading the text for what it says of passwords."""
    return any(hint in _folded(text) for hint in HINTS)


def _folded(text: str) -> str:
    """Return the text in lower case, with the letters that a pattern takes for i, k and s."""
    if text.isascii():
        return text.lower()
    return text.casefold().replace("\u0131", "i").replace("i\u0307", "i")
