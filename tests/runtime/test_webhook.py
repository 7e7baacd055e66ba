"""Who is told that a conversation has ended: once it is on record, signed, until they answer."""

import asyncio
import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import pytest
from hand_clock import HandClock
from sqlalchemy import select, text
from standardwebhooks import Webhook, WebhookVerificationError

from agent_service import logs
from agent_service.clock import SystemClock
from agent_service.conversation.records import Caller, CallerLevel, ToolCallStatus
from agent_service.runtime.outbox_worker import OutboxWorker
from agent_service.runtime.presence import Presence
from agent_service.runtime.recorder import Recorder
from agent_service.runtime.webhook import WebhookReceiver
from agent_service.store.announcing import announce_ended
from agent_service.store.database import Database
from agent_service.store.outbox import OutboxRow, OutboxStatus
from agent_service.store.promises import PromiseKind, list_promises
from agent_service.store.tables import Conversation
from agent_service.store.writer import write_records

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Hook:
    """Another system: answers each request with the next status, and keeps what came."""

    def __init__(self) -> None:
        self.statuses: Iterator[int] = iter(())
        self.came: list[tuple[dict[str, str], bytes]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.came.append(({k.lower(): v for k, v in self.headers.items()}, body))
                status = next(hook.statuses)
                self.send_response(status)
                if status == 302:
                    self.send_header("location", f"{hook.url}/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing on standard error."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def verified(self, number: int = -1) -> Any:
        """Return what came, as a receiver checks it with the specification's own library."""
        headers, body = self.came[number]
        return Webhook(SECRET).verify(body, headers)


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


Work = Callable[..., None]


@pytest.fixture
def work(database: Database, hook: Hook, hand_clock: HandClock) -> Work:
    """Work off the outbox once, with the statuses that the other system answers with."""
    receiver = WebhookReceiver(hook.url, SECRET, SystemClock())
    worker = OutboxWorker(database, hand_clock, {"webhook": receiver}, {})

    def work_off(*statuses: int, after: timedelta = timedelta()) -> None:
        hook.statuses = iter(statuses)
        hand_clock.advance(after.total_seconds())
        asyncio.run(worker.deliver_due())

    return work_off


def announce(clock: HandClock) -> Any:
    return lambda session, ids: announce_ended(session, ids, clock.utc())


def record(database: Database, clock: HandClock, *records: Any) -> None:
    async def keep() -> None:
        recorder = Recorder(database, clock=clock, announce=announce(clock))
        recorder.open()
        for one in records:
            recorder.record(one)
        await recorder.close()

    asyncio.run(keep())


def conversation(sample: Any) -> list[Any]:
    end = sample.started_at + timedelta(seconds=75)
    begun = sample.conversation(caller=Caller("C-1", "Jane Doe", CallerLevel.VERIFIED))
    ended = sample.conversation(
        caller=Caller("C-1", "Jane Doe", CallerLevel.VERIFIED),
        ended_at=end,
        end_reason="caller_ended",
    )
    call = sample.tool_call(status=ToolCallStatus.FAILED)
    return [begun, sample.turn(1, text="Secret words"), call, ended]


def rows(database: Database) -> list[OutboxRow]:
    with database.read() as session:
        return list(session.scalars(select(OutboxRow)))


def test_who_is_told_can_check_it(
    database: Database, hook: Hook, work: Work, sample: Any, hand_clock: HandClock
) -> None:
    record(database, hand_clock, *conversation(sample))
    work(204)
    told = hook.verified()
    assert told["type"] == "conversation.ended"
    data = told["data"]
    assert data["conversation_id"] == sample.conversation_id
    assert (data["customer_id"], data["end_reason"]) == ("C-1", "caller_ended")
    assert (data["duration_ms"], data["turn_count"]) == (75_000, 1)
    assert data["tools"] == [{"name": "find_order", "status": "failed"}]
    assert data["started_at"] == "2026-03-01T12:00:00Z"
    headers, body = hook.came[0]
    assert headers["content-type"] == "application/json"
    assert b"Secret words" not in body
    assert b"Jane" not in body
    [row] = rows(database)
    assert (row.status, row.answer) == (OutboxStatus.CONFIRMED, "HTTP 204")


def test_another_secret_or_body_is_not_accepted(
    database: Database, hook: Hook, work: Work, sample: Any, hand_clock: HandClock
) -> None:
    record(database, hand_clock, *conversation(sample))
    work(200)
    headers, body = hook.came[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"caller_ended", b"agent_ended!"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(body, headers)


def test_it_is_tried_again_under_the_same_id(
    database: Database, hook: Hook, work: Work, sample: Any, hand_clock: HandClock
) -> None:
    record(database, hand_clock, *conversation(sample))
    work(500)
    work(302, after=timedelta(minutes=1))
    assert rows(database)[0].status == OutboxStatus.SENT
    work(200, after=timedelta(hours=3))
    assert len({headers["webhook-id"] for headers, _ in hook.came}) == 1
    assert len(hook.came) == 3
    assert rows(database)[0].status == OutboxStatus.CONFIRMED
    hook.verified()


def test_what_nobody_took_for_a_day_waits_for_a_person(
    database: Database, hook: Hook, work: Work, sample: Any, hand_clock: HandClock
) -> None:
    record(database, hand_clock, *conversation(sample))
    work(503)
    work(503, after=timedelta(hours=23))
    assert rows(database)[0].status == OutboxStatus.SENT
    work(503, after=timedelta(hours=2))
    assert rows(database)[0].status == OutboxStatus.UNKNOWN
    work()
    with database.read() as session:
        [promise] = list_promises(session, hand_clock.utc(), kind=PromiseKind.MESSAGE)
    assert promise.conversation_id == sample.conversation_id
    assert "webhook" in promise.what
    assert "unknown after 3 tries: RuntimeError: the webhook was answered with HTTP 503" in (
        promise.what
    )


def test_an_address_that_is_gone_is_not_tried_again(
    database: Database, hook: Hook, work: Work, sample: Any, hand_clock: HandClock
) -> None:
    record(database, hand_clock, *conversation(sample))
    work(410)
    work(after=timedelta(hours=1))
    assert len(hook.came) == 1
    assert (rows(database)[0].status, rows(database)[0].answer) == (
        *(OutboxStatus.REJECTED, "HTTP 410"),
    )


def test_a_system_that_is_away_is_tried_again(
    database: Database, sample: Any, hand_clock: HandClock
) -> None:
    record(database, hand_clock, *conversation(sample))
    receiver = WebhookReceiver("http://127.0.0.1:9/", SECRET, SystemClock())
    worker = OutboxWorker(database, hand_clock, {"webhook": receiver}, {})
    asyncio.run(worker.deliver_due())
    [row] = rows(database)
    assert row.status == OutboxStatus.SENT
    assert row.answer is not None
    assert row.answer.startswith("ConnectError")


def test_an_end_is_announced_once_and_only_when_it_is_on_record(
    database: Database, sample: Any, hand_clock: HandClock
) -> None:
    begun, _, _, ended = conversation(sample)
    record(database, hand_clock, begun)
    assert rows(database) == []
    record(database, hand_clock, ended)
    record(database, hand_clock, ended)
    assert [json.loads(row.payload)["type"] for row in rows(database)] == ["conversation.ended"]
    with database.write() as session:
        announce_ended(session, ["unknown"], hand_clock.utc())
    assert len(rows(database)) == 1


def test_a_conversation_that_lost_its_process_is_announced(
    database: Database, sample: Any, hand_clock: HandClock
) -> None:
    with database.write() as session:
        write_records(session, [sample.conversation()])
    presence = Presence(database, hand_clock, announce(hand_clock))
    presence.begin()
    assert json.loads(rows(database)[0].payload)["data"]["end_reason"] == "process_lost"
    presence.end()


def test_a_mistake_in_telling_keeps_no_end_off_the_record(
    sqlite_database: Database, sample: Any, hand_clock: HandClock
) -> None:
    database = sqlite_database
    refused = "CREATE TRIGGER refused BEFORE INSERT ON outbox BEGIN SELECT raise(ABORT, 'no'); END"
    with database.write() as session:
        session.execute(text(refused))
    log = io.StringIO()
    logs.configure(output_format="json", stream=log)
    record(database, hand_clock, *conversation(sample))
    logs.flush()
    assert "announcement_failed" in log.getvalue()
    with database.read() as session:
        assert session.scalars(select(Conversation.end_reason)).one() == "caller_ended"
    assert rows(database) == []
