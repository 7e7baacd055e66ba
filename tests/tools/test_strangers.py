"""A customer whom only the company's own system knows is served like any other."""

import json
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tool_desk import ToolDesk

from agent_service.clock import uuid7
from agent_service.conversation.records import Caller, CallerLevel, ToolCallStatus
from agent_service.store.contacts import Address, address_of, keep_address
from agent_service.store.directory import Customers, LookUpBy
from agent_service.store.identity import Claimant, check_code
from agent_service.store.outbox import OutboxRow
from agent_service.tools.execution import Execution
from agent_service.tools.request import Request

ANN = Caller("ACME-77", "Ann Acme", CallerLevel.VERIFIED)


@pytest.mark.parametrize(
    ("address", "to", "said"),
    [
        (Address("ann@acme.example", "+4930123456"), "+4930123456", "phone ending in 56"),
        (Address("ann@acme.example", None), "ann@acme.example", "your email address"),
    ],
)
def test_code_goes_to_the_contact_that_the_company_gave(
    desk: ToolDesk, address: Address, to: str, said: str
) -> None:
    with desk.database.write() as session:
        keep_address(session, "ACME-77", address, desk.clock.utc())
    conversation = desk.conversation(ANN)
    finished = desk.call("send_security_code", {}, caller=ANN, conversation_id=conversation)
    assert said in json.loads(finished.output)["say"]
    with desk.database.write() as session:
        payload = json.loads(session.scalars(select(OutboxRow.payload)).one())
        assert payload["to"] == to
        code = payload["text"].split()[3].rstrip(".")
        checked = partial(
            check_code,
            session,
            Claimant(conversation, desk.clock.utc(), "support"),
            customer_id="ACME-77",
            source_limit=30,
            now=desk.clock.utc(),
        )
        assert not checked(code="0")
        assert checked(code=code)


def test_without_a_contact_no_code_is_promised(desk: ToolDesk) -> None:
    finished = desk.call("send_security_code", {}, caller=ANN)
    assert finished.status == ToolCallStatus.NOT_ALLOWED


def test_callback_goes_to_the_phone_that_the_company_gave(desk: ToolDesk) -> None:
    with desk.database.write() as session:
        keep_address(session, "ACME-77", Address(None, "+4930123456"), desk.clock.utc())
    finished = desk.call("book_callback", {"topic": "my invoice"}, caller=ANN)
    assert json.loads(finished.output)["phone_ending"] == "56"


def test_contact_of_another_customer_is_not_seen(desk: ToolDesk) -> None:
    with desk.database.write() as session:
        keep_address(session, "ACME-78", Address(None, "+4930999999"), desk.clock.utc())
    finished = desk.call("send_security_code", {}, caller=ANN)
    assert finished.status == ToolCallStatus.NOT_ALLOWED


class Away:
    def find(self, by: LookUpBy, value: str, session: Session) -> None:
        raise ConnectionError("no route to host")


@pytest.mark.parametrize("name", ["send_security_code", "book_callback"])
def test_without_the_directory_the_caller_is_told_to_try_again(desk: ToolDesk, name: str) -> None:
    customers = Customers(desk.database, Away())
    execution = Execution(desk.registry, desk.database, desk.clock, customers=customers)
    text = '{"topic": "my invoice"}' if name == "book_callback" else "{}"
    outcome = execution.rehearse(Request(uuid7(), "call", name, text, ANN, desk.conversation(ANN)))
    assert outcome.status == ToolCallStatus.RETRY_LATER
    assert "cannot look up how to reach you" in outcome.output


def test_without_the_directory_a_known_contact_does(desk: ToolDesk) -> None:
    with desk.database.write() as session:
        keep_address(session, "ACME-77", Address(None, "+4930123456"), desk.clock.utc())
    customers = Customers(desk.database, Away())
    execution = Execution(desk.registry, desk.database, desk.clock, customers=customers)
    request = Request(uuid7(), "call", "send_security_code", "{}", ANN, desk.conversation(ANN))
    assert "ending in 56" in execution.rehearse(request).output
    with desk.database.read() as session:
        assert address_of(session, "ACME-77", customers) == "+4930123456"
        assert address_of(session, "ACME-78", customers) is None
