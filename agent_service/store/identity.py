"""Proofs of who is calling. They are checked here, never by the model; tries are few.

A right and a wrong answer do the same work, and every try is a row: nobody can guess their way in,
neither in one conversation, nor about one account, nor in many conversations from one place.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.clock import uuid7
from agent_service.errors import AgentServiceError
from agent_service.store.named_lock import lock_name
from agent_service.store.proofs import CODE
from agent_service.store.rows import UnreadRow
from agent_service.store.schema import CleanText, Table, ToldText

TRIES_PER_CONVERSATION: Final = 3
TRIES_PER_ACCOUNT_DAY: Final = 5
CODE_LASTS: Final = timedelta(minutes=5)


class ProofError(AgentServiceError):
    """There were too many tries."""

    code = "too_many_tries"


class SourceExhausted(ProofError):
    """Too many checks failed in a short time. Please try again in an hour, or ask our team."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who tries to prove an identity, and from where."""

    conversation_id: str
    began_at: datetime
    """When that conversation began."""
    source: str
    """The web site, or the agent where none is known, whose callers share an hour's tries."""


class IdentityTry(Table):
    """One try to prove an identity, right or wrong."""

    __tablename__ = "identity_tries"
    __table_args__ = (
        Index(None, "conversation_id", "kind"),
        Index(None, "account", "kind", "tried_at"),
        Index(None, "source", "kind", "tried_at"),
    )

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(CleanText(36))
    kind: Mapped[str] = mapped_column(CleanText(24))
    account: Mapped[ToldText]
    """What was claimed: a customer, or what a proof's first field names."""
    source: Mapped[str | None]
    """None for tries of a release that did not keep it."""
    is_right: Mapped[bool]
    tried_at: Mapped[datetime]


class OneTimeCode(UnreadRow, Table):
    """A code sent to a contact on file; only its hash is kept."""

    __tablename__ = "one_time_codes"
    __table_args__ = (Index(None, "customer_id", "sent_at"),)

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(CleanText(36))
    customer_id: Mapped[str] = mapped_column()
    code_hash: Mapped[str]
    sent_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


def check_answers(
    session: Session,
    claimant: Claimant,
    *,
    kind: str,
    claim: str,
    answers: Mapping[str, str],
    expected: Mapping[str, str] | None,
    source_limit: int,
    now: datetime,
) -> bool:
    """Tell whether all answers are what is expected; None is expected of an unknown account.

    ``claim`` is the account. Raises ProofError after too many wrong tries in this conversation,
    about this account today, or from this source in the last hour.
    """
    account = f"{kind} {_folded(claim).decode()}"
    # Guesses about one account wait for each other, so none slips past the count.
    lock_name(session, f"proof {account}")
    _count_try(session, claimant, kind, account, source_limit, now)
    is_right = expected is not None
    for name, answer in answers.items():
        # An unknown account costs the same comparisons as a known one with other answers.
        right = (expected or {}).get(name) or secrets.token_hex(8)
        is_right &= hmac.compare_digest(_folded(answer), _folded(right))
    _keep_try(session, claimant, kind, account, is_right, now)
    return is_right


def new_code(conversation_id: str, customer_id: str, now: datetime) -> tuple[OneTimeCode, str]:
    """Return a fresh code, as the row to keep and as the digits to send."""
    code, id = f"{secrets.randbelow(10**6):06d}", uuid7()
    row = OneTimeCode(
        id=id,
        conversation_id=conversation_id,
        customer_id=customer_id,
        code_hash=_hash(id, code),
        sent_at=now,
    )
    return row, code


def check_code(
    session: Session,
    claimant: Claimant,
    *,
    customer_id: str,
    code: str,
    source_limit: int,
    now: datetime,
) -> bool:
    """Tell whether that is the newest code sent in this conversation; it works once."""
    # Guesses wait for each other at the customer's codes: without any, none can be right.
    session.execute(
        select(OneTimeCode.id).where(OneTimeCode.customer_id == customer_id).with_for_update()
    )
    _count_try(session, claimant, CODE, customer_id, source_limit, now)
    sent = session.scalars(
        select(OneTimeCode)
        .where(
            OneTimeCode.conversation_id == claimant.conversation_id,
            OneTimeCode.customer_id == customer_id,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.sent_at > now - CODE_LASTS,
        )
        .order_by(OneTimeCode.sent_at.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    right = sent.code_hash if sent else _hash("", secrets.token_hex(8))
    is_right = hmac.compare_digest(_hash(sent.id if sent else "", code), right)
    if sent is not None and is_right:
        sent.used_at = now
    _keep_try(session, claimant, CODE, customer_id, is_right, now)
    return is_right


def _count_try(
    session: Session,
    claimant: Claimant,
    kind: str,
    account: str,
    source_limit: int,
    now: datetime,
) -> None:
    wrong = select(func.count()).where(IdentityTry.kind == kind, ~IdentityTry.is_right)
    here = wrong.where(IdentityTry.conversation_id == claimant.conversation_id)
    today = wrong.where(
        IdentityTry.account == account, IdentityTry.tried_at > now - timedelta(days=1)
    )
    # Guesses about different accounts do not wait for each other: as many as are being looked at
    # on other connections may slip past this count, which is far above what one caller gets.
    lately = wrong.where(
        IdentityTry.source == claimant.source, IdentityTry.tried_at > now - timedelta(hours=1)
    )
    if session.scalars(here).one() >= TRIES_PER_CONVERSATION:
        raise ProofError
    if session.scalars(today).one() >= TRIES_PER_ACCOUNT_DAY:
        raise ProofError
    if session.scalars(lately).one() >= source_limit:
        raise SourceExhausted


def _keep_try(
    session: Session,
    claimant: Claimant,
    kind: str,
    account: str,
    is_right: bool,
    now: datetime,
) -> None:
    session.add(
        IdentityTry(
            id=uuid7(),
            conversation_id=claimant.conversation_id,
            kind=kind,
            account=account,
            source=claimant.source,
            is_right=is_right,
            tried_at=now,
        )
    )
    session.flush()


def _hash(id: str, code: str) -> str:
    return hashlib.sha256(f"{id}:{_folded(code).decode()}".encode()).hexdigest()


def _folded(text: str) -> bytes:
    """Drop what people type differently: spaces, hyphens, letter case."""
    kept = "".join(character for character in text[:64] if character.isalnum())
    return kept.casefold().encode(errors="replace")
