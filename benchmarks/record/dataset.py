"""Makes the data set: conversations as support calls go, written past the service, in bulk.

Everything that the database keeps itself (places, search index, facts) is made by its own triggers.
"""

import json
import random
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg
from sqlalchemy import make_url

from agent_service.store.call_text import call_text
from agent_service.store.words import fold
from benchmarks.record.wording import LANGUAGES, Wording

TURNS_EACH: Final = 10
"""On average."""
LAST_DAY: Final = datetime(2026, 11, 1, tzinfo=UTC)
DAYS: Final = 365
CHUNK: Final = 1_000

TOOLS: Final[Mapping[str, tuple[float, str]]] = {
    "find_order": (45, "read"),
    "search_help": (20, "read"),
    "refund_order": (8, "write"),
    "cancel_order": (5, "write"),
    "change_address": (4, "write"),
    "create_ticket": (6, "write"),
    "request_callback": (3, "write"),
    "reset_pin": (0.01, "write"),
}
"""How often each is called, and what it does."""
STATUSES: Final = {
    "succeeded": 80,
    "failed": 5,
    "fix_arguments": 4,
    "not_allowed": 3,
    "timed_out": 1,
    "declined": 4,
    "retry_later": 2,
    "awaiting_approval": 0.5,
}
INCIDENTS: Final = ("provider_failed", "provider_dropped", "caller_audio_dropped", "slow_provider")


