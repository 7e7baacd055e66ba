"""The tools as callers have them: the whole way of a call, on a real database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from agent_service import demo_shop
from agent_service.company import Caller, CallerLevel, Company
from agent_service.demo_shop.seed import DEMO_CALLER
from agent_service.testing import STRANGER, ToolTester
from examples.warranty_desk.tools import TOOLS

OTHER: Final = Caller("C0002", "Somebody Else", CallerLevel.VERIFIED)
SHOP: Final = demo_shop.company()
COMPANY: Final = Company(tools=TOOLS, tables=SHOP.tables, seed=SHOP.seed)
CRACKLES: Final = {"order_number": 1002, "fault": "crackles"}


@pytest.fixture
def tester(tmp_path: Path) -> Iterator[ToolTester]:
    with ToolTester.opened(COMPANY, f"sqlite:///{tmp_path / 'shop.db'}") as opened:
        yield opened


def test_warranty_of_a_delivered_order(tester: ToolTester) -> None:
    told = tester.rehearse("check_warranty", {"order_number": 1002}, caller=DEMO_CALLER)
    assert told.facts["is_covered"] is True


def test_nobody_learns_of_another_customers_order(tester: ToolTester) -> None:
    told = tester.rehearse("check_warranty", {"order_number": 1002}, caller=OTHER)
    assert (told.status, told.say) == (
        "not_allowed",
        "I cannot find order 1002 in your account.",
    )


def test_repair_is_read_back_and_gets_a_number_and_a_box(tester: ToolTester) -> None:
    told = tester.run("request_repair", CRACKLES, caller=DEMO_CALLER)
    assert told.read_back is not None
    assert told.read_back.endswith("of order 1002 for repair: crackles")
    assert told.facts["ticket_number"] == 1
    assert [message.payload["text"] for message in told.queued] == ["Box for 1"]


def test_repair_that_is_under_way_gets_no_second_box(tester: ToolTester) -> None:
    tester.run("request_repair", CRACKLES, caller=DEMO_CALLER)
    again = tester.run("request_repair", CRACKLES | {"fault": "hisses"}, caller=DEMO_CALLER)
    assert again.say == "That repair is under way, with the number 1."
    assert again.queued == ()


def test_repair_that_the_caller_does_not_want_is_none(tester: ToolTester) -> None:
    told = tester.run("request_repair", CRACKLES, caller=DEMO_CALLER, agrees=False)
    assert (told.status, told.queued) == ("declined", ())


def test_stranger_gets_no_repair(tester: ToolTester) -> None:
    assert tester.rehearse("request_repair", CRACKLES, caller=STRANGER).status == "not_allowed"
