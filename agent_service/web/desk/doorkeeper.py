"""Checks names and passwords: the same answer in the same time, whatever is wrong with them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from agent_service.clock import Clock
from agent_service.errors import CallerError, QueryError, TryLater
from agent_service.store.auditing import audit
from agent_service.store.database import Database
from agent_service.store.members import Member
from agent_service.store.passwords import HASHER, hash_password, is_password, wrong_with
from agent_service.store.sign_ins import open_sign_in
from agent_service.store.users import find_user, set_password
from agent_service.web.desk.tries import Tries

HASHED_AT_ONCE: Final = 1
"""Each takes 64 MiB and a core for a tenth of a second, which calls want too."""
MOST_WAITING: Final = 20
WRONG: Final = "The name or the password is wrong."

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a user that a password is compared with."""

    user_id: str
    name: str
    password_hash: str | None


class Doorkeeper:
    """Signs users in, and lets them choose another password."""

    def __init__(self, database: Database, clock: Clock, hasher: PasswordHasher = HASHER) -> None:
        self._database = database
        self._hasher = hasher
        self._clock = clock
        self._tries = Tries(clock)
        self._hashing = asyncio.Semaphore(HASHED_AT_ONCE)
        self._waiting = 0

    async def sign_in(self, name: str, password: str, *, source: str, browser: str) -> str:
        """Return the key of a new sign-in; raise CallerError when it is none, or too often."""
        name = name.strip().casefold()
        self._tries.begin(name, source)
        kept = await self._database.run(partial(_kept, name=name))
        if not await self._fits(password, kept):
            await self._note_refusal(kept)
            raise CallerError(WRONG, code="wrong_password")
        assert kept is not None, "nobody has a password without being a user"
        new_hash = None
        if self._hasher.check_needs_rehash(kept.password_hash or ""):
            new_hash = await self.hash(password)
        self._tries.forgive(name, source)
        work = partial(
            self._open, kept=kept, new_hash=new_hash, browser=browser, now=self._clock.utc()
        )
        return await self._database.run(work, is_write=True)

    async def change_password(
        self, member: Member, current: str, password: str, *, source: str
    ) -> None:
        """Give a user the password that they chose; all their other sign-ins end.

        Who signed in with a one-time password is not asked for it again.
        """
        problems = wrong_with(password, member.name)
        if problems:
            raise QueryError(problems)
        if not member.must_change:
            self._tries.begin(member.name, source)
            kept = await self._database.run(partial(_kept, name=member.name))
            if not await self._fits(current, kept):
                raise CallerError("The current password is wrong.", code="wrong_password")
            self._tries.forgive(member.name, source)
        password_hash = await self.hash(password)
        work = partial(
            set_password,
            name=member.name,
            password_hash=password_hash,
            now=self._clock.utc(),
            by=member.actor,
            must_change=False,
            keep=member.sign_in_id,
        )
        await self._database.run(work, is_write=True)

    async def _fits(self, password: str, kept: _Kept | None) -> bool:
        if self._waiting >= MOST_WAITING:
            raise TryLater("Too many people sign in at once: try again in a moment.")
        self._waiting += 1
        try:
            async with self._hashing:
                password_hash = kept.password_hash if kept else None
                return await asyncio.to_thread(is_password, password, password_hash, self._hasher)
        finally:
            self._waiting -= 1

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        async with self._hashing:
            return await asyncio.to_thread(hash_password, password, self._hasher)

    async def _note_refusal(self, kept: _Kept | None) -> None:
        _log.warning("sign_in_refused", user=kept.name if kept else None)
        # For a name that is none an entry is written too: it must take as long. Its words may be
        # a password in the wrong field, and stand nowhere.
        actor = f"user:{kept.name}" if kept else "stranger"
        work = partial(audit, actor=actor, action="sign_in.refused", now=self._clock.utc())
        await self._database.try_write(work)

    @staticmethod
    def _open(
        session: Session, kept: _Kept, new_hash: str | None, browser: str, now: datetime
    ) -> str:
        user = find_user(session, kept.name)
        if user is None or user.is_disabled:
            raise CallerError(WRONG, code="wrong_password")
        user.last_sign_in_at = now
        user.password_hash = new_hash or user.password_hash
        return open_sign_in(session, user.id, f"user:{user.name}", browser, now)


def _kept(session: Session, name: str) -> _Kept | None:
    user = find_user(session, name)
    if user is None or user.is_disabled:
        return None
    return _Kept(user.id, user.name, user.password_hash)
