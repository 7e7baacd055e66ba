"""What is hashed, and how: the canonical form of a row, its digest, and what links a chain.

docs/proof.md tells it to who checks by hand: a change here is a new form, and the old one stays.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Table as Declared

from agent_service.store.proof.tables import RowKind
from agent_service.store.tables import (
    Confirmation,
    Conversation,
    Incident,
    Rating,
    ToolCall,
    Turn,
)

START: Final = "0" * 64
"""The head before the first link."""

FORM: Final = 3
"""Of the rows that are written now."""

_PLACE: Final = ("started_ms", "ended_ms")

_FIRST: Final[Mapping[RowKind, tuple[str, ...]]] = {
    RowKind.CONVERSATION: (
        *("id", "agent", "channel", "modality", "customer_id", "caller_name", "caller_level"),
        *("provider", "model", "started_at", "ended_at", "end_reason", "disclosure_heard_at"),
        "language",
    ),
    RowKind.TURN: (
        *("number", "id", "conversation_id", "seq", "role", "modality", "text", "heard_text"),
        *("heard_ms", "is_interrupted", "started_at", "ended_at", "first_audio_ms"),
        *("input_text_tokens", "input_audio_tokens", "cached_text_tokens"),
        *("cached_audio_tokens", "output_text_tokens", "output_audio_tokens", "cost_usd"),
        *("item_id", "response_id", "flags", "audio_start_ms", "audio_end_ms", *_PLACE),
    ),
    RowKind.TOOL_CALL: (
        *("id", "conversation_id", "tool_call_id", "name", "arguments", "arguments_hash"),
        *("intent_key", "effect", "status", "error_kind", "output", "is_untrusted"),
        *("is_external", "attempt", "confirmation_id", "requested_at", "started_at"),
        *("ended_at", *_PLACE),
    ),
    RowKind.CONFIRMATION: (
        *("id", "conversation_id", "tool_call_id", "summary", "arguments_hash", "status"),
        *("offered_at", "expires_at", "heard_at", "decided_at", "decided_by", "answer"),
        *_PLACE,
    ),
    RowKind.INCIDENT: (*("id", "conversation_id", "code", "message", "occurred_at", *_PLACE),),
    RowKind.RATING: ("conversation_id", "score", "comment", "rated_at"),
}
_FORMS: Final[Mapping[int, Mapping[RowKind, tuple[str, ...]]]] = {
    1: _FIRST,
    2: {
        **_FIRST,
        RowKind.CONVERSATION: (*_FIRST[RowKind.CONVERSATION], "recording_sha256"),
    },
    3: {
        **_FIRST,
        RowKind.CONVERSATION: (
            *(*_FIRST[RowKind.CONVERSATION], "recording_sha256", "pictures_sha256"),
        ),
    },
}
FORMS: Final = {
    form: {kind: tuple(sorted(names)) for kind, names in kinds.items()}
    for form, kinds in _FORMS.items()
}
"""The columns of each form, in the order of their names: all columns of a row but
those that follow from others (``DERIVED``). One that is added makes a new form: rows of the old one
lack it."""

DERIVED: Final = frozenset(
    {"turns.search_words", "turns.place", "tool_calls.search_words", "tool_calls.place"}
)

TABLES: Final[Mapping[RowKind, Declared]] = {
    kind: table.metadata.tables[table.__tablename__]
    for kind, table in (
        (RowKind.CONVERSATION, Conversation),
        (RowKind.TURN, Turn),
        (RowKind.TOOL_CALL, ToolCall),
        (RowKind.CONFIRMATION, Confirmation),
        (RowKind.INCIDENT, Incident),
        (RowKind.RATING, Rating),
    )
}
KINDS: Final[Mapping[str, RowKind]] = {table.name: kind for kind, table in TABLES.items()}
"""By the name of the table; of rows in others there is no proof."""
KEYS: Final[Mapping[RowKind, str]] = {
    RowKind.CONVERSATION: "id",
    RowKind.TURN: "id",
    RowKind.TOOL_CALL: "tool_call_id",  # the ledger and the record know a call by it
    RowKind.CONFIRMATION: "id",
    RowKind.INCIDENT: "id",
    RowKind.RATING: "conversation_id",
}
"""The column that names a row within its conversation."""


def conversation_column(kind: RowKind) -> str:
    """Return the column that says of which conversation a row is."""
    return "id" if kind is RowKind.CONVERSATION else "conversation_id"


def canonical(row: Mapping[str, Any]) -> str:
    """Return a row, whose names are sorted, as the text that is hashed: JSON, times in UTC."""
    return _ENCODER.encode(row)


def digest_of(nonce: str, text: str) -> str:
    """Return the digest of a row's canonical form."""
    return _hash(nonce + text)


def link_head(
    previous: str,
    *,
    conversation_id: str,
    position: int,
    kind: str,
    row_id: str,
    change: str,
    form: int,
    digest: str,
) -> str:
    """Return the hash of a chain up to a link, from that up to the link before."""
    # The row's id last: of the others none can hold the end of a line.
    return _hash(
        f"{previous}\n{conversation_id}\n{position}\n{kind}\n{change}\n{form}\n{digest}\n{row_id}"
    )


def heads_root(heads: Sequence[tuple[str, int, str]]) -> str:
    """Return the hash of the heads of an anchor: conversation, position and head of each."""
    return _hash("\n".join(f"{id}\n{position}\n{head}" for id, position, head in sorted(heads)))


def anchor_head(
    previous: str, *, number: int, made_at: datetime, heads: int, root: str, key: str | None
) -> str:
    """Return the hash of the log's chain up to an anchor."""
    return _hash(f"{previous}\n{number}\n{_time(made_at)}\n{heads}\n{root}\n{key or ''}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _time(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no canonical form")
    moment = value.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="microseconds") + "Z"


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_time)