@dataclass(slots=True)
class Rows:
    """Rows of some conversations, by table."""

    conversations: list[dict[str, Any]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    confirmations: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    recordings: list[dict[str, Any]] = field(default_factory=list)
    approvals: list[dict[str, Any]] = field(default_factory=list)


class Dataset:
    """Conversations in the order in which they began; the same ones each time."""

    def __init__(self, turns: int) -> None:
        self._chance = random.Random(11)
        self.wording = Wording(self._chance)
        self.conversations = turns // TURNS_EACH

    def chunks(self) -> Iterator[Rows]:
        """Yield all rows, some conversations at a time."""
        step = timedelta(days=DAYS) / self.conversations
        began = LAST_DAY - timedelta(days=DAYS)
        for first in range(0, self.conversations, CHUNK):
            rows = Rows()
            for n in range(first, min(first + CHUNK, self.conversations)):
                self._conversation(rows, began + n * step)
            yield rows

    def _conversation(self, rows: Rows, began: datetime) -> None:
        chance = self._chance
        language = chance.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
        id, turns = self._id(began), max(1, round(chance.gauss(TURNS_EACH, 3)))
        seconds = turns * chance.uniform(4, 12)
        customer = f"C{chance.randrange(20_000):05}" if chance.random() < 0.8 else None
        level = chance.choice(("identified", "verified")) if customer else "anonymous"
        rows.conversations.append(
            {
                "id": id,
                "agent": chance.choices(("support", "sales", "returns"), (80, 19, 1))[0],
                "channel": chance.choices(("widget", "realtime", "phone"), (70, 28, 2))[0],
                "modality": chance.choices(("audio", "text"), (85, 15))[0],
                "customer_id": customer,
                "caller_level": level,
                "provider": "offline",
                "model": "offline",
                "started_at": began,
                "language": language,
                "ended_at": began + timedelta(seconds=seconds),
                "end_reason": chance.choices(
                    ("caller_ended", "idle", "agent_ended", "process_lost"), (70, 20, 9.5, 0.5)
                )[0],
            }
        )
        for seq in range(1, turns + 1):
            self._turn(rows, id, began, seq, language)
        for nth in range(chance.choice((0, 1, 2, 2, 3, 4))):
            self._call(rows, id, began, nth)
        if chance.random() < 0.03:
            code = "disk_full" if chance.random() < 0.01 else chance.choice(INCIDENTS)
            rows.incidents.append(
                {
                    "id": self._id(began),
                    "conversation_id": id,
                    "code": code,
                    "message": "It went wrong.",
                    "occurred_at": began,
                }
            )
        if chance.random() < 0.2:
            rows.ratings.append(
                {
                    "conversation_id": id,
                    "score": chance.choice((1, 2, 3, 4, 5, 5)),
                    "comment": None,
                    "rated_at": began,
                }
            )
        if chance.random() < 0.6:
            rows.recordings.append(
                {
                    "id": self._id(began),
                    "conversation_id": id,
                    "side": "both",
                    "location": f"{id}.ogg",
                    "media_type": "audio/ogg",
                    "duration_ms": round(seconds * 1000),
                    "size_bytes": 1,
                    "sha256": "0" * 64,
                    "created_at": began,
                }
            )

    def _turn(self, rows: Rows, id: str, began: datetime, seq: int, language: str) -> None:
        chance, is_agent = self._chance, seq % 2 == 0
        text, at_ms = self.wording.turn(language), seq * 6000
        is_cut = is_agent and chance.random() < 0.06
        at = began + timedelta(milliseconds=at_ms)
        flag = chance.random()
        rows.turns.append(
            {
                "id": self._id(at),
                "conversation_id": id,
                "seq": seq,
                "role": "agent" if is_agent else "caller",
                "modality": "audio",
                "text": text,
                "search_words": text,
                "heard_text": text[: len(text) // 2] if is_cut else text,
                "heard_ms": 2500,
                "is_interrupted": is_cut,
                "started_at": at,
                "ended_at": at + timedelta(seconds=4),
                "first_audio_ms": int(chance.lognormvariate(6.4, 0.4)) if is_agent else None,
                "cost_usd": round(chance.uniform(0.001, 0.02), 6) if is_agent else None,
                "flags": json.dumps(
                    ["late_transcript"] if flag < 0.02 else ["cut_off"] if flag < 0.0205 else []
                ),
                "started_ms": at_ms,
                "ended_ms": at_ms + 4000,
            }
        )

    def _call(self, rows: Rows, id: str, began: datetime, nth: int) -> None:
        chance = self._chance
        tool = chance.choices(list(TOOLS), [often for often, _ in TOOLS.values()])[0]
        effect, order = TOOLS[tool][1], chance.randrange(1000, 90_000)
        status = chance.choices(list(STATUSES), list(STATUSES.values()))[0]
        at = began + timedelta(seconds=5 + 10 * nth)
        arguments = json.dumps({"order_number": order, "item": self.wording.things(1)[0]})
        output = json.dumps(
            {"status": "shipped", "items": self.wording.things(3), "parcel": f"RMA{order}"}
        )
        call_id, question = f"call_{nth}", None
        if effect == "write":
            question = self._id(at)
            answer = chance.choices(("accepted", "declined", "expired", "voided"), (85, 8, 4, 3))[0]
            rows.confirmations.append(
                {
                    "id": question,
                    "conversation_id": id,
                    "tool_call_id": call_id,
                    "summary": f"Do it with order {order}",
                    "arguments_hash": "0" * 64,
                    "status": answer,
                    "offered_at": at,
                    "expires_at": at + timedelta(minutes=1),
                }
            )
        rows.tool_calls.append(
            {
                "id": self._id(at),
                "conversation_id": id,
                "tool_call_id": call_id,
                "name": tool,
                "arguments": arguments,
                "effect": effect,
                "status": status,
                "output": output,
                "error_kind": None if status == "succeeded" else chance.choice(("limit", "gone")),
                "requested_at": at,
                "ended_at": at + timedelta(seconds=1),
                "confirmation_id": question,
                "search_words": call_text(arguments, output),
            }
        )
        if status == "awaiting_approval":
            rows.approvals.append(
                {
                    "id": self._id(at),
                    "conversation_id": id,
                    "tool_call_id": call_id,
                    "tool": tool,
                    "arguments": arguments,
                    "binding_hash": "0",
                    "summary": f"Do it with order {order}",
                    "reason": "more than 100 euros",
                    "caller_level": "verified",
                    "status": chance.choice(("approved", "approved", "declined", "waiting")),
                    "needs_second": False,
                    "requested_at": at,
                    "expires_at": at,
                }
            )

    def _id(self, at: datetime) -> str:
        bits = f"{int(at.timestamp() * 1000):012x}7{self._chance.getrandbits(76):019x}"
        return f"{bits[:8]}-{bits[8:12]}-{bits[12:16]}-{bits[16:20]}-{bits[20:]}"


TABLES: Final = tuple(Rows.__dataclass_fields__)


def fill(url: str, dataset: Dataset) -> Iterator[int]:
    """Write the data set to a migrated, empty database; yields how many conversations are there."""
    target = make_url(url)
    written = 0
    if target.get_backend_name() == "sqlite":
        with sqlite3.connect(str(target.database)) as file:
            file.execute("PRAGMA synchronous = OFF")
            for rows in dataset.chunks():
                for table in TABLES:
                    _insert(file, table, getattr(rows, table))
                file.commit()
                yield (written := written + len(rows.conversations))
        file.close()
        return
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        for rows in dataset.chunks():
            for table in TABLES:
                _copy(connection, table, getattr(rows, table))
            connection.commit()
            yield (written := written + len(rows.conversations))
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _insert(file: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    names = list(rows[0])
    marks = ", ".join("?" * len(names))
    for row in rows:
        if "search_words" in row:
            row["search_words"] = " ".join(fold(row["search_words"]))
    file.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
        [[_for_sqlite(value) for value in row.values()] for row in rows],
    )


def _for_sqlite(value: Any) -> Any:
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


def _copy(connection: Any, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    with connection.cursor().copy(f"COPY {table} ({', '.join(rows[0])}) FROM STDIN") as copy:
        for row in rows:
            if "search_words" in row:
                words = enumerate(fold(row["search_words"]), 1)
                row["search_words"] = " ".join(f"'{word}':{place}" for place, word in words)
            copy.write_row(list(row.values()))
