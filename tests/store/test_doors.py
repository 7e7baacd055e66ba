"""Every text that reaches a table or the log passes the redaction, whoever typed it."""

import asyncio
import io
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from agent_service import logs
from agent_service.clock import SystemClock
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    RatingRecord,
    Role,
    ToolCallStatus,
)
from agent_service.redaction import REDACTED_CARD
from agent_service.runtime.recorder import Recorder
from agent_service.store.approvals import ApprovalRequest, ask_approval, decide
from agent_service.store.contacts import Address, keep_address
from agent_service.store.database import Database
from agent_service.store.ledger import EndedCall, LedgerCall, Outcome
from agent_service.store.migrating import all_tables
from agent_service.store.outbox import OutboxRow, queue_message
from agent_service.store.own_tables import own_tables
from agent_service.store.promise_keeping import mark_done
from agent_service.store.requests import (
    Callback,
    Handoff,
    RequestStatus,
    Ticket,
    TicketStatus,
)
from agent_service.store.schema import CleanText, Said, SearchWords
from agent_service.store.switches import switch_tool
from agent_service.store.tables import ToolEffect

CARD: Final = "4111 1111 1111 1111"
SPELLED: Final = "vier eins eins eins, 1111, double one one one, 1111"

NOBODY_TYPES: Final = {
    "identifiers, names of accounts and hashes, which must match to the letter": {
        *(
            "admin_tokens.name",
            "admin_tokens.scopes",
            "desk_users.password_hash",
            "desk_users.identity",
            "approvals.tool_call_id",
            "approvals.tool",
            "approvals.binding_hash",
        ),
        *("approvals.customer_id", "approvals.first_by", "approvals.decided_by"),
        *("audit_log.actor", "callbacks.conversation_id", "callbacks.customer_id"),
        *("completions.promise_id", "completions.done_by", "contacts.customer_id"),
        *("conversations.customer_id", "handoffs.conversation_id"),
        *("conversation_facts.customer_id", "erasures.customer_id", "erasures.requested_by"),
        *("saved_views.saved_by", "notes.written_by", "reviews.reviewer", "review_rounds.drawn_by"),
        *("review_rounds.seed", "conversation_work.assignee", "conversation_work.changed_by"),
        *("conversation_labels.added_by", "labels.made_by", "conversations.pictures_sha256"),
        *("handoffs.customer_id", "limit_counters.holder", "one_time_codes.customer_id"),
        *("one_time_codes.code_hash", "outbox.idempotency_key", "outbox.customer_id"),
        *("outbox.tool_call_id", "tickets.customer_id", "tickets.conversation_id"),
        *("tickets.fingerprint", "tool_switches.tool", "tool_switches.changed_by"),
        *("confirmations.tool_call_id", "confirmations.arguments_hash"),
        *("tool_calls.tool_call_id", "tool_calls.arguments_hash", "tool_calls.intent_key"),
        *("turns.item_id", "turns.response_id"),
        *("recordings.location", "identity_tries.source", "processes.machine", "processes.started"),
    },
    "words of our own and of the settings": {
        *("approvals.currency", "audit_log.action", "conversations.agent", "conversations.channel"),
        *("conversations.provider", "conversations.model", "conversations.end_reason"),
        *("conversations.language", "conversation_facts.language", "conversation_facts.provider"),
        *("conversation_facts.agent", "conversation_facts.channel", "conversation_facts.flags"),
        *("conversation_facts.end_reason", "conversation_facts.confirmations"),
        *("saved_views.list",),
        *("conversation_facts.incidents", "conversation_facts.first_audio"),
        *("stats_rollups.value",),
        *("stats_rollups.waits", "stats_rollups.end_reasons"),
        *("limit_counters.scope", "limit_counters.tool", "outbox.kind", "incidents.code"),
        *("recordings.media_type", "tool_calls.error_kind", "opening_hours.time_zone"),
    },
    "what the company publishes or says": {
        *("help_articles.slug", "help_articles.title", "help_articles.body", "help_articles.url"),
        *("help_articles.keywords", "tickets.about", "erasures.removed", "erasures.kept"),
    },
    "redacted where it is written, unless it is a secret that is emptied afterwards": {
        "outbox.payload"
    },
}


def text_columns() -> dict[str, CleanText | SearchWords]:
    """Return every column of our tables that takes a text of any length."""
    theirs = own_tables()
    return {
        f"{table.name}.{column.name}": column.type
        for table in all_tables().sorted_tables
        if table.name not in theirs
        for column in table.columns
        if isinstance(column.type, SearchWords)
        or (isinstance(column.type, CleanText) and column.type.impl_instance.length is None)  # type: ignore[attr-defined]  # it is a String
    }


