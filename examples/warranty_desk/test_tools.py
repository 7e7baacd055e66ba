"""The tools in rehearsal: the whole way of a call, on a real database, and nothing is kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent_service.clock import SystemClock, uuid7
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.demo_shop import TABLES
from agent_service.demo_shop.seed import DEMO_CALLER, seed_shop
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade
from agent_service.tools.execution import Execution
from agent_service.tools.registry import Registry
from agent_service.tools.request import Request
from examples.warranty_desk.tools import TOOLS

STRANGER = Caller()
OTHER = Caller("C0002", "Somebody Else", CallerLevel.VERIFIED)


@pytest.fixture
def execution(tmp_path: Path) -> Iterator[Execution]:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    upgrade(url, branch=TABLES)
    database = Database(url)
    with database.write() as session:
        seed_shop(session, SystemClock().utc())
    yield Execution(Registry(TOOLS), database, SystemClock())
    database.close()


def rehearse(execution: Execution, caller: Caller, name: str, **arguments: Any) -> dict[str, Any]:
    request = Request(uuid7(), "call_1", name, json.dumps(arguments), caller, uuid7())
    output: dict[str, Any] = json.loads(execution.rehearse(request).output)
    return output


def test_warranty_of_a_delivered_order(execution: Execution) -> None:
    told = rehearse(execution, DEMO_CALLER, "check_warranty", order_number=1002)
    assert told["is_covered"] is True


def test_nobody_learns_of_another_customers_order(execution: Execution) -> None:
    told = rehearse(execution, OTHER, "check_warranty", order_number=1002)
    assert told == {"status": "not_allowed", "say": "I cannot find order 1002 in your account."}


def test_repair_gets_a_number(execution: Execution) -> None:
    told = rehearse(execution, DEMO_CALLER, "request_repair", order_number=1002, fault="crackles")
    assert told["ticket_number"] == 1


def test_stranger_gets_no_repair(execution: Execution) -> None:
    told = rehearse(execution, STRANGER, "request_repair", order_number=1002, fault="crackles")
    assert told["status"] == "not_allowed"
