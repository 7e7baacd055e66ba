"""Fills a tool's slots from one turn of the caller and from what the conversation already
contains."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agent_service.offline.responder.addresses import address_in, part_of
from agent_service.offline.responder.amounts import heard_amounts
from agent_service.offline.responder.choices import chosen, flag
from agent_service.offline.responder.contacts import heard_emails, heard_name, heard_phones
from agent_service.offline.responder.dates import heard_dates
from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.fitting import typed
from agent_service.offline.responder.free_text import heard_text, subject
from agent_service.offline.responder.identifier_filling import (
    Turn,
    fill_identifiers,
    free_identifiers,
)
from agent_service.offline.responder.identifiers import match_known, normal, within_one_edit
from agent_service.offline.responder.moments import MOMENT_KINDS, Moments
from agent_service.offline.responder.phrases import goal, person, phrase
from agent_service.offline.responder.quantities import plain_number, quantity
from agent_service.offline.responder.recall import Recall
from agent_service.offline.responder.replies import corrected
from agent_service.offline.responder.slot_kinds import FREE_TEXT, SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool
from agent_service.redaction import redact


@dataclass(frozen=True, slots=True)
class Filling:
    values: Mapping[str, Any]
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Slots for which several known values are as likely."""
    more: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Further values of a slot that takes one: the caller named several things."""


class Filler:
    """Reads slots; holds no state of a conversation."""

    def __init__(self, embedder: Embedder, today: Callable[[], date]) -> None:
        self._embedder = embedder
        self._today = today

    def fill(self, tool: Tool, turn: Turn, recall: Recall) -> Filling:
        """Return the values that the turn gives, whichever slot was asked for."""
        identifiers = fill_identifiers(tool, turn, recall, self._today())
        values = dict(identifiers.values)
        address = address_in(tool, turn.text)
        moments = Moments(tool, turn, self._today())
        for slot in tool.slots:
            if slot.kind is SlotKind.IDENTIFIER:
                continue
            part = part_of(slot) if address is not None else None
            value: Any = address.part(part) or None if address is not None and part else None
            if part is None:
                is_moment = slot.kind in MOMENT_KINDS
                value = moments.value(slot) if is_moment else self._value(slot, tool, turn, recall)
            if value is not None:
                values[slot.name] = value
        _head(tool, values)
        return Filling(values, identifiers.rivals, identifiers.more)

    def _value(self, slot: Slot, tool: Tool, turn: Turn, recall: Recall) -> Any:
        was_asked = turn.asked == slot.name
        text = corrected(turn.text) if slot.kind not in FREE_TEXT else turn.text
        match slot.kind:
            case SlotKind.EMAIL:
                return _nearest_email(heard_emails(turn.text), recall)
            case SlotKind.PHONE:
                return next(iter(heard_phones(text)), None)
            case SlotKind.AMOUNT | SlotKind.COUNT:
                return quantity(slot, text, was_asked=was_asked)
            case SlotKind.FLAG:
                return flag(slot, text, was_asked=was_asked)
            case SlotKind.CHOICE:
                found = chosen(slot, text, self._embedder, was_asked=was_asked)
                return found[0] if found else None
            case SlotKind.NAME:
                return person(slot, heard_name(text, was_asked=was_asked), tool) or goal(slot, text)
            case SlotKind.LIST:
                return self._list(slot, tool, turn, recall) or None
            case SlotKind.PHRASE:
                return phrase(slot, text, was_asked=was_asked, recall=recall)
            case _:
                request = turn.request if _has_other_slots(tool) else None
                return heard_text(
                    slot,
                    turn.text,
                    was_asked=was_asked,
                    is_answer=turn.asked is not None,
                    request=request,
                )

    def _list(self, slot: Slot, tool: Tool, turn: Turn, recall: Recall) -> list[Any]:
        item = slot.item
        if item is None:
            return []
        was_asked = turn.asked == slot.name
        if item.choices:
            return chosen(item, turn.text, self._embedder, was_asked=was_asked, several=True)
        if item.kind is SlotKind.IDENTIFIER:
            known, is_listed = recall.known(item)
            matches = [
                match_known(h.text, known, is_complete=is_listed)
                for h in free_identifiers(turn.text, tool, self._today())
            ]
            return [typed(item, m.value) for m in matches if m.value is not None]
        if item.kind is SlotKind.EMAIL:
            return list(heard_emails(turn.text))
        if item.kind in {SlotKind.DATE}:
            return [h.value.isoformat() for h in heard_dates(turn.text, self._today())]
        if item.kind in {SlotKind.AMOUNT, SlotKind.COUNT}:
            return [plain_number(item, a.value) for a in heard_amounts(turn.text)]
        if not was_asked:
            return []
        text = redact(turn.text)  # before it is cut at the commas of a number
        return [p.strip(" .!?") for p in re.split(r",|\band\b", text) if p.strip(" .!?")]


def _nearest_email(heard: list[str], recall: Recall) -> str | None:
    if not heard:
        return None
    near = [e for e in recall.emails() if within_one_edit(normal(e), normal(heard[-1]))]
    return near[0] if len(near) == 1 else heard[-1]


def _head(tool: Tool, values: dict[str, Any]) -> None:
    """Give a story its heading."""
    story = next((s.name for s in tool.slots if s.kind is SlotKind.TEXT and s.name in values), None)
    for slot in tool.slots:
        if slot.kind is SlotKind.SUBJECT and slot.name not in values and story is not None:
            heading = subject(str(values[story]))
            if heading:
                values[slot.name] = heading


def _has_other_slots(tool: Tool) -> bool:
    kinds = [slot.kind for slot in tool.slots if slot.is_required]
    return any(kind not in FREE_TEXT for kind in kinds) or SlotKind.TEXT in kinds