def test_every_text_column_is_redacted_or_known_to_hold_no_text_of_people() -> None:
    columns = text_columns()
    redacted = {name for name, kind in columns.items() if isinstance(kind, Said | SearchWords)}
    others = set().union(*NOBODY_TYPES.values())
    assert columns.keys() - redacted == others


@pytest.mark.parametrize("said", [f"my card is {CARD}", SPELLED, f'{{"note": "{CARD}"}}'])
def test_no_redacted_column_takes_a_card(said: str) -> None:
    for name, kind in text_columns().items():
        if isinstance(kind, Said | SearchWords):
            kept = kind.process_bind_param(said, sqlite.dialect())
            assert "1111" not in str(kept), name
            assert "eins" not in str(kept), name


def test_a_card_through_each_door_is_nowhere_in_the_files_or_the_log(
    sqlite_database: Database, sample: Any, tmp_path: Path
) -> None:
    log = io.StringIO()
    logs.configure(output_format="json", stream=log)
    asyncio.run(_through_the_recorder(sqlite_database, sample))
    _typed_by_the_team(sqlite_database, sample)
    logs.flush()
    sqlite_database.close()
    for file in tmp_path.glob("service.db*"):
        content = file.read_bytes()
        assert b"1111" not in content, file
        assert b"eins eins" not in content, file
    assert REDACTED_CARD in log.getvalue()
    assert "1111" not in log.getvalue()


async def _through_the_recorder(database: Database, sample: Any) -> None:
    """Let a caller and a model say a card wherever something of theirs is kept."""
    at, said = sample.started_at, f"card {CARD}"
    recorder = Recorder(database, clock=SystemClock())
    recorder.open()
    named = Caller("C0042", f"Jane {CARD}", CallerLevel.VERIFIED)
    recorder.record(sample.conversation(caller=named))
    recorder.record(sample.turn(1, text=said, heard_text=said))
    recorder.record(sample.turn(2, role=Role.AGENT, text=SPELLED, heard_text=SPELLED))
    recorder.record(sample.tool_call(arguments=f'{{"n": "{CARD}"}}', output=f'"{said}"'))
    recorder.record(sample.confirmation(summary=said, answer=said))
    recorder.record(sample.incident(message=said))
    recorder.record(sample.incident(conversation_id=None, message=said))
    recorder.record(RatingRecord(sample.conversation_id, 1, said, at))
    call = LedgerCall(
        id="ledger",
        conversation_id=sample.conversation_id,
        tool_call_id="call_ledger",
        name="find_orders",
        arguments=f'{{"q": "{CARD}"}}',
        arguments_hash="hash",
        effect=ToolEffect.READ,
        caller=Caller(),
    )
    kept = asyncio.Event()
    outcome = Outcome(ToolCallStatus.SUCCEEDED, f'{{"say": "{said}"}}')
    recorder.keep_call(EndedCall(call, outcome, at, at), kept.set)
    await kept.wait()
    await recorder.close()


def _typed_by_the_team(database: Database, sample: Any) -> None:
    at, said, id = sample.started_at, f"card {CARD}", sample.conversation_id
    with database.write() as session:
        approval = ask_approval(
            session,
            ApprovalRequest(
                conversation_id=id,
                tool_call_id="call_1",
                tool="refund_order",
                arguments=f'{{"reason": "{CARD}"}}',
                binding_hash="hash",
                summary=said,
                reason=said,
                amount=None,
                customer_id=None,
                caller_name=said,
                caller_level=CallerLevel.VERIFIED,
                confirmation_id=None,
                needs_second=False,
            ),
            at,
        )
        decide(session, approval, is_approved=False, decided_by="admin:ann", note=SPELLED, now=at)
        session.add(
            Ticket(
                conversation_id=id,
                subject=said,
                body=SPELLED,
                contact=CARD,
                status=TicketStatus.OPEN,
                created_at=at,
                fingerprint="hash",
            )
        )
        session.add(
            Handoff(
                conversation_id=id, reason=said, status=RequestStatus.REQUESTED, requested_at=at
            )
        )
        session.add(
            Callback(
                conversation_id=id,
                phone=CARD,
                topic=said,
                due_at=at,
                status=RequestStatus.REQUESTED,
                created_at=at,
            )
        )
        session.flush()
        mark_done(session, "handoff-1", done_by="admin:ann", note=said, now=at, settlements={})
        keep_address(session, "C0042", Address(email=None, phone=CARD), at)
        queue_message(
            session, kind="message", payload={"text": said}, idempotency_key="key", now=at
        )
        switch_tool(
            session, "refund_order", is_off=True, reason=said, changed_by="admin:ann", now=at
        )
        assert session.scalars(select(OutboxRow.payload)).one() == (
            f'{{"text": "card {REDACTED_CARD}"}}'
        )
