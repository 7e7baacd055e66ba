"""A database that refuses, at any statement after a yes: caller and record get the truth."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fault_workload import FREE_REFUND
from shop_desk import ShopDesk
from sqlalchemy import Connection, create_engine, event, select, text
from whole_service import CENT, service

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import ConfirmationStatus, ToolCallStatus
from agent_service.demo_shop.tables import Refund
from agent_service.runtime import errands
from agent_service.store.database import Database
from agent_service.store.ledger import resolve_open_calls
from agent_service.store.tables import Confirmation, Conversation, ToolCall, Turn

Sent = tuple[str, Any]
"""A statement and its values."""
Refuse = Callable[[Connection, Any, Sent], Sent]

ALWAYS_LET = ("BEGIN", "PRAGMA", "SELECT pg_catalog", "SET TRANSACTION")


def read_only_file(_: Connection, cursor: Any, sent: Sent) -> Sent:
    cursor.execute("PRAGMA query_only=1")
    return sent


def full_disk_of_file(_: Connection, cursor: Any, sent: Sent) -> Sent:
    cursor.execute("PRAGMA max_page_count=1")  # which makes it the number that there are
    return sent


def read_only_server(_: Connection, cursor: Any, sent: Sent) -> Sent:
    cursor.execute("SET TRANSACTION READ ONLY")
    return sent


def raising(state: str) -> Refuse:
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{state}'; END $$"

    def refuse(_: Connection, cursor: Any, sent: Sent) -> Sent:
        return statement, [()] if isinstance(sent[1], list) else ()

    return refuse


def shut_down(connection: Connection, cursor: Any, sent: Sent) -> Sent:
    terminate(connection)
    return sent


def terminate(connection: Connection) -> None:
    pid = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
    url = connection.engine.url
    admin = create_engine(url)
    with admin.begin() as asking:
        asking.execute(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})
    admin.dispose()


REFUSALS: dict[str, dict[str, Refuse]] = {
    "sqlite": {"read_only": read_only_file, "full": full_disk_of_file},
    "postgresql": {
        "read_only": read_only_server,
        "full": raising("53100"),
        "no_privilege": raising("42501"),
        "shut_down": shut_down,
    },
}


class Refusing:
    """Refuses from the n-th statement on, counted from when it is armed, until it is lifted."""

    def __init__(self, database: Database, refuse: Refuse) -> None:
        self._refuse = refuse
        self._left: int | None = None
        self.has_refused = False
        self._engines = [database._reading, database._log]
        for engine in self._engines:
            event.listen(engine, "before_cursor_execute", self._before, retval=True)

    def arm(self, after: int) -> None:
        self._left = after

    def lift(self) -> None:
        self._left = None

    def remove(self) -> None:
        for engine in self._engines:
            event.remove(engine, "before_cursor_execute", self._before)

    def _before(
        self, connection: Connection, cursor: Any, statement: str, values: Any, *_: Any
    ) -> Sent:
        if self._left is None:
            if connection.dialect.name == "sqlite":
                cursor.execute("PRAGMA max_page_count=1000000")
                if connection.get_execution_options().get("writes"):
                    cursor.execute("PRAGMA query_only=0")
            return statement, values
        if statement.startswith(ALWAYS_LET):
            return statement, values
        self._left -= 1
        if self._left >= 0:
            return statement, values
        self.has_refused = True
        return self._refuse(connection, cursor, (statement, values))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["read_only", "full", "no_privilege", "shut_down"])
def test_database_that_refuses_after_a_yes_leaves_the_truth(
    make_desk: Callable[..., ShopDesk],
    sized: Callable[[int, int], int],
    figure: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    desk = make_desk([FREE_REFUND])
    refuse = REFUSALS[desk.database.dialect].get(kind)
    if refuse is None:
        pytest.skip("no such refusal there")
    ends: Counter[str] = Counter()

    async def agree(begin: Callable[[], Any], refusing: Refusing, after: int) -> Any:
        talk = await begin()
        talk.hears("refund a cent of order 1002")
        talk.calls("call-1", "refund_order", CENT)
        await talk.until(cmd.RequestResponse)
        talk.says(talk.asked_to_say)
        with monkeypatch.context() as refused:
            # Only now: a question has to be on record first, also where that takes its time.
            refused.setattr(errands, "RECORD_WAIT_S", 0.2)
            refusing.arm(after)
            talk.hears("yes")
            await talk.until(cmd.SubmitToolResult)
        refusing.lift()
        talk.says("All right.")
        talk.session.receive(ev.CallerEnded())
        await talk.session.wait_ended()
        return talk

    async def scenario(after: int) -> tuple[Any, bool]:
        refusing = Refusing(desk.database, refuse)
        try:
            async with service(desk, [FREE_REFUND]) as begin:
                talk = await agree(begin, refusing, after)
            return talk, refusing.has_refused
        finally:
            refusing.remove()

    for after in range(60):
        before = refunds(desk.database)
        talk, has_refused = asyncio.run(scenario(after))
        (told,) = {t for t in talk.told if "status" in t}
        made = refunds(desk.database) - before
        status, output = call_of(desk, talk.session.conversation_id)
        ends[json.loads(told)["status"]] += 1
        assert json.loads(told)["status"] in ("succeeded", "retry_later")
        assert json.loads(output)["status"] == json.loads(told)["status"]
        assert made == ("succeeded" in told) == (status is ToolCallStatus.SUCCEEDED)
        if "succeeded" in told and not has_refused:
            break
    figure(f"refused from one of {after} statements after the yes on: {dict(ends)}")


@pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)
def test_commit_whose_answer_is_lost_is_told_as_unknown(
    make_desk: Callable[..., ShopDesk],
) -> None:
    """The server goes away at the commit of the effect, each time that it is tried."""
    desk = make_desk([FREE_REFUND])
    commits = 0

    def lose(connection: Connection) -> None:
        nonlocal commits
        commits += 1
        if commits > 1:  # the call's own row is kept
            terminate(connection)

    async def scenario() -> tuple[Any, str]:
        async with service(desk, [FREE_REFUND]) as begin:
            talk = await begin()
            talk.hears("refund a cent of order 1002")
            talk.calls("call-1", "refund_order", CENT)
            await talk.until(cmd.RequestResponse)
            talk.says(talk.asked_to_say)
            event.listen(desk.database._writing, "commit", lose)
            talk.hears("yes")
            await talk.until(cmd.SubmitToolResult)
            event.remove(desk.database._writing, "commit", lose)
            talk.session.receive(ev.CallerEnded())
            await talk.session.wait_ended()
            return talk.session.conversation_id, talk.told[0]

    conversation_id, told = asyncio.run(scenario())
    assert json.loads(told)["status"] == "unknown"
    assert refunds(desk.database) == 0
    status, output = call_of(desk, conversation_id)
    assert (status, output) == (ToolCallStatus.FAILED, told)


def refunds(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(Refund.id)).all())


def call_of(desk: ShopDesk, conversation_id: str) -> tuple[ToolCallStatus, str]:
    with desk.database.write() as session:
        resolve_open_calls(session, desk.clock.utc() + timedelta(minutes=5))
    with desk.database.read() as session:
        conversation = session.get_one(Conversation, conversation_id)
        assert conversation.end_reason == "caller_ended"
        turns = session.scalars(
            select(Turn.text).where(Turn.conversation_id == conversation_id).order_by(Turn.seq)
        ).all()
        assert turns[0] == "refund a cent of order 1002"
        assert "yes" in turns
        (answer,) = session.scalars(
            select(Confirmation.status).where(Confirmation.conversation_id == conversation_id)
        )
        assert answer is ConfirmationStatus.ACCEPTED
        (call,) = session.scalars(
            select(ToolCall).where(ToolCall.conversation_id == conversation_id)
        )
        return call.status, call.output
