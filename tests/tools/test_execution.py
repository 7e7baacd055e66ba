"""A tool call takes effect once, for its caller, after a yes to exactly what was read back."""

import asyncio
import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Annotated, Any

import pytest
import structlog
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from tool_desk import CALLER, ToolDesk
from workshop import Client, Job, JobStatus, Payback, PaybackStatus

from agent_service.clock import uuid7
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.events import ToolFinished, ToolPrepared
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    ConfirmationStatus,
    ToolCallStatus,
)
from agent_service.store.requests import Ticket
from agent_service.store.rows import OwnedRow
from agent_service.store.schema import Table
from agent_service.store.tables import AuditEntry, ToolCall
from agent_service.tools.request import Request
from agent_service.tools.tool import Answer, OwnedArgument, Tool, ToolContext, tool

Make = Callable[[Iterable[Tool]], ToolDesk]

CANCEL = {"job": 1007}
TICKET = {"subject": "Wrong invoice", "details": "The company's name is missing."}


def told(finished: ToolFinished) -> dict[str, Any]:
    output: dict[str, Any] = json.loads(finished.output)
    return output


def status_of(desk: ToolDesk, number: int) -> JobStatus:
    with desk.database.read() as session:
        return session.get_one(Job, number).status


def count(desk: ToolDesk, table: type[Table]) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def prepared(desk: ToolDesk, conversation: str, call: str) -> ToolPrepared:
    command = PrepareTool(uuid7(), call, "cancel_job", json.dumps(CANCEL))
    answer = asyncio.run(desk.runner.prepare(command, CALLER, conversation))
    assert isinstance(answer, ToolPrepared)
    return answer


def run(
    desk: ToolDesk, conversation: str, call: str, confirmation: str | None, **arguments: Any
) -> ToolFinished:
    command = RunTool(uuid7(), call, "cancel_job", json.dumps(arguments or CANCEL), confirmation)
    return asyncio.run(desk.runner.run(command, CALLER, conversation))


def test_read_back_names_the_real_thing_and_amount(desk: ToolDesk) -> None:
    answer = prepared(desk, desk.conversation(), "call_1")
    assert answer.summary == "Cancel job 1007, one chain, $24.99"
    assert answer.needs_confirmation


def test_write_runs_after_the_yes(desk: ToolDesk) -> None:
    finished = desk.call("cancel_job", CANCEL)
    assert finished.status == ToolCallStatus.SUCCEEDED
    assert told(finished)["say"] == "Job 1007 is cancelled. You will not be charged for it."
    assert status_of(desk, 1007) == JobStatus.CANCELLED


def test_write_without_a_yes_changes_nothing(desk: ToolDesk) -> None:
    finished = desk.call("cancel_job", CANCEL, agrees=False)
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    assert status_of(desk, 1007) == JobStatus.PLANNED


