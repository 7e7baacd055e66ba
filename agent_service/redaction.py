"""Removes secrets from text: keys, tokens, passwords, card numbers and their security codes.

Used by the log and by everything that is written to the database.
"""

import re
from collections.abc import Iterator

REDACTED = "[redacted]"
REDACTED_CARD = "[redacted card]"

_NAMES_OF_KEYS = (
    r"[a-z0-9_-]{0,40}(?:api[-_]?key|token|secret|password)"
    r"|(?:proxy[-_])?authorization|private[-_]?key|passwd|pwd|ticket|(?:set[-_])?cookie"
)
_KEY = re.compile(rf"(?:{_NAMES_OF_KEYS})\Z", re.IGNORECASE)

_TEXT_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # JSON Web Tokens: each part of the header and payload is base64 of '{"'
    (re.compile(r"\beyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)*"), REDACTED),
    # keys of OpenAI and its kind, ephemeral secrets
    (re.compile(r"(?<![\w-])(?:sk|ek|pk|rk)[-_][\w-]{16,}"), REDACTED),
    # "Bearer" before something that is more than a word
    (
        re.compile(
            r"(?<!\w)(Bearer|Basic)(\s+|%20|\+)"
            r"(?=[\w.~+/-]*(?:[0-9_~+/=]|\.\w)|[\w-]{20})[\w.~+/-]{8,}=*",
            re.IGNORECASE,
        ),
        rf"\1\2{REDACTED}",
    ),
    # user:password@ in addresses
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"), rf"\1{REDACTED}"),
    # "api_key": "...", password=..., also inside JSON inside JSON
    (
        re.compile(
            rf"(?<![A-Za-z0-9_-])({_NAMES_OF_KEYS})(\\*[\"']?\s*[:=]\s*\\*[\"']?)"
            r"(?!\s|\[redacted|(?:null|true|false|Bearer|Basic)\b)[^\s\"'\\,;&}\])]+",
            re.IGNORECASE,
        ),
        rf"\1\2{REDACTED}",
    ),
    # card security codes, as read out to somebody
    (
        re.compile(
            r"\b(cvv2?|cvc2?|security code)(\W{1,3}(?:(?:is|number|code)\W{1,3}){0,2})"
            r"[0-9](?:[ -]?[0-9]){2,3}(?![0-9])",
            re.IGNORECASE,
        ),
        rf"\1\2{REDACTED}",
    ),
)

_DIGIT_RUN = re.compile(r"(?<![A-Za-z0-9_])[0-9](?:[ \u00a0.-]?[0-9]){12,}(?![A-Za-z_])")
_GROUP = re.compile(r"[0-9]+")
# Beginnings and lengths that card networks use; other numbers that pass Luhn's check are not cards.
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12,17}|35\d{14,17}"
    r"|(?:50|5[6-8]|6\d)\d{11,17}"
)


def is_secret_key(name: str) -> bool:
    """Return whether a value under this name must not be shown, whatever it is."""
    return _KEY.match(name) is not None


def redact(text: str) -> str:
    """Return the text without secrets. The rest is unchanged; a second time changes nothing."""
    for pattern, replacement in _TEXT_RULES:
        text = pattern.sub(replacement, text)
    return _DIGIT_RUN.sub(_without_cards, text)


def _without_cards(run: re.Match[str]) -> str:
    text, kept_from, parts = run[0], 0, []
    for start, end in _cards(text):
        parts += [text[kept_from:start], REDACTED_CARD]
        kept_from = end
    return "".join([*parts, text[kept_from:]])


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """Yield where card numbers stand; they begin and end with whole groups of digits."""
    groups = [match.span() for match in _GROUP.finditer(text)]
    first = 0
    while first < len(groups):
        last = _card_end(text, groups, first)
        if last is not None:
            yield groups[first][0], groups[last][1]
            first = last
        first += 1


def _card_end(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    digits, found = "", None
    for index in range(first, len(groups)):
        digits += text[slice(*groups[index])]
        if len(digits) > 19:
            break
        if _CARD.fullmatch(digits) and _passes_luhn(digits):
            found = index
    return found


def _passes_luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
