"""The tables of the proof: a chain of hashes for each conversation, and one of the whole log.

Nothing here refers to the rows that it speaks of: it stays when they are erased. The texts are ours
and hashes: none has to be cleaned.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from agent_service.store.schema import Table, index_where


class RowKind(StrEnum):
    """What a row of the record is, in the order in which rows of one commit are chained."""

    CONVERSATION = "conversation"
    TURN = "turn"
    TOOL_CALL = "tool_call"
    CONFIRMATION = "confirmation"
    INCIDENT = "incident"
    RATING = "rating"


class Change(StrEnum):
    """What happened to a row."""

    ADOPTED = "adopted"
    """It was there before there were chains."""
    WRITTEN = "written"
    """It was made, or got a later version."""
    REDACTED = "redacted"
    """Something was taken out of it for good."""
    ERASED = "erased"


class ProofLink(Table):
    """One version of one row, as a link of its conversation's chain."""

    __tablename__ = "proof_links"
    __table_args__ = ({"sqlite_with_rowid": False},)

    conversation_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1."""
    kind: Mapped[RowKind]
    row_id: Mapped[str] = mapped_column(String())
    change: Mapped[Change]
    form: Mapped[int]
    """Which columns the digest is of."""
    nonce: Mapped[str | None] = mapped_column(String(32))
    """Makes the digest say nothing of the row; destroyed when what the row held is taken out."""
    digest: Mapped[str] = mapped_column(String(64))
    """Of the nonce and the row; empty for one that was erased."""
    head: Mapped[str] = mapped_column(String(64))
    """Hash of all of the chain up to here."""


class ProofHead(Table):
    """Where a conversation's chain ends."""

    __tablename__ = "proof_heads"
    __table_args__ = (
        index_where("ix_proof_heads_to_anchor", "conversation_id", where="anchored < position"),
        index_where("ix_proof_heads_to_adopt", "conversation_id", where="position = 0"),
    )

    conversation_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int]
    """Of the last link; 0 for a conversation from before there were chains."""
    head: Mapped[str] = mapped_column(String(64))
    anchored: Mapped[int] = mapped_column(server_default=text("0"))
    """The position that the last anchor holds."""


class ProofAnchor(Table):
    """An entry in the chain of the whole log: the heads that had moved since the one before."""

    __tablename__ = "proof_anchors"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1."""
    made_at: Mapped[datetime]
    heads: Mapped[int]
    """How many heads it holds."""
    root: Mapped[str] = mapped_column(String(64))
    """Hash of these heads."""
    key: Mapped[str | None] = mapped_column(String(64))
    """The public key that checks the signature."""
    head: Mapped[str] = mapped_column(String(64))
    """Hash of all of the chain up to here."""
    signature: Mapped[str | None] = mapped_column(String(128))


class AnchoredHead(Table):
    """A conversation's head in an anchor."""

    __tablename__ = "proof_anchored"
    __table_args__ = (Index(None, "anchor", "conversation_id"), {"sqlite_with_rowid": False})

    conversation_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    anchor: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
