"""What a database URL must look like. No sentence here shows any part of one: where it is wrong,
a part of the password may stand in the place of the host, the port or the name."""

import re
from typing import Final

SCHEMES: Final = ("sqlite", "postgresql", "postgresql+psycopg")

_FORMS: Final = (
    "should begin with sqlite:/// or postgresql://, "
    "for example postgresql://user:password@host/name"
)
_ADDRESS: Final = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.%]*\]|[^:/?\[\]]*)(?::(?P<port>[^/?]*))?(?:[/?].*)?", re.DOTALL
)


def mistake_in(url: str) -> str | None:
    """Return what is wrong with the URL, as the end of a sentence, or None."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in SCHEMES:
        return _FORMS
    if re.search(r"[\x00-\x1f\x7f]|%00", rest):
        return "holds a character that no name or password can hold, such as the end of a line"
    if scheme == "sqlite":
        return _mistake_in_file(rest)
    return _mistake_in_address(rest)


def _mistake_in_file(rest: str) -> str | None:
    path, _, query = rest.partition("?")
    if not path.startswith("/"):
        return "should name a file: sqlite:///relative/file.db or sqlite:////absolute/file.db"
    if path[1:] in ("", ":memory:"):
        return "would keep nothing, as SQLite in memory: name a file, sqlite:///file.db"
    if query and "uri=true" not in query.split("&"):
        return "has a ? in the file's name: write it as %3F; options of SQLite need uri=true"
    return None


def _mistake_in_address(rest: str) -> str | None:
    user, _, address = rest.rpartition("@")
    if "@" in user:
        return "holds more than one @: in the user name and the password, write @ as %40"
    parts = _ADDRESS.fullmatch(address)
    if parts is None or not _is_host(parts["host"]):
        return "has a host that is none; an IPv6 address stands in brackets, [::1]"
    port = parts["port"]
    if port is not None and not (re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 65_536):
        return (
            "has a port that is no number from 1 to 65535: write host:5432; "
            "in the user name and the password, write : as %3A, / as %2F and @ as %40"
        )
    return None


def _is_host(name: str) -> bool:
    try:
        name.encode("idna")
    except UnicodeError:  # a part that is longer than 63 characters, or none
        return False
    return True
