"""What is wrong with one response: drawn when it starts, applied while it is generated."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from agent_service.audio import BYTES_PER_MS, samples
from agent_service.offline.faults.plan import FaultPlan, Fired
from agent_service.offline.ports import CallTool
from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.responses import (
    ResponseStatus,
    cancelled,
    failed,
    incomplete,
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a response ends too early."""

    after_words: float
    status: ResponseStatus
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WireCall:
    """A tool call as it goes out."""

    name: str
    arguments: str
    call_id: str


class ResponseFaults:
    """The faults of one response."""

    def __init__(self, plan: FaultPlan) -> None:
        self._plan = plan
        slow = plan.fires("response_slow")
        self.delay_s = slow.number("ms") / 1000 if slow else 0.0
        self.ending = _ending(plan)
        self.never_ends = plan.fires("response_never_ends") is not None
        pace = plan.fires("audio_slow")
        self.slowness = pace.number("factor") if pace else 0.0
        """Seconds that a second of audio takes; 0 is as fast as possible."""
        self._silent = plan.fires("audio_silent")
        self._clipped = plan.fires("audio_clipped")
        self._ahead = plan.fires("audio_ahead")

    def distort(self, pcm: bytes) -> bytes:
        """Return the audio of a sentence as the faults want it."""
        if self._silent:
            pcm = bytes(len(pcm))
        if self._clipped:
            louder = samples(pcm).astype(np.float64) * self._clipped.number("gain")
            pcm = np.clip(louder, -32_768, 32_767).astype("<i2").tobytes()
        if self._ahead and pcm:
            wanted = int(self._ahead.number("seconds") * 1000) * BYTES_PER_MS
            pcm *= max(1, -(-wanted // len(pcm)))
            self._ahead = None
        return pcm

    def calls(self, call: CallTool) -> list[WireCall]:
        """Return the tool calls that go out in place of one."""
        made = WireCall(call.name, call.arguments, new_id("call_"))
        if self._plan.fires("call_unknown_tool"):
            made = WireCall(f"{made.name}_v2", made.arguments, made.call_id)
        if self._plan.fires("call_garbled"):
            made = WireCall(made.name, made.arguments.rstrip('}" ') + '"', made.call_id)
        calls = [made]
        if self._plan.fires("call_duplicated"):
            calls.append(made)
        if self._plan.fires("call_repeated"):
            calls.append(WireCall(made.name, made.arguments, new_id("call_")))
        if self._plan.fires("call_contradicted"):
            calls.append(WireCall(made.name, contradiction(made.arguments), new_id("call_")))
        return calls


def _ending(plan: FaultPlan) -> Ending | None:
    endings = {
        "rate_limited": _rate_limited,
        "response_failed": _failed,
        "response_incomplete": _incomplete,
        "content_filtered": _filtered,
        "response_cancelled": _cancelled,
    }
    for name, ending in endings.items():
        if fault := plan.fires(name):
            return ending(fault)
    return None


def _rate_limited(fault: Fired) -> Ending:
    message = (
        "Rate limit reached for this model in tokens per minute. "
        f"Please try again in {fault.number('retry_after_s'):g}s."
    )
    return Ending(0, "failed", failed("tokens", "rate_limit_exceeded", message))


def _failed(fault: Fired) -> Ending:
    message = "The server had an error while processing your request."
    details = failed(fault.text("type"), fault.text("code"), message)
    return Ending(fault.number("words"), "failed", details)


def _incomplete(fault: Fired) -> Ending:
    details = {"type": "incomplete", "reason": fault.text("reason")}
    return Ending(fault.number("words"), "incomplete", details)


def _filtered(fault: Fired) -> Ending:
    return Ending(fault.number("words"), "incomplete", incomplete("content_filter"))


def _cancelled(fault: Fired) -> Ending:
    details = cancelled("turn_detected") | {"reason": fault.text("reason")}
    return Ending(fault.number("words"), "cancelled", details)


def contradiction(arguments: str) -> str:
    """Return arguments of the same shape that say something else."""
    try:
        read = json.loads(arguments)
    except ValueError:
        return arguments
    return json.dumps(_otherwise(read))


def _otherwise(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{int(value) + 1:0{len(value)}}" if value.isdecimal() else f"{value} 2"
        case dict():
            return {key: _otherwise(inner) for key, inner in value.items()}
        case list():
            return [_otherwise(inner) for inner in value]
        case _:
            return value
