"""docs/conversation-socket.md and the code describe the same messages, errors and close codes."""

import re
from pathlib import Path
from typing import get_args

import pytest
from msgspec import structs

from agent_service import web
from agent_service.channels import widget_messages as wire
from agent_service.conversation.records import ToolCallStatus
from agent_service.web.sockets import close_codes

ELEMENT = Path(web.__file__).parent / "widget" / "element"
PAGE = (Path(__file__).parents[2] / "docs" / "conversation-socket.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> dict[str, list[str]]:
    """Return the cells of each row of the section's table, by the name in the first."""
    cells = [
        [cell.strip() for cell in line.strip("| ").split(" |")]
        for line in section(title).splitlines()
        if line.startswith("| `")
    ]
    return {first.strip("`"): rest for first, *rest in cells}


def fields(message: type) -> set[str]:
    return {field.name for field in structs.fields(message)} - {"seq"}


@pytest.mark.parametrize(
    ("title", "union"),
    [("Caller to service", wire.CallerMessage), ("Service to caller", wire.ServiceMessage)],
)
def test_every_message_and_field_is_described(title: str, union: object) -> None:
    described = {name: set(re.findall(r"`(\w+)`", cells[0])) for name, cells in rows(title).items()}
    messages = {message.__struct_config__.tag: fields(message) for message in get_args(union)}
    assert described == messages


def test_every_status_of_a_tool_is_described() -> None:
    described = set(re.findall(r"`(\w+)`", rows("Service to caller")["tool"][1]))
    assert {status.value for status in ToolCallStatus} <= described


def test_the_widget_has_words_for_every_status_of_a_tool() -> None:
    story = (ELEMENT / "story.js").read_text(encoding="utf-8")
    # The card, the agent's own question and what became of the card say the others.
    unsaid = {
        ToolCallStatus.AWAITING_CONFIRMATION,
        ToolCallStatus.FIX_ARGUMENTS,
        ToolCallStatus.DECLINED,
    }
    assert {each for each in ToolCallStatus if f"  {each}: " not in story} == unsaid


def test_every_refusal_is_described_with_its_close_code() -> None:
    described = {name: cells[0] for name, cells in rows("Errors and close codes").items()}
    closing = {code: str(number) for code, number in close_codes.CLOSE_CODES.items()}
    assert described == closing | dict.fromkeys(close_codes.MESSAGE_CODES, "")


def test_the_subprotocol_is_named() -> None:
    assert f"`{wire.SUBPROTOCOL}`" in PAGE
