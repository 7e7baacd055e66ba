"""Identifiers as the service makes them: a prefix, then characters, the first made of the time."""

import secrets
import string
import time

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LENGTHS = {"call_": 16, "ek_": 32}


def new_id(prefix: str) -> str:
    """Return a new identifier such as ``item_CkT2uMwZXxPckZ7lOaX7Y``."""
    length = _LENGTHS.get(prefix, 21)
    return prefix + _time_part() + "".join(secrets.choice(_ALPHABET) for _ in range(length - 4))


def _time_part() -> str:
    minutes = int(time.time() // 60)
    characters = []
    for _ in range(4):
        minutes, index = divmod(minutes, len(_ALPHABET))
        characters.append(_ALPHABET[index])
    return "".join(reversed(characters))
