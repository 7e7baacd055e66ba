"""Proofs of who is calling. They are checked here, never by the model; tries are few.

A right and a wrong answer do the same work, and every try is a row: nobody can guess their way in,
neither in one conversation, nor about one account, nor in many conversations from one place.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from agent_service.clock import uuid7
from agent_service.demo_shop.tables import Customer, Order
from agent_service.errors import AgentServiceError
from agent_service.store.rows import OwnedRow
from agent_service.store.schema import CleanText, Table, ToldText

TRIES_PER_CONVERSATION: Final = 3
TRIES_PER_ACCOUNT_DAY: Final = 5
CODE_LASTS: Final = timedelta(minutes=5)


class ProofKind(StrEnum):
    KNOWLEDGE = "knowledge"
    CODE = "code"


class ProofError(AgentServiceError):
    """There were too many tries."""

    code = "too_many_tries"


class SourceExhausted(ProofError):
    """Too many checks failed in a short time. Please try again in an hour, or ask our team."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who tries to prove an identity, and from where."""

    conversation_id: str
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
    kind: Mapped[ProofKind]
    account: Mapped[ToldText]
    """What was claimed: a customer, or the order number of a knowledge check."""
    source: Mapped[str | None]
    """None for tries of a release that did not keep it."""
    is_right: Mapped[bool]
    tried_at: Mapped[datetime]


class OneTimeCode(OwnedRow, Table):
    """A code sent to a contact on file; only its hash is kept."""

    __tablename__ = "one_time_codes"
    __table_args__ = (Index(None, "customer_id", "sent_at"),)

    id: Mapped[str] = mapped_column(CleanText(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(CleanText(36))
    customer_id: Mapped[str] = mapped_column()
    code_hash: Mapped[str]
    sent_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


def check_knowledge(
    session: Session,
    claimant: Claimant,
    *,
    order_number: int,
    postcode: str,
    source_limit: int,
    now: datetime,
) -> Customer | None:
    """Return the customer whose order was delivered to that postcode, or None.

    Raises ProofError after too many wrong tries in this conversation, about this order today, or
    from this source in the last hour.
    """
    account = f"order {order_number}"
    # Guesses about one order wait for each other, so none slips past the count.
    session.execute(select(Order.number).where(Order.number == order_number).with_for_update())
    _count_try(session, claimant, ProofKind.KNOWLEDGE, account, source_limit, now)
    found = session.execute(
        select(Customer, Order.postcode)
        .join(Order, Order.customer_id == Customer.customer_id)
        .where(Order.number == order_number)
    ).one_or_none()
    # An unknown order costs the same comparison as a known one with another postcode.
    right = found[1] if found else secrets.token_hex(8)
    is_right = hmac.compare_digest(_folded(postcode), _folded(right)) and found is not None
    _keep_try(session, claimant, ProofKind.KNOWLEDGE, account, is_right, now)
    return found[0] if found and is_right else None


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
    _count_try(session, claimant, ProofKind.CODE, customer_id, source_limit, now)
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
    _keep_try(session, claimant, ProofKind.CODE, customer_id, is_right, now)
    return is_right


def _count_try(
    session: Session,
    claimant: Claimant,
    kind: ProofKind,
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
    kind: ProofKind,
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
