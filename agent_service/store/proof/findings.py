"""What a check of the proof finds, and what it has looked at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agent_service.store.proof.chain import RowKey


class Wrong(StrEnum):
    """What is wrong at a place."""

    EDITED = "edited"
    MISSING = "missing"
    INSERTED = "inserted"
    UNREADABLE = "unreadable"
    LINK = "link"
    """The chain does not hold together."""
    TAIL = "tail"
    """The chain does not end where it did."""
    ANCHOR = "anchor"
    SIGNATURE = "signature"
    HEAD = "head"
    """The chain never had the head that was kept elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it was written, and its place."""

    wrong: Wrong
    message: str
    conversation_id: str | None = None
    kind: str | None = None
    """Of the row."""
    row_id: str | None = None
    position: int | None = None
    """Of the link."""
    anchor: int | None = None


@dataclass(slots=True)
class Tally:
    """What was looked at."""

    conversations: int = 0
    rows: int = 0
    links: int = 0
    erased: int = 0
    """Rows of which a tombstone is left."""
    uncovered: int = 0
    """Conversations from before there were chains, which the service has not adopted yet."""
    recordings: int = 0
    """Recordings whose file was read, and compared with its hash."""
    pictures: int = 0
    """Pictures that were read, and compared with their hash."""
    unreached: int = 0
    """Recordings whose storage was away."""
    anchors: int = 0
    signed: int = 0
    findings: int = 0
    head: str | None = None
    """The last one: of the conversation's chain, or of the log's."""

    def count(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Pass the findings on, counted."""
        for finding in findings:
            self.findings += 1
            yield finding


def wrong_row(wrong: Wrong, key: RowKey, link: Any, what: str) -> Finding:
    """Say what is wrong with a row; ``link`` is its last one, if it has any."""
    kind, conversation_id, row_id = key
    return Finding(
        wrong=wrong,
        message=f"{kind.replace('_', ' ')} {row_id} {what}",
        conversation_id=conversation_id,
        kind=str(kind),
        row_id=row_id,
        position=None if link is None else link.position,
    )


def never_had(expected: str, whose: str) -> Finding:
    """Say that a chain never had a head."""
    message = f"the chain of {whose} never had the head {expected}: it was written anew"
    return Finding(wrong=Wrong.HEAD, message=message)
