"""Reads dates and times of day for the slots that take them, in the order in which they were
said."""

import re
from datetime import date, datetime, time

from agent_service.offline.responder.dates import heard_dates
from agent_service.offline.responder.identifier_filling import Turn
from agent_service.offline.responder.replies import corrected
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.times_of_day import expected_times
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import split_name

MOMENT_KINDS = frozenset({SlotKind.DATE, SlotKind.TIME, SlotKind.HOUR, SlotKind.DATE_TIME})
_TIMED = MOMENT_KINDS - {SlotKind.DATE}
_ENDS = frozenset({"end", "until", "to", "before", "latest", "till"})
_UNTIL = re.compile(r"\b(?:until|till|to|through|by|before)\s*$", re.I)


class Moments:
    """The dates and times of one turn."""

    def __init__(self, tool: Tool, turn: Turn, today: date) -> None:
        self._text = corrected(turn.text)
        self._today = today
        self._tool = tool
        asked = tool.slot(turn.asked) if turn.asked else None
        self._asked = turn.asked
        was_asked = asked is not None and asked.kind in _TIMED
        is_timed = any(slot.kind in _TIMED for slot in tool.slots)
        times = expected_times(self._text, was_asked=was_asked) if is_timed else []
        self._times = [heard.value for heard in times]

    def value(self, slot: Slot) -> str | int | None:
        """Return the moment that the slot takes, in its form."""
        match slot.kind:
            case SlotKind.DATE:
                return None if (day := self._day(slot)) is None else day.isoformat()
            case SlotKind.HOUR:
                return self._hour(slot)
            case SlotKind.TIME:
                moment = self._time(slot)
                return None if moment is None else moment.strftime("%H:%M")
            case _:
                day, moment = self._day(slot), self._time(slot)
                if day is None or moment is None:
                    return None
                return datetime.combine(day, moment).isoformat()

    def _day(self, slot: Slot) -> date | None:
        dates = heard_dates(self._text, self._today, is_past=slot.is_past)
        days = [s.name for s in self._tool.slots if s.kind is SlotKind.DATE]
        if len(dates) > 1 and len(days) > 1 and slot.name in days[: len(dates)]:
            return dates[days.index(slot.name)].value  # "from the third to the fifth"
        if len(dates) == 1 and len(days) > 1 and slot.name != self._asked:
            is_end = bool(_UNTIL.search(self._text[: dates[0].start]))
            ends = [name for name in days if set(split_name(name)) & _ENDS]
            if slot.name != next(iter(ends if is_end and ends else days)):
                return None
        return dates[-1].value if dates else None

    def _time(self, slot: Slot) -> time | None:
        """Of "between ten and twelve" an end takes the later one, anything else the earlier one."""
        if not self._times:
            return None
        return self._times[-1] if set(split_name(slot.leaf)) & _ENDS else self._times[0]

    def _hour(self, slot: Slot) -> int | None:
        moment = self._time(slot)
        if moment is None:
            return None
        is_within = slot.minimum is None or moment.hour >= slot.minimum
        is_within = is_within and (slot.maximum is None or moment.hour <= slot.maximum)
        return moment.hour if is_within else None
