"""E-mail and web addresses in recognised speech: "jane dot doe at example dot com"."""

import re
from typing import Final

from agent_service.offline.english.names import NameBook
from agent_service.offline.english.numbers import UNITS

_ENDINGS: Final = "com|net|org|edu|gov|info|biz|shop|store|io|co|uk|de|us|ca|au|nz|ie|eu"
_DOT: Final = r"(?:\s*\.\s*|\s+dot\s+)"
_DASH: Final = r"(?:\s*-\s*|\s+(?:dash|hyphen)\s+)"
_JOIN: Final = rf"(?:{_DOT}|{_DASH}|\s*_\s*|\s+underscore\s+)"
_PART: Final = r"[A-Za-z0-9]+"
_DOMAIN: Final = (
    rf"{_PART}(?:(?:{_DASH}|{_DOT}){_PART})*?{_DOT}(?:{_ENDINGS})\b(?:{_DOT}(?:uk|au|nz)\b)?"
)
_FIGURES: Final = {word: str(digit) for word, digit in UNITS.items()} | {
    "for": "4",
    "to": "2",
    "too": "2",
    "free": "3",
    "oh": "0",
}
_BEHIND: Final = rf"(?P<figures>(?:\s(?:\d+|{'|'.join(_FIGURES)}))*)"
"""The figures that a name ends with."""
# After "dot lopez", what was heard as "that", "a" or "add" before a domain can only have been "at".
_JOINED_MAIL: Final = re.compile(
    rf"\b(?:(?P<lead>[A-Za-z']+)\s+)?(?P<local>{_PART}(?:{_JOIN}{_PART})+){_BEHIND}"
    rf"(?:\s+(?:at|that|a|add|and)\s+|\s*@\s*)(?P<domain>{_DOMAIN})",
    re.I,
)
# "dot patella gmail dot com": the "at" was heard as the end of the name.
_UNJOINED_MAIL: Final = re.compile(
    rf"\b(?:(?P<lead>[A-Za-z']+)\s+)?(?P<first>{_PART})(?P<join>{_JOIN})"
    rf"(?P<rest>[A-Za-z]+(?:\s+[A-Za-z]+)?)\s+(?P<domain>{_DOMAIN})",
    re.I,
)
_PLAIN_MAIL: Final = re.compile(
    rf"\b(?P<local>{_PART}){_BEHIND}(?:\s+at\s+|\s*@\s*)(?P<domain>{_DOMAIN})", re.I
)
# No address ends in "com.uk" or "code.uk": that was "co".
_BRITISH: Final = re.compile(rf"({_DOT})(?:co|com|code|call)({_DOT})u\s*\.?\s*k\b", re.I)
_SITE: Final = re.compile(rf"\b(?:w\s*w\s*w{_DOT})?{_DOMAIN}", re.I)
_SPOKEN_DOT: Final = re.compile(r"\s+dot\s+", re.I)
_PLACE_WORDS: Final = (
    "am are arrived bought buy found got is it item items look looked me online order ordered "
    "orders page sale shop shopped shopping something that them there these things this was were "
    "you"
)
_BEFORE_A_SITE: Final = frozenset(_PLACE_WORDS.split())
_ABOUT_MAIL: Final = re.compile(r"\b(?:e-?mail|mail|receipt|address)\b", re.I)


def with_addresses(text: str, names: NameBook | None = None) -> str:
    """Write the addresses in the text the way they are typed; ``names`` helps to hear people's."""
    text = _BRITISH.sub(r"\1co\2uk", text)
    text = _JOINED_MAIL.sub(lambda mail: _joined_mail(mail, names), text)
    if names:
        text = _UNJOINED_MAIL.sub(lambda mail: _unjoined_mail(mail, names), text)
    text = _PLAIN_MAIL.sub(lambda mail: _plain_mail(mail, names), text)
    return _SITE.sub(lambda site: _typed(site.group()), text) if _SPOKEN_DOT.search(text) else text


def _joined_mail(mail: re.Match[str], names: NameBook | None) -> str:
    first, join, last = re.split(r"([._-])", _typed(mail["local"]) + _figures(mail), maxsplit=1)
    lead = mail["lead"]
    if names:
        lead, first = _first_name(lead, first, names)
        last = (names.last_name(last) if last.isalpha() else None) or last
    return (f"{lead} " if lead else "") + f"{first}{join}{last}@{_typed(mail['domain'])}"


def _unjoined_mail(mail: re.Match[str], names: NameBook) -> str:
    last = names.last_name_and_at(mail["rest"].lower())
    if last is None:
        return mail.group()
    lead, first = _first_name(mail["lead"], mail["first"].lower(), names)
    join = _typed(mail["join"])
    return (f"{lead} " if lead else "") + f"{first}{join}{last}@{_typed(mail['domain'])}"


def _first_name(lead: str | None, first: str, names: NameBook) -> tuple[str | None, str]:
    """Return the word before the address, if it is none of it, and the first name."""
    if len(first) == 1 and first != "a":
        return lead, first
    # "Nina" may be heard as two words, "nine a".
    whole = names.first_name(f"{lead} {first}".lower()) if lead and len(first) <= 3 else None
    return (None, whole) if whole else (lead, names.first_name(first) or first)


def _plain_mail(mail: re.Match[str], names: NameBook | None) -> str:
    """Tell "my email is jane at example dot com" from "look at example dot com"."""
    local = mail["local"].lower()
    is_place = local in _BEFORE_A_SITE and "@" not in mail.group()
    if is_place and not _ABOUT_MAIL.search(mail.string[: mail.start()]):
        return f"{mail['local']} at {_typed(mail['domain'])}"
    figures = _figures(mail)
    if names and figures and local.isalpha():
        local = names.first_name(local) or local
    return f"{local}{figures}@{_typed(mail['domain'])}"


def _figures(mail: re.Match[str]) -> str:
    return "".join(_FIGURES.get(word, word) for word in mail["figures"].lower().split())


def _typed(spoken: str) -> str:
    text = re.sub(r"\s*\bdot\b\s*|\s*\.\s*", ".", spoken, flags=re.I)
    text = re.sub(r"\s*\bunderscore\b\s*", "_", text, flags=re.I)
    text = re.sub(r"\s*\b(?:dash|hyphen)\b\s*", "-", text, flags=re.I)
    return re.sub(r"\s+", "", text).lower()
