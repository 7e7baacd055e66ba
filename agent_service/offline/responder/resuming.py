"""Finds what is to go on once something that stood in its way is done: a tool call that was
refused."""

from collections.abc import Sequence

from agent_service.offline.ports import ContextItem, ContextToolCall, ContextToolOutput
from agent_service.offline.responder.outcome import outcome


def refused_call(items: Sequence[ContextItem]) -> ContextToolCall | None:
    """Return the latest call that was refused for another reason than its arguments, unless the
    same tool has been called since."""
    calls = {item.call_id: item for item in items if isinstance(item, ContextToolCall)}
    latest = {call.name: call.call_id for call in calls.values()}
    for item in reversed(items):
        if not isinstance(item, ContextToolOutput) or item.call_id not in calls:
            continue
        call, told = calls[item.call_id], outcome(item.output, "")
        if told.is_error and not told.to_fix and latest[call.name] == call.call_id:
            return call
    return None
