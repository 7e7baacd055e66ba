"""Secrets planted in conversations of every way that words come, and where they are found again.

All 300: PYTHONPATH=. .venv/bin/python tests/plugins/planted_secrets.py
"""

import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from card_corpus import NETWORKS, card, groups
from personal_table import Line, corpus, told

from agent_service import logs
from agent_service.clock import SystemClock, uuid7
from agent_service.conversation.records import (
    Caller,
    ConfirmationRecord,
    ConfirmationStatus,
    ConversationRecord,
    Modality,
    Record,
    Role,
    ToolCallRecord,
    ToolCallStatus,
    TurnRecord,
)
from agent_service.redaction import STRICT, Policy
from agent_service.runtime.recorder import Recorder
from agent_service.store.database import Database
from agent_service.store.exporting import LISTS, Format, new_export
from agent_service.store.ledger import EndedCall, LedgerCall, Outcome
from agent_service.store.migrating import upgrade
from agent_service.store.policies import Policies
from agent_service.store.tables import ToolEffect

WAYS: Final = ("speech", "text", "tool arguments", "tool results", "read back", "over turns")
BEGAN: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
_SHORTEST: Final = 6
"""Digits that do not stand in an identifier by chance."""


@dataclass(frozen=True)
class Planted:
    """A secret, how it is told, and the ways in which it would be known again."""

    way: str
    line: Line
    forms: tuple[str, ...]


def plant(count: int, seed: int = 20_261_129) -> list[Planted]:
    """Choose secrets and ways, the same for the same seed."""
    chance = random.Random(seed)
    lines = [
        line
        for line in corpus()
        if line.half == "made with" and line.kind != "none" and len(line.value) >= _SHORTEST + 2
    ]
    planted = []
    for number in range(count):
        way = WAYS[number % len(WAYS)]
        match number % 5:
            case 0:
                digits = card(chance.choice(list(NETWORKS)), chance)
                value = chance.choice((digits, " ".join(groups(digits))))
                line = Line("", "en", "card", "my card is ", value, ".")
            case 1:
                value = f"sk-{chance.randbytes(16).hex()}"
                line = Line("", "en", "key", "use ", value, " please")
            case _:
                line = chance.choice(lines)
        if way == "over turns" and (line.kind not in _CUT or len(line.value.split()) < 3):
            way = "text"
        planted.append(Planted(way, line, tuple(_forms(line.value))))
    return planted


_CUT: Final = ("phone", "iban", "national_id", "email")


def _forms(value: str) -> Iterator[str]:
    yield value
    bare = "".join(filter(str.isalnum, value))
    if sum(map(str.isdigit, bare)) >= _SHORTEST:
        yield bare
        yield bare.lower()


def keep(database: Database, planted: Sequence[Planted], policy: Policy) -> None:
    """Have conversations with them recorded as the service does, each with one of them."""

    async def run() -> None:
        policies = Policies({"support": policy})
        recorder = Recorder(database, clock=SystemClock(), policies=policies)
        recorder.open()
        for secret in planted:
            for record in _records(secret, policy):
                if isinstance(record, EndedCall):
                    recorder.keep_call(record, lambda: None)
                else:
                    recorder.record(record)
        await recorder.close(time_limit_s=60)

    asyncio.run(run())


