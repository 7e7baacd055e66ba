"""E-mail and web addresses in recognised speech: "jane dot doe at example dot com"."""

import re
from typing import Final

from agent_service.offline.speech.names import NameBook

_ENDINGS: Final = (
    "com|net|org|edu|gov|info|biz|shop|store|io|co|uk|de|us|ca|au|nz|ie|eu|test|example"
)
_DOT: Final = r"(?:\s*\.\s*|\s+dot\s+)"
_DASH: Final = r"(?:\s*-\s*|\s+(?:dash|hyphen)\s+)"
_JOIN: Final = rf"(?:{_DOT}|{_DASH}|\s*_\s*|\s+underscore\s+)"
_PART: Final = r"[A-Za-z0-9]+"
_DOMAIN: Final = (
    rf"{_PART}(?:(?:{_DASH}|{_DOT}){_PART})*?{_DOT}(?:{_ENDINGS})\b(?:{_DOT}(?:uk|au|nz)\b)?"
)
# After "dot lopez", what was heard as "that", "a" or "add" before a domain can only have been "at".
_JOINED_MAIL: Final = re.compile(
    rf"\b(?:(?P<lead>[A-Za-z']+)\s+)?(?P<local>{_PART}(?:{_JOIN}{_PART})+(?:\s\d+)?)"
    rf"(?:\s+(?:at|that|a|add|and)\s+|\s*@\s*)(?P<domain>{_DOMAIN})",
    re.I,
)
_PLAIN_MAIL: Final = re.compile(
    rf"\b(?P<local>{_PART}(?:\s\d+)?)(?:\s+at\s+|\s*@\s*)(?P<domain>{_DOMAIN})", re.I
)
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
    text = _JOINED_MAIL.sub(lambda mail: _joined_mail(mail, names), text)
    text = _PLAIN_MAIL.sub(_plain_mail, text)
    return _SITE.sub(lambda site: _typed(site.group()), text) if _SPOKEN_DOT.search(text) else text


def _joined_mail(mail: re.Match[str], names: NameBook | None) -> str:
    lead, local = mail["lead"], _typed(mail["local"])
    if names:
        first, join, rest = re.split(r"([._-])", local, maxsplit=1)
        # "Nina" may be heard as two words, "nine a".
        whole = names.first_name(f"{lead} {first}".lower()) if lead and len(first) <= 3 else None
        if whole:
            lead, first = None, whole
        last = names.last_name(rest) if rest.isalpha() else None
        local = (names.first_name(first) or first) + join + (last or rest)
    return (f"{lead} " if lead else "") + f"{local}@{_typed(mail['domain'])}"


def _plain_mail(mail: re.Match[str]) -> str:
    """Tell "my email is jane at example dot com" from "look at example dot com"."""
    is_place = mail["local"].lower() in _BEFORE_A_SITE and "@" not in mail.group()
    if is_place and not _ABOUT_MAIL.search(mail.string[: mail.start()]):
        return f"{mail['local']} at {_typed(mail['domain'])}"
    return f"{_typed(mail['local'])}@{_typed(mail['domain'])}"


def _typed(spoken: str) -> str:
    text = re.sub(r"\s*\bdot\b\s*|\s*\.\s*", ".", spoken, flags=re.I)
    text = re.sub(r"\s*\bunderscore\b\s*", "_", text, flags=re.I)
    text = re.sub(r"\s*\b(?:dash|hyphen)\b\s*", "-", text, flags=re.I)
    return re.sub(r"\s+", "", text).lower()
