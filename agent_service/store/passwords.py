"""Passwords of the desk's users: hashed with Argon2id, which takes memory and time on purpose.

Never on the event loop, and never many at once: each takes 64 MiB.
"""

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from agent_service.errors import QueryProblem

SHORTEST: Final = 12
LONGEST: Final = 200
_ONE_TIME_BYTES: Final = 15

HASHER: Final = PasswordHasher(parallelism=1)
"""The effort that the package's authors recommend, on one core: the others carry sound."""


def new_password() -> str:
    """Return a password that nobody can guess."""
    return secrets.token_urlsafe(_ONE_TIME_BYTES)


def hash_password(password: str, hasher: PasswordHasher = HASHER) -> str:
    """Return what is kept of a password."""
    return hasher.hash(_bytes(password))


def is_password(password: str, password_hash: str | None, hasher: PasswordHasher = HASHER) -> bool:
    """Tell whether it is the password; without a hash it takes as long, and it is not."""
    try:
        hasher.verify(password_hash or _nobodys(hasher), _bytes(password))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def wrong_with(password: str, name: str) -> list[QueryProblem]:
    """Return what keeps a text from being somebody's password."""
    found = []
    if len(password) < SHORTEST:
        found.append(QueryProblem("password", f"should have {SHORTEST} characters or more"))
    if len(password) > LONGEST:
        found.append(QueryProblem("password", f"has more than {LONGEST} characters"))
    if name.casefold() in password.casefold() and len(password) < len(name) + SHORTEST:
        found.append(QueryProblem("password", "is little more than the name"))
    if len(set(password)) < 5:
        found.append(QueryProblem("password", "repeats the same few characters"))
    return found


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_bytes(16))


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
