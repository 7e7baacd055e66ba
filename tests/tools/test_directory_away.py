"""A tool that asks who the caller is, while the company's directory does not say."""

import json
from typing import NoReturn

import pytest
from hand_clock import HandClock
from sqlalchemy.orm import Session
from tool_desk import ToolDesk

from agent_service.conversation.records import CallerLevel, ToolCallStatus
from agent_service.store.database import Database
from agent_service.store.directory import LookUpBy
from agent_service.tools.tool import Answer, Effect, Tool, ToolContext, tool


class Away:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def find(self, by: LookUpBy, value: str, session: Session) -> NoReturn:
        raise self.error


def _greeting(effect: Effect) -> Tool:
    def greet(context: ToolContext) -> Answer:
        """Greet."""
        if effect == "write":
            context.queue("letter", {})
        known = context.look_up_caller()
        return Answer(f"Hello {known.name if known else 'there'}.")

    return tool(title="Greet", effect=effect, audience=CallerLevel.ANONYMOUS, confirmation="never")(
        greet
    )


@pytest.mark.parametrize("effect", ["read", "write"])
@pytest.mark.parametrize("error", [LookupError("away"), SystemExit(1)], ids=repr)
def test_caller_is_told_what_cannot_be_done_at_the_moment(
    database: Database, hand_clock: HandClock, effect: Effect, error: BaseException
) -> None:
    desk = ToolDesk(database, hand_clock, [_greeting(effect)], Away(error))
    finished = desk.call("greet", {})
    desk.close()
    say = "I cannot look that up at the moment. Please try again in a minute."
    assert finished.status == ToolCallStatus.RETRY_LATER
    assert json.loads(finished.output) == {"status": "retry_later", "say": say}
