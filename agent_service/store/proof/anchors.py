"""The chain of the whole log: now and then it takes in every conversation's head that has moved.

So a conversation that disappears with its chain, or a chain that was cut and mended, is found; and
one hash, kept elsewhere, holds all of the log to what it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from agent_service.store.named_lock import lock_name
from agent_service.store.proof.chain import note_adopted
from agent_service.store.proof.form import START, anchor_head, heads_root
from agent_service.store.proof.tables import AnchoredHead, ProofAnchor, ProofHead

MOST_HEADS: Final = 1_000
"""Of one anchor; what is left goes into the next."""
MOST_ADOPTED: Final = 20
"""Conversations of one transaction: writers wait no longer than for one of their own."""


@dataclass(frozen=True, slots=True)
class Place:
    """An anchor, and the head of the log's chain there."""

    number: int = 0
    head: str = START
    key: str | None = None
    """The public key that it is signed with."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs anchors."""

    key: str
    """The public key, as hex."""
    sign: Callable[[str], str]
    """Return the signature of a text, as hex."""


_HEADS: Final = ProofHead.metadata.tables[ProofHead.__tablename__]
_ANCHORED: Final = (
    update(_HEADS)
    .where(_HEADS.c.conversation_id == bindparam("of"))
    .values(anchored=bindparam("at"))
)


def anchor_heads(session: Session, now: datetime, signer: Signer | None) -> int:
    """Add an anchor of the heads that have moved since the last one; return how many they are.

    With a ``signer`` who has not signed the last one, add one also if none has moved.
    """
    lock_name(session, "proof_anchors")  # held by one: what others add meanwhile goes into the next
    moved = session.execute(
        select(ProofHead.conversation_id, ProofHead.position, ProofHead.head)
        .where(ProofHead.anchored < ProofHead.position)
        .order_by(ProofHead.conversation_id)
        .limit(MOST_HEADS)
    ).all()
    last = last_anchor(session)
    if not moved and (last is None or signer is None or last.key == signer.key):
        return 0
    number, previous = (last.number + 1, last.head) if last else (1, START)
    root = heads_root([(row[0], row[1], row[2]) for row in moved])
    key = signer.key if signer else None
    head = anchor_head(previous, number=number, made_at=now, heads=len(moved), root=root, key=key)
    session.execute(
        insert(ProofAnchor).values(
            number=number,
            made_at=now,
            heads=len(moved),
            root=root,
            key=key,
            head=head,
            signature=signer.sign(head) if signer else None,
        )
    )
    if moved:
        session.execute(
            insert(AnchoredHead),
            [
                {"conversation_id": id, "anchor": number, "position": position, "head": end}
                for id, position, end in moved
            ],
        )
        session.connection().execute(
            _ANCHORED, [{"of": id, "at": position} for id, position, _ in moved]
        )
    return max(len(moved), 1)


def last_anchor(session: Session) -> Place | None:
    """Return the last anchor, if there is any."""
    last = session.execute(
        select(ProofAnchor.number, ProofAnchor.head, ProofAnchor.key)
        .order_by(ProofAnchor.number.desc())
        .limit(1)
    ).one_or_none()
    return last and Place(last.number, last.head, last.key)


def adopt_some(session: Session) -> int:
    """Chain some conversations from before there were chains; return how many."""
    older = session.scalars(
        select(ProofHead.conversation_id)
        .where(ProofHead.position == 0)
        .order_by(ProofHead.conversation_id)
        .limit(MOST_ADOPTED)
    ).all()
    note_adopted(session, older)
    return len(older)
