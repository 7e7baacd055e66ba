"""Removes keys, tokens and passwords from text.

Nearly all text holds none, so each rule names words without which it cannot match: looking for
those is many times cheaper.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

REDACTED = "[redacted]"
REDACTED_CARD = "[redacted card]"

_NAMES_OF_KEYS = (
    r"[a-z0-9_-]{0,40}(?:api[-_]?key|token|secret|password)"
    r"|(?:proxy[-_])?authorization|private[-_]?key|passwd|pwd|(?:set[-_])?cookie"
)
# In text, "ticket: 17" is a ticket of the help desk; as a field of the log it opens conversations.
_KEY = re.compile(rf"(?:{_NAMES_OF_KEYS}|ticket)\Z", re.IGNORECASE)
_SCHEME = r"(?:Bearer|Basic)(?:\s+|%20|\+)"


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
    return text


def _folded(text: str) -> str:
    """Return the text in lower case, with the letters that a pattern takes for i, k and s."""
    if text.isascii():
        return text.lower()
    return text.casefold().replace("\u0131", "i").replace("i\u0307", "i")