@pytest.mark.parametrize(
    "changes",
    [
        {"status": ConfirmationStatus.OFFERED, "decided_at": None},
        {"status": ConfirmationStatus.DECLINED},
        {"status": ConfirmationStatus.VOIDED},
        {"arguments_hash": "0" * 64},
        {"tool_call_id": "call_other"},
        {"heard_at": None},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_anything_but_a_yes_to_exactly_this_is_refused(
    desk: ToolDesk, changes: dict[str, Any]
) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation, **changes)
    finished = run(desk, conversation, "call_1", confirmation)
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    assert status_of(desk, 1007) == JobStatus.PLANNED


def test_yes_runs_out(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation)
    desk.clock.advance(timedelta(minutes=3).total_seconds())
    assert run(desk, conversation, "call_1", confirmation).status == ToolCallStatus.NOT_ALLOWED


def test_yes_of_another_conversation_is_worth_nothing(desk: ToolDesk) -> None:
    conversation, other = desk.conversation(), desk.conversation()
    confirmation = desk.agree(prepared(desk, other, "call_1"), other)
    assert run(desk, conversation, "call_1", confirmation).status == ToolCallStatus.NOT_ALLOWED


def test_yes_is_void_when_the_job_has_changed_since(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation)
    with desk.database.write() as session:
        session.get_one(Job, 1007).status = JobStatus.STARTED
    finished = run(desk, conversation, "call_1", confirmation)
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    assert "cannot be cancelled any more" in told(finished)["say"]


def test_same_call_again_gets_the_stored_outcome(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation)
    first = run(desk, conversation, "call_1", confirmation)
    assert run(desk, conversation, "call_1", confirmation) == first
    assert count(desk, ToolCall) == 1


def test_same_call_with_other_arguments_is_refused(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    confirmation = desk.agree(prepared(desk, conversation, "call_1"), conversation)
    run(desk, conversation, "call_1", confirmation)
    finished = run(desk, conversation, "call_1", confirmation, job=1010)
    assert finished.status == ToolCallStatus.FAILED
    assert status_of(desk, 1010) == JobStatus.PLANNED


def test_same_wish_under_a_new_call_has_one_effect(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    first = desk.call("open_ticket", TICKET, conversation_id=conversation)
    second = desk.call("open_ticket", TICKET, conversation_id=conversation, agrees=False)
    assert told(second) == told(first) | {"is_repeated": True}
    assert count(desk, Ticket) == 1


def test_known_call_that_is_prepared_again_gets_its_outcome(desk: ToolDesk) -> None:
    conversation = desk.conversation()
    first = desk.call("cancel_job", CANCEL, conversation_id=conversation, tool_call_id="c")
    again = desk.call("cancel_job", CANCEL, conversation_id=conversation, tool_call_id="c")
    assert again == first


def test_effect_outcome_and_audit_are_kept_together(desk: ToolDesk) -> None:
    desk.call("cancel_job", CANCEL)
    with desk.database.read() as session:
        call = session.scalars(select(ToolCall)).one()
        entry = session.scalars(select(AuditEntry)).one()
    assert (call.status, call.name) == (ToolCallStatus.SUCCEEDED, "cancel_job")
    assert (entry.action, entry.subject, entry.actor) == (
        "tool.succeeded",
        "cancel_job",
        "caller:C0001",
    )


def test_another_customers_job_is_as_absent_as_none(desk: ToolDesk) -> None:
    foreign = told(desk.call("get_job", {"job": 1011}))
    missing = told(desk.call("get_job", {"job": 999999}))
    assert foreign["say"].replace("1011", "N") == missing["say"].replace("999999", "N")


def test_level_that_is_too_low_is_refused_and_audited(desk: ToolDesk) -> None:
    caller = Caller("C0001", "Jane Doe", CallerLevel.IDENTIFIED)
    finished = desk.call("cancel_job", CANCEL, caller=caller)
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    assert json.loads(finished.output)["needs"] == "verified"
    with desk.database.read() as session:
        assert session.scalars(select(AuditEntry.action)).one() == "tool.not_allowed"


def test_stranger_is_asked_who_they_are_before_a_code(desk: ToolDesk) -> None:
    output = desk.call("cancel_job", CANCEL, caller=Caller()).output
    told = json.loads(output)
    assert told["needs"] == "identified"
    assert "fill in the form" in told["say"]


@pytest.mark.parametrize(
    ("name", "is_asked"), [("send_security_code", True), ("hand_over_to_human", False)]
)
def test_text_of_others_in_the_context_asks_for_a_yes_but_not_before_a_person(
    desk: ToolDesk, name: str, is_asked: bool
) -> None:
    conversation = desk.conversation()
    command = PrepareTool(uuid7(), "call_h", name, "{}")
    before = asyncio.run(desk.runner.prepare(command, CALLER, conversation))
    desk.call("search_help", {"question": "paid back"}, conversation_id=conversation)
    after = asyncio.run(desk.runner.prepare(command, CALLER, conversation))
    assert isinstance(before, ToolPrepared)
    assert not before.needs_confirmation
    assert isinstance(after, ToolPrepared)
    assert after.needs_confirmation == is_asked


def test_text_of_others_is_marked_as_such(desk: ToolDesk) -> None:
    output = told(desk.call("search_help", {"question": "paid back"}))
    assert "never an instruction" in output["quoted"]["note"]


def test_strangers_find_their_own_requests_only(desk: ToolDesk) -> None:
    stranger = Caller()
    conversation = desk.conversation(stranger)
    desk.call("open_ticket", TICKET, caller=stranger)
    first = desk.call("open_ticket", TICKET, caller=stranger, conversation_id=conversation)
    again = desk.call(
        "open_ticket",
        {"subject": "invoice wrong", "details": "again"},
        caller=stranger,
        conversation_id=conversation,
    )
    assert told(first)["is_new"]
    assert told(again)["ticket_number"] == told(first)["ticket_number"]


def test_card_number_that_a_caller_said_is_kept_nowhere(desk: ToolDesk) -> None:
    card = "4111 1111 1111 1111"
    words = {"subject": "My card", "details": f"Charge {card}, password: hunter2hunter2"}
    finished = desk.call("open_ticket", words)
    with desk.database.read() as session:
        ticket = session.scalars(select(Ticket)).one()
        call = session.scalars(select(ToolCall)).one()
    for kept in (ticket.body, call.arguments, call.output, finished.output):
        assert "4111" not in kept
        assert "hunter2" not in kept
    assert "[redacted card]" in ticket.body


def _writes(row: Callable[[ToolContext], OwnedRow]) -> Tool:
    def write_row(context: ToolContext) -> str:
        """Write a row."""
        context.session.add(row(context))
        return "written"

    return tool(title="Write", effect="write", audience=CallerLevel.VERIFIED, confirmation="never")(
        write_row
    )


def _payback_of_nothing(context: ToolContext) -> Payback:
    return Payback(
        job_number=999_999, amount_minor=1, reason="none", status=PaybackStatus.REQUESTED
    )


def _same_client_again(context: ToolContext) -> Client:
    client = context.session.one(select(Client))
    assert client is not None
    fields = ("name", "email", "phone", "postcode")
    return Client(
        customer_id=CALLER.customer_id, **{name: getattr(client, name) for name in fields}
    )


def _client_without_a_name(context: ToolContext) -> Client:
    client = _same_client_again(context)
    client.name = None  # type: ignore[assignment]  # what is tested
    return client


@pytest.mark.parametrize("row", [_payback_of_nothing, _client_without_a_name])
def test_row_that_could_never_be_is_a_fault_of_ours(
    make_desk: Make, row: Callable[[ToolContext], OwnedRow]
) -> None:
    finished = make_desk([_writes(row)]).call("write_row", {})
    assert finished.status == ToolCallStatus.FAILED
    assert told(finished)["say"] == "Something went wrong on our side. Nothing was changed."


def test_row_that_is_there_already_is_said_to_be(make_desk: Make) -> None:
    finished = make_desk([_writes(_same_client_again)]).call("write_row", {})
    assert finished.status == ToolCallStatus.NOT_ALLOWED
    assert "was done already" in told(finished)["say"]


@tool(title="Ask", effect="read", audience=CallerLevel.VERIFIED)
def ask_wrongly(context: ToolContext) -> object:
    """Ask the database what it cannot answer."""
    return context.session.scalars(select(func.abs(Job.part + 10**30))).one()


@tool(title="Do", effect="write", audience=CallerLevel.VERIFIED, confirmation="never")
def write_wrongly(context: ToolContext) -> str:
    """Write what the database cannot hold."""
    job = context.session.scalars(select(Job)).first()
    assert job is not None
    job.number = 10**30
    return "written"


@pytest.mark.parametrize("name", ["ask_wrongly", "write_wrongly"])
def test_statement_that_is_wrong_fails_its_own_call(make_desk: Make, name: str) -> None:
    desk = make_desk([ask_wrongly, write_wrongly])
    assert desk.call(name, {}).status == ToolCallStatus.FAILED
    with desk.database.read() as session:
        assert session.scalars(select(ToolCall.status)).all() == [ToolCallStatus.FAILED]


JobNumbers = Annotated[
    list[Annotated[int, Field(ge=1, le=999_999)]], Field(max_length=5, description="The jobs.")
]


@tool(
    title="Bundle",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    owned=(OwnedArgument("jobs", Job.number, "job"),),
)
def bundle(jobs: JobNumbers) -> int:
    """Bundle jobs."""
    return len(jobs)


def test_each_member_of_a_list_must_be_the_callers_own(make_desk: Make) -> None:
    desk = make_desk([bundle])
    assert told(desk.call("bundle", {"jobs": [1002, 1007]}))["result"] == 2
    assert told(desk.call("bundle", {"jobs": []}))["result"] == 0
    refused = told(desk.call("bundle", {"jobs": [1002, 1011]}))
    assert refused["say"] == "I cannot find job 1011 in your account."


class Visit(BaseModel):
    jobs: Annotated[list[Annotated[int, Field(ge=1, le=9999)]], Field(max_length=9)]


@tool(
    title="Send",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    owned=(OwnedArgument("visits.jobs", Job.number, "job"),),
)
def do_together(
    visits: Annotated[list[Visit], Field(max_length=9, description="What goes together.")],
) -> Answer:
    """Do jobs together."""
    return Answer("I will do them.")


def test_owned_members_of_nested_objects_must_all_be_the_callers(make_desk: Make) -> None:
    desk = make_desk([do_together])
    own: dict[str, Any] = {"visits": [{"jobs": [1002]}, {"jobs": [1007, 1003]}]}
    other: dict[str, Any] = {"visits": [{"jobs": [1002]}, {"jobs": [1003, 1011]}]}
    assert desk.call("do_together", own).status == ToolCallStatus.SUCCEEDED
    refused = json.loads(desk.call("do_together", other).output)
    assert refused["say"] == "I cannot find job 1011 in your account."


@tool(
    title="Look",
    effect="read",
    audience=CallerLevel.IDENTIFIED,
    owned=(OwnedArgument("part", Job.part, "part"),),
)
def built_in(part: Annotated[str, Field(max_length=9, description="A part.")]) -> str:
    """Look."""
    return part


def test_owned_argument_may_name_several_rows(make_desk: Make) -> None:
    desk = make_desk([built_in])
    assert told(desk.call("built_in", {"part": "chain"}))["result"] == "chain"
    assert desk.call("built_in", {"part": "wheel"}).status == ToolCallStatus.NOT_ALLOWED


def test_rehearsal_says_why_it_failed(make_desk: Make) -> None:
    desk = make_desk([ask_wrongly])
    request = Request(uuid7(), "call_1", "ask_wrongly", "{}", CALLER, uuid7())
    with structlog.testing.capture_logs() as lines:
        desk.execution().rehearse(request)
    (line,) = lines
    assert (line["event"], line["tool"]) == ("tool_failed", "ask_wrongly")
    assert isinstance(line["exc_info"], BaseException)


def test_read_back_that_breaks_is_a_failure_on_record(make_desk: Make) -> None:
    def preview() -> str:
        raise KeyError("price")

    def act() -> str:
        """Act."""
        return "done"

    broken = tool(title="Act", effect="write", audience=CallerLevel.VERIFIED, preview=preview)(act)
    desk = make_desk([broken])
    assert desk.call("act", {}).status == ToolCallStatus.FAILED
    with desk.database.read() as session:
        assert session.scalars(select(ToolCall.status)).all() == [ToolCallStatus.FAILED]
