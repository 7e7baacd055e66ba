"""Every caller level x tool x {own, somebody else's, missing}: generated from the declarations."""

import json
from typing import Any

import pytest
from shop_desk import ShopDesk

from agent_service.clock import uuid7
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.demo_shop.tools import TOOLS
from agent_service.tools.request import Request
from agent_service.tools.tool import Tool

OWN, FOREIGN, MISSING = 1007, 1011, 999_999


def arguments(tool: Tool, order_number: int) -> dict[str, Any]:
    schema = tool.schema()
    filled = {name: _value(name, schema["properties"][name]) for name in schema.get("required", ())}
    return filled | {owned.argument: order_number for owned in tool.owned}


def _value(name: str, schema: dict[str, Any]) -> Any:
    if schema["type"] == "integer":
        return schema["minimum"]
    return "01101" if name == "postcode" else "bluetooth speaker"


def outcome(desk: ShopDesk, tool: Tool, level: CallerLevel, order_number: int) -> dict[str, Any]:
    knows = level.rank >= CallerLevel.IDENTIFIED.rank
    caller = Caller("C0001" if knows else None, "Jane Doe", level)
    text = json.dumps(arguments(tool, order_number))
    request = Request(uuid7(), desk.next_call(), tool.name, text, caller, uuid7())
    told: dict[str, Any] = json.loads(desk.execution().rehearse(request).output)
    return told


@pytest.fixture(scope="module")
def cells() -> list[tuple[CallerLevel, Tool]]:
    return [(level, tool) for level in CallerLevel for tool in TOOLS]


def test_level_below_the_declared_one_is_refused(
    desk: ShopDesk, cells: list[tuple[CallerLevel, Tool]]
) -> None:
    for level, tool in cells:
        told = outcome(desk, tool, level, OWN)
        says_level = told["status"] == "not_allowed" and told["say"].startswith("For that")
        assert says_level == (level.rank < tool.audience.rank), (level, tool.name, told)


def test_own_rows_are_found(desk: ShopDesk, cells: list[tuple[CallerLevel, Tool]]) -> None:
    for level, tool in cells:
        if level.rank >= max(tool.audience.rank, CallerLevel.IDENTIFIED.rank):
            told = outcome(desk, tool, level, OWN)
            assert "in your account" not in told["say"], (level, tool.name, told)


def test_rows_of_others_and_missing_rows_are_refused_alike(
    desk: ShopDesk, cells: list[tuple[CallerLevel, Tool]]
) -> None:
    for level, tool in cells:
        if not tool.owned:
            continue
        foreign = outcome(desk, tool, level, FOREIGN)
        missing = outcome(desk, tool, level, MISSING)
        assert foreign["status"] == "not_allowed", (level, tool.name, foreign)
        assert foreign["say"].replace(str(FOREIGN), "N") == missing["say"].replace(
            str(MISSING), "N"
        )


def test_every_argument_that_names_an_order_is_declared_as_owned() -> None:
    for tool in TOOLS:
        named = {name for name in tool.schema()["properties"] if name.endswith("_number")}
        assert named == {owned.argument for owned in tool.owned}, tool.name
