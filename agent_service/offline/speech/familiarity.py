"""How much of an e-mail address that was heard is well known: that is the likelier reading."""

import re
from typing import Final

from agent_service.offline.english.names import NameBook
from agent_service.offline.english.wording import as_written

_ADDRESS: Final = re.compile(r"([\w.-]+)@([\w-]+)\.\w+")
_DOMAINS: Final = frozenset(("aol", "gmail", "hotmail", "icloud", "outlook", "yahoo"))


def familiarity(spoken: str, names: NameBook) -> int:
    """Return 0 where the words hold no address, else 1 and more for each part that is known.

    A name that was heard as such counts twice, one that was only guessed from its sound once.
    """
    address = _ADDRESS.search(as_written(spoken, names))
    if address is None:
        return 0
    said = set(re.findall(r"[a-z]+", spoken.lower()))
    known = [part for part in re.findall(r"[a-z]+", address[1]) if names.knows(part)]
    heard = [part for part in known if part in said]
    return 1 + len(known) + len(heard) + (address[2] in _DOMAINS)