def _records(secret: Planted, policy: Policy) -> Iterator[Record | EndedCall]:
    id, line = uuid7(), secret.line
    about = ConversationRecord(
        conversation_id=id,
        agent="support",
        channel="widget",
        modality=Modality.AUDIO,
        caller=Caller(),
        provider="offline",
        model="offline",
        started_at=BEGAN,
    )
    yield about
    match secret.way:
        case "over turns":
            turns, _ = told(line, random.Random(line.value), is_asked=True)
            yield from _turns(id, turns)
        case "speech" | "text":
            yield from _turns(id, [(True, line.text)], is_typed=secret.way == "text")
        case "read back":
            yield from _turns(id, [(True, line.text), (False, f"You said: {line.text}")])
            yield ConfirmationRecord(
                confirmation_id=uuid7(),
                conversation_id=id,
                tool_call_id="call",
                summary=line.text,
                arguments_hash="0",
                status=ConfirmationStatus.ACCEPTED,
                offered_at=BEGAN,
                expires_at=BEGAN,
                answer=line.text,
            )
        case _:
            is_argument = secret.way == "tool arguments"
            said, ok = json.dumps({"note": line.text}), json.dumps({"status": "ok"})
            arguments, output = (said, ok) if is_argument else ("{}", said)
            yield _ledger_call(id, arguments, output, policy)
            yield ToolCallRecord(
                id=uuid7(),
                conversation_id=id,
                tool_call_id="recorded",
                name="note",
                arguments=arguments,
                status=ToolCallStatus.SUCCEEDED,
                output=output,
                requested_at=BEGAN,
                ended_at=BEGAN,
            )


def _turns(
    id: str, said: Iterable[tuple[bool, str]], *, is_typed: bool = False
) -> Iterator[TurnRecord]:
    for seq, (is_caller, text) in enumerate(said, 1):
        at = BEGAN + timedelta(seconds=seq)
        yield TurnRecord(
            turn_id=uuid7(),
            conversation_id=id,
            seq=seq,
            role=Role.CALLER if is_caller else Role.AGENT,
            modality=Modality.TEXT if is_typed else Modality.AUDIO,
            text=text,
            heard_text=text,
            heard_ms=0,
            is_interrupted=False,
            started_at=at,
            ended_at=at,
        )


def _ledger_call(id: str, arguments: str, output: str, policy: Policy) -> EndedCall:
    call = LedgerCall(
        id=uuid7(),
        conversation_id=id,
        tool_call_id="kept",
        name="note",
        arguments=arguments,
        arguments_hash="0",
        effect=ToolEffect.READ,
        caller=Caller(),
        policy=policy,
    )
    return EndedCall(call, Outcome(ToolCallStatus.SUCCEEDED, output), BEGAN, BEGAN)


def export(database: Database) -> bytes:
    """Return all that an export of every list has."""
    parts = []
    for rows in LISTS.values():
        made = new_export(Format.JSONL, rows.row)
        parts += [
            made.begin(),
            made.add(list(rows.every_row(database, rows.parse([])))),
            made.end(),
        ]
    return b"".join(parts)


def found(
    planted: Sequence[Planted], folder: Path, policy: Policy = STRICT
) -> list[tuple[Planted, str]]:
    """Plant them, and return which are found in the database's files, the log or an export."""
    url = f"sqlite:///{folder / 'service.db'}"
    upgrade(url)
    database = Database(url)
    with (folder / "lines.log").open("w") as stream:
        logs.configure(output_format="json", stream=stream)
        keep(database, planted, policy)
        logs.flush()
    # Before the database is closed: its write-ahead log is there.
    places = {file.name: file.read_bytes() for file in sorted(folder.glob("*")) if file.is_file()}
    places["export"] = export(database)
    database.close()
    texts = {name: content.decode("utf-8", "replace") for name, content in places.items()}
    assert {"service.db", "service.db-wal", "lines.log", "export"} <= texts.keys()
    assert all("redacted" in texts[name] for name in ("lines.log", "export"))
    return [
        (secret, name)
        for secret in planted
        for name, text in texts.items()
        if any(form in text for form in secret.forms)
    ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        secrets = plant(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
        left = found(secrets, Path(place))
    for secret, name in left:
        sys.stdout.write(f"{name}: {secret.way}: {secret.line.kind}: {secret.line.text}\n")
    sys.stdout.write(f"{len(secrets)} planted, {len({id(one) for one, _ in left})} found\n")
    sys.exit(bool(left))
