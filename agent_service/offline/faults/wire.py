"""Faults between the session and the socket: late, lost, doubled and broken frames."""

import asyncio

from agent_service.offline.faults.plan import FaultPlan
from agent_service.offline.outbox import CloseFrame, DelayedFrame, GoSilent, Outbox

_BROKEN = '{"type":"response.output_text.delta","event_id":"event_'
_UNKNOWN = '{"type":"offline.surprise","event_id":"event_offline_surprise","weather":"fair"}'


class Wire:
    """Passes events on to the outbox, as far as the armed faults let them."""

    def __init__(self, outbox: Outbox, faults: FaultPlan) -> None:
        self._outbox = outbox
        self._faults = faults

    def send(self, event_type: str, frame: str) -> None:
        """Send an event, given by its beta name."""
        if self._is_cut(event_type) or self._faults.fires("event_missing", at=event_type):
            return
        if self._faults.fires("malformed_json", at=event_type):
            self._put(_BROKEN)
        if self._faults.fires("unknown_event", at=event_type):
            self._put(_UNKNOWN)
        self._put(frame)
        if self._faults.fires("event_duplicated", at=event_type):
            self._put(frame)

    def _is_cut(self, event_type: str) -> bool:
        if fault := self._faults.fires("close", at=event_type):
            self._outbox.put(CloseFrame(int(fault.number("code")), fault.text("reason")))
            return True
        if fault := self._faults.fires("half_open", at=event_type):
            self._outbox.put(GoSilent(fault.number("seconds")))
            return True
        return False

    def _put(self, frame: str) -> None:
        fault = self._faults.fires("latency")
        if fault is None:
            self._outbox.put(frame)
            return
        late_ms = fault.number("ms") + self._faults.random.uniform(0, fault.number("jitter_ms"))
        due = asyncio.get_running_loop().time() + late_ms / 1000
        self._outbox.put(DelayedFrame(frame, due))
