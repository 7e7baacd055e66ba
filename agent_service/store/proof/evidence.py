"""All that shows what one conversation was: its rows, its chain, and the anchors that hold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_service.store.answers import WholeConversation
from agent_service.store.proof.chain import RowKey
from agent_service.store.proof.checking import findings_in, formed
from agent_service.store.proof.findings import Finding, Tally
from agent_service.store.proof.form import FORMS, canonical
from agent_service.store.proof.reading import Chained, read_chained
from agent_service.store.proof.tables import AnchoredHead, ProofAnchor
from agent_service.store.queries import whole_conversation


@dataclass(frozen=True, slots=True)
class EvidentLink:
    """A link, with the text that it is the digest of where that can be known."""

    position: int
    kind: str
    row_id: str
    change: str
    form: int
    nonce: str | None
    digest: str
    head: str
    row: str | None
    """Of the last link of each row: earlier versions are not kept."""


@dataclass(frozen=True, slots=True)
class EvidentAnchor:
    """An anchor that holds the conversation's head at a position."""

    number: int
    made_at: datetime
    position: int
    log_head: str
    key: str | None
    signature: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A conversation, and what holds it to what it was."""

    whole: WholeConversation
    links: Sequence[EvidentLink]
    anchors: Sequence[EvidentAnchor]
    findings: Sequence[Finding]
    """What is not as it was written."""


def evidence_of(session: Session, conversation_id: str) -> Evidence | None:
    """Return the evidence of a conversation, or None if there is no such."""
    whole = whole_conversation(session, conversation_id)
    if whole is None:
        return None
    chained = read_chained(session, [conversation_id])[conversation_id]
    anchors = session.execute(
        select(
            ProofAnchor.number,
            ProofAnchor.made_at,
            AnchoredHead.position,
            ProofAnchor.head,
            ProofAnchor.key,
            ProofAnchor.signature,
        )
        .join(ProofAnchor, ProofAnchor.number == AnchoredHead.anchor)
        .where(AnchoredHead.conversation_id == conversation_id)
        .order_by(ProofAnchor.number)
    )
    return Evidence(
        whole,
        _links(chained),
        [EvidentAnchor(*row) for row in anchors],
        list(findings_in(chained, Tally())),
    )


def _links(one: Chained) -> list[EvidentLink]:
    last = {(link.kind, link.row_id): link.position for link in one.links}
    return [
        EvidentLink(
            link.position,
            link.kind,
            link.row_id,
            link.change,
            link.form,
            link.nonce,
            link.digest,
            link.head,
            _row(one, link) if last[link.kind, link.row_id] == link.position else None,
        )
        for link in one.links
    ]


def _row(one: Chained, link: Any) -> str | None:
    key = RowKey(link.kind, one.id, link.row_id)
    row = one.rows.get(key)
    if row is None or link.nonce is None or link.form not in FORMS:
        return None
    return canonical(formed(row, key, link.form))
