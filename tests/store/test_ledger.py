"""Calls that a killed process left open are ended, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from tool_desk import CALLER, ToolDesk

from agent_service.conversation.records import ToolCallRecord, ToolCallStatus
from agent_service.errors import ToolError
from agent_service.store.ledger import (
    EndedCall,
    LedgerCall,
    Outcome,
    close_call,
    find_outcome,
    has_untrusted_text,
    is_open,
    keep_ended,
    lock_call,
    open_call,
    resolve_open_calls,
)
from agent_service.store.tables import AuditEntry, ToolCall, ToolEffect
from agent_service.store.writer import write_records


def call(conversation_id: str, **changes: object) -> LedgerCall:
    fields: dict[str, object] = {
        "id": f"id of {changes.get('tool_call_id', 'call_1')}",
        "conversation_id": conversation_id,
        "tool_call_id": "call_1",
        "name": "cancel_job",
        "arguments": "{}",
        "arguments_hash": "hash",
        "effect": ToolEffect.WRITE,
        "caller": CALLER,
    }
    return LedgerCall(**(fields | changes))  # type: ignore[arg-type]  # one dict for all fields


def resolved_after(desk: ToolDesk, after: timedelta, *, is_external: bool = False) -> list[str]:
    conversation = desk.conversation()
    with desk.database.write() as session:
        open_call(session, call(conversation, is_external=is_external), desk.clock.utc())
    with desk.database.write() as session:
        return resolve_open_calls(session, desk.clock.utc() + after)


def test_call_that_may_still_run_is_left_alone(desk: ToolDesk) -> None:
    assert resolved_after(desk, timedelta(seconds=30)) == []


def test_call_that_is_open_for_long_is_ended(desk: ToolDesk) -> None:
    assert resolved_after(desk, timedelta(minutes=2)) == ["id of call_1"]
    with desk.database.read() as session:
        row = session.scalars(select(ToolCall)).one()
    assert (row.status, row.error_kind) == (ToolCallStatus.FAILED, "interrupted")


def test_call_outside_is_given_more_time(desk: ToolDesk) -> None:
    assert resolved_after(desk, timedelta(minutes=2), is_external=True) == []
    with desk.database.write() as session:
        later = desk.clock.utc() + timedelta(minutes=20)
        assert resolve_open_calls(session, later) == ["id of call_1"]
        assert session.scalars(select(ToolCall.error_kind)).one() == "unknown"


def test_resumed_conversation_ends_its_own_calls_at_once(desk: ToolDesk) -> None:
    mine, other = desk.conversation(), desk.conversation()
    with desk.database.write() as session:
        open_call(session, call(mine, tool_call_id="mine"), desk.clock.utc())
        open_call(session, call(other, tool_call_id="other"), desk.clock.utc())
    with desk.database.write() as session:
        assert resolve_open_calls(session, desk.clock.utc(), mine) == ["id of mine"]


@pytest.mark.parametrize("changes", [{"arguments_hash": "another"}, {"name": "pay_back"}])
def test_known_call_with_other_contents_is_refused(
    desk: ToolDesk, changes: dict[str, object]
) -> None:
    conversation = desk.conversation()
    with desk.database.write() as session:
        open_call(session, call(conversation), desk.clock.utc())
        with pytest.raises(ToolError) as caught:
            open_call(session, call(conversation, **changes), desk.clock.utc())
    assert caught.value.note is not None
    assert "with other arguments" in caught.value.note
    assert "arguments" not in caught.value.message


FOUND = Outcome(ToolCallStatus.SUCCEEDED, '{"say": "Here."}', is_untrusted=True)


def ended(desk: ToolDesk, conversation_id: str, outcome: Outcome = FOUND) -> EndedCall:
    now = desk.clock.utc()
    return EndedCall(call(conversation_id, effect=ToolEffect.READ), outcome, now, now)


def recorded(desk: ToolDesk, conversation_id: str, output: str) -> ToolCallRecord:
    """What the conversation itself has to say of the call."""
    return ToolCallRecord(
        id="id of call_1",
        conversation_id=conversation_id,
        tool_call_id="call_1",
        name="cancel_job",
        arguments="{}",
        status=ToolCallStatus.ENDED,
        output=output,
        requested_at=desk.clock.utc(),
        ended_at=desk.clock.utc(),
    )


def test_a_call_that_was_held_for_the_callers_yes_is_opened_once(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    held = replace(
        recorded(desk, conversation, ""),
        status=ToolCallStatus.AWAITING_CONFIRMATION,
        ended_at=None,
    )
    agreed = call(conversation, tool_call_id=held.tool_call_id, confirmation_id="yes-1")
    with desk.database.write() as session:
        write_records(session, [held])
    with desk.database.write() as session:
        assert not is_open(session, agreed)
        assert find_outcome(session, agreed) is None
        later = held.requested_at + timedelta(seconds=30)
        assert open_call(session, agreed, later) is None
        assert is_open(session, agreed)
        assert open_call(session, agreed, desk.clock.utc()) is None
        with pytest.raises(ToolError):
            open_call(session, replace(agreed, arguments_hash="other"), desk.clock.utc())
    with desk.database.read() as session:
        row = session.scalars(select(ToolCall)).one()
    assert (row.status, row.confirmation_id) == (ToolCallStatus.RUNNING, "yes-1")
    assert (row.arguments_hash, row.effect) == (agreed.arguments_hash, agreed.effect)
    assert (row.requested_at, row.started_at) == (held.requested_at, later)


@pytest.mark.parametrize("is_opened_first", [True, False])
def test_a_call_behind_a_yes_runs_although_the_caller_hung_up(
    desk: ToolDesk, is_opened_first: bool
) -> None:
    conversation = desk.conversation()
    end = recorded(desk, conversation, "")
    agreed = call(conversation, confirmation_id="yes-1")
    held = replace(end, status=ToolCallStatus.AWAITING_CONFIRMATION, ended_at=None)
    with desk.database.write() as session:
        write_records(session, [held])
        if is_opened_first:
            assert open_call(session, agreed, desk.clock.utc()) is None
        write_records(session, [end])
        if not is_opened_first:
            assert open_call(session, agreed, desk.clock.utc()) is None
        assert lock_call(session, agreed) is None
        close_call(session, agreed, FOUND, desk.clock.utc())
        write_records(session, [end])
    with desk.database.read() as session:
        row = session.scalars(select(ToolCall)).one()
    assert (row.status, row.output) == (FOUND.status, FOUND.output)


def test_ended_call_written_twice_is_written_once(desk: ToolDesk) -> None:
    one = ended(desk, desk.conversation())
    for _ in range(2):
        with desk.database.write() as session:
            write_records(session, [one])
    with desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ToolCall)) == 1
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


@pytest.mark.parametrize("is_record_first", [True, False])
def test_outcome_of_the_ledger_stands_whichever_comes_first(
    desk: ToolDesk, is_record_first: bool
) -> None:
    conversation = desk.conversation()
    parts: list[ToolCallRecord | EndedCall] = [
        recorded(desk, conversation, ""),
        ended(desk, conversation),
    ]
    for part in parts if is_record_first else reversed(parts):
        with desk.database.write() as session:
            write_records(session, [part])
    with desk.database.read() as session:
        row = session.scalars(select(ToolCall)).one()
        assert (row.status, row.effect) == (ToolCallStatus.SUCCEEDED, ToolEffect.READ)
        assert has_untrusted_text(session, conversation)


def test_ended_call_changes_nothing_that_the_ledger_knows(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    with desk.database.write() as session:
        open_call(session, call(conversation), desk.clock.utc())
        done = Outcome(ToolCallStatus.SUCCEEDED, '{"say": "Done."}')
        close_call(session, call(conversation), done, desk.clock.utc())
        keep_ended(session, [ended(desk, conversation)])
    with desk.database.read() as session:
        assert session.scalars(select(ToolCall.output)).one() == '{"say": "Done."}'


def test_record_of_a_call_that_the_ledger_writes_at_the_same_moment(desk: ToolDesk) -> None:
    """PostgreSQL finds the ledger's row by the index that the record's statement does not name."""
    if desk.database.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    conversation = desk.conversation()
    held = replace(
        recorded(desk, conversation, "of the record"), status=ToolCallStatus.AWAITING_CONFIRMATION
    )

    def record() -> None:
        with desk.database.write() as session:
            write_records(session, [held])

    with ThreadPoolExecutor(1) as thread:
        with desk.database.write() as session:
            begun = replace(call(conversation), tool_call_id="call_0")
            open_call(session, begun, desk.clock.utc())
            written = thread.submit(record)
            blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while not session.scalar(blocked):
                assert not written.done()
            session.execute(update(ToolCall).values(tool_call_id="call_1"))
        written.result()
    with desk.database.read() as session:
        row = session.scalars(select(ToolCall)).one()
    assert (row.tool_call_id, row.status, row.output) == ("call_1", ToolCallStatus.RUNNING, "")
