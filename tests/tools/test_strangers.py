"""A customer whom only the company's own system knows is served like any other."""

import json
from functools import partial

import pytest
from shop_desk import ShopDesk
from sqlalchemy import select

from agent_service.conversation.records import Caller, CallerLevel, ToolCallStatus
from agent_service.store.contacts import Address, keep_address
from agent_service.store.identity import Claimant, check_code
from agent_service.store.outbox import OutboxRow

ANN = Caller("ACME-77", "Ann Acme", CallerLevel.VERIFIED)


@pytest.mark.parametrize(
    ("address", "to", "said"),
    [
        (Address("ann@acme.example", "+4930123456"), "+4930123456", "phone ending in 56"),
        (Address("ann@acme.example", None), "ann@acme.example", "your email address"),
    ],
)
def test_code_goes_to_the_contact_that_the_company_gave(
    desk: ShopDesk, address: Address, to: str, said: str
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
            Claimant(conversation, "support"),
            customer_id="ACME-77",
            source_limit=30,
            now=desk.clock.utc(),
        )
        assert not checked(code="0")
        assert checked(code=code)


def test_without_a_contact_no_code_is_promised(desk: ShopDesk) -> None:
    finished = desk.call("send_security_code", {}, caller=ANN)
    assert finished.status == ToolCallStatus.NOT_ALLOWED


def test_callback_goes_to_the_phone_that_the_company_gave(desk: ShopDesk) -> None:
    with desk.database.write() as session:
        keep_address(session, "ACME-77", Address(None, "+4930123456"), desk.clock.utc())
    finished = desk.call("book_callback", {"topic": "my invoice"}, caller=ANN)
    assert json.loads(finished.output)["phone_ending"] == "56"


def test_contact_of_another_customer_is_not_seen(desk: ShopDesk) -> None:
    with desk.database.write() as session:
        keep_address(session, "ACME-78", Address(None, "+4930999999"), desk.clock.utc())
    finished = desk.call("send_security_code", {}, caller=ANN)
    assert finished.status == ToolCallStatus.NOT_ALLOWED
