"""E-mail and web addresses in recognised speech: "jane dot doe at example dot com"."""

import re
from typing import Final

_ENDINGS: Final = (
    "com|net|org|edu|gov|info|biz|shop|store|io|co|uk|de|us|ca|au|nz|ie|eu|test|example"
)
_JOIN: Final = r"(?:\s*[.]\s*|\s+dot\s+|\s*_\s*|\s+underscore\s+|\s*-\s*|\s+(?:dash|hyphen)\s+)"
_DOT: Final = r"(?:\s*[.]\s*|\s+dot\s+)"
_DOMAIN: Final = (
    rf"[A-Za-z0-9]+(?:(?:\s*-\s*|\s+(?:dash|hyphen)\s+|{_DOT})[A-Za-z0-9]+)*?"
    rf"{_DOT}(?:{_ENDINGS})\b(?:{_DOT}(?:uk|au|nz)\b)?"
)
_MAIL: Final = re.compile(
    rf"(?P<local>[A-Za-z0-9]+(?:{_JOIN}[A-Za-z0-9]+)*(?:\s\d+)?)"
    rf"(?:\s+at\s+|\s*@\s*)(?P<domain>{_DOMAIN})",
    re.I,
)
_SITE: Final = re.compile(rf"\b(?:w\s*w\s*w{_DOT})?{_DOMAIN}", re.I)
_SPOKEN_DOT: Final = re.compile(r"\s+dot\s+", re.I)
_ABOUT_MAIL: Final = re.compile(r"\b(?:e-?mail|mail|address|is|it's|under|to|with|for)\W*$", re.I)


def with_addresses(text: str) -> str:
    """Write the addresses in the text the way they are typed."""
    text = _MAIL.sub(_mail, text)
    return _SITE.sub(lambda site: _typed(site.group()), text) if _SPOKEN_DOT.search(text) else text


def _mail(found: re.Match[str]) -> str:
    local, domain = found["local"], found["domain"]
    is_plain = re.fullmatch(r"[A-Za-z]+", local)
    # "look at example dot com" is no mailbox, "my email is jane at example dot com" is one.
    if (
        is_plain
        and "@" not in found.group()
        and not _ABOUT_MAIL.search(found.string[: found.start()])
    ):
        return f"{local} at {_typed(domain)}"
    return f"{_typed(local)}@{_typed(domain)}"


def _typed(spoken: str) -> str:
    text = re.sub(r"\s*\bdot\b\s*|\s*[.]\s*", ".", spoken, flags=re.I)
    text = re.sub(r"\s*\bunderscore\b\s*", "_", text, flags=re.I)
    text = re.sub(r"\s*\b(?:dash|hyphen)\b\s*", "-", text, flags=re.I)
    return re.sub(r"\s+", "", text).lower()
