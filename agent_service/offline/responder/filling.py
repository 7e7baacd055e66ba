"""Fills a tool's slots from one turn of the caller and from what the conversation already
contains."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from agent_service.offline.responder.amounts import heard_amounts, price
from agent_service.offline.responder.choices import chosen, flag
from agent_service.offline.responder.contacts import heard_emails, heard_name, heard_phones
from agent_service.offline.responder.dates import heard_dates
from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.fitting import fit, typed
from agent_service.offline.responder.free_text import heard_text, subject
from agent_service.offline.responder.identifiers import (
    HeardIdentifier,
    heard_identifiers,
    match_known,
    normal,
    within_one_edit,
)
from agent_service.offline.responder.recall import Recall
from agent_service.offline.responder.replies import corrected
from agent_service.offline.responder.slots import FREE_TEXT, Slot, SlotKind
from agent_service.offline.responder.times_of_day import heard_times
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import content_stems


@dataclass(frozen=True, slots=True)
class Turn:
    """What the caller said, and how it was asked for."""

    text: str
    request: str | None = None
    """The clause that asks for the tool; None when the turn answers a question of ours."""
    asked: str | None = None
    """The slot that was asked for."""


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
        values: dict[str, Any] = {}
        rivals: dict[str, tuple[str, ...]] = {}
        more: dict[str, tuple[Any, ...]] = {}
        self._fill_identifiers(tool, turn, recall, values, rivals, more)
        for slot in tool.slots:
            if slot.kind is SlotKind.IDENTIFIER:
                continue
            value = self._value(slot, tool, turn, recall)
            if value is not None:
                values[slot.name] = value
        _head(tool, values)
        return Filling(values, rivals, more)

    def _fill_identifiers(
        self,
        tool: Tool,
        turn: Turn,
        recall: Recall,
        values: dict[str, Any],
        rivals: dict[str, tuple[str, ...]],
        more: dict[str, tuple[Any, ...]],
    ) -> None:
        text = corrected(turn.text)
        heard = self._free_identifiers(text, tool)
        if not heard and text != turn.text:
            text = turn.text
            heard = self._free_identifiers(text, tool)
        slots = [s for s in tool.slots if s.kind is SlotKind.IDENTIFIER]
        slots.sort(key=lambda s: (s.name != turn.asked, not s.is_required))
        for slot in slots:
            known, is_listed = recall.known(slot)
            fitting = sorted(
                (
                    (score, h, form)
                    for h in heard
                    for score, form in [fit(slot, h, text, turn.asked, known)]
                    if form
                ),
                key=lambda hit: -hit[0],
            )
            if not fitting:
                self._refer(slot, turn, recall, values, rivals)
                continue
            best = fitting[0][0]
            taken: list[Any] = []
            for score, identifier, form in fitting:
                if score < best - 0.5:
                    break
                match = match_known(form, known, is_complete=is_listed)
                if match.value is None:
                    rivals[slot.name] = match.rivals
                else:
                    taken.append(typed(slot, match.value))
                heard.remove(identifier)
            if taken:
                rivals.pop(slot.name, None)
                values[slot.name] = taken[0]
                more[slot.name] = tuple(v for v in dict.fromkeys(taken[1:]) if v != taken[0])

    def _refer(
        self,
        slot: Slot,
        turn: Turn,
        recall: Recall,
        values: dict[str, Any],
        rivals: dict[str, tuple[str, ...]],
    ) -> None:
        if not slot.is_required and slot.name != turn.asked:
            return
        referred = recall.referred(slot, turn.text)
        if len(referred) == 1:
            values[slot.name] = typed(slot, referred[0])
        elif referred:
            rivals[slot.name] = tuple(referred)

    def _free_identifiers(self, text: str, tool: Tool) -> list[HeardIdentifier]:
        """Return the identifiers that are not part of a date, a time, money or an address."""
        kinds = {slot.kind for slot in tool.slots}
        taken = [(h.start, h.end) for h in heard_dates(text, self._today())]
        taken += [(h.start, h.end) for h in heard_times(text)]
        taken += [(a.start, a.end) for a in heard_amounts(text) if a.is_money]
        if SlotKind.PHONE in kinds and heard_phones(text):
            return []
        at = re.search(r"@|\bat\b", text) if heard_emails(text) else None
        return [
            h
            for h in heard_identifiers(text)
            if not any(h.start < end and start < h.end for start, end in taken)
            and not (at and SlotKind.EMAIL in kinds)
        ]

    def _value(self, slot: Slot, tool: Tool, turn: Turn, recall: Recall) -> Any:
        was_asked = turn.asked == slot.name
        text = corrected(turn.text) if slot.kind not in FREE_TEXT else turn.text
        match slot.kind:
            case SlotKind.EMAIL:
                return _nearest_email(heard_emails(turn.text), recall)
            case SlotKind.PHONE:
                return next(iter(heard_phones(text)), None)
            case SlotKind.DATE | SlotKind.TIME | SlotKind.DATE_TIME:
                return self._moment(slot, text)
            case SlotKind.AMOUNT | SlotKind.COUNT:
                return _quantity(slot, text, was_asked=was_asked)
            case SlotKind.FLAG:
                return flag(slot, text, was_asked=was_asked)
            case SlotKind.CHOICE:
                found = chosen(slot, text, self._embedder, was_asked=was_asked)
                return found[0] if found else None
            case SlotKind.NAME:
                return _person(slot, heard_name(text, was_asked=was_asked), tool)
            case SlotKind.LIST:
                return self._list(slot, tool, turn, recall) or None
            case SlotKind.PHRASE:
                return _phrase(slot, text, was_asked=was_asked, recall=recall)
            case _:
                request = turn.request if _has_other_slots(tool) else None
                return heard_text(
                    slot,
                    turn.text,
                    was_asked=was_asked,
                    is_answer=turn.asked is not None,
                    request=request,
                )

    def _moment(self, slot: Slot, text: str) -> str | None:
        dates = heard_dates(text, self._today(), is_past=slot.is_past)
        times = heard_times(text)
        if slot.kind is SlotKind.DATE:
            return dates[-1].value.isoformat() if dates else None
        if slot.kind is SlotKind.TIME:
            return times[-1].value.strftime("%H:%M") if times else None
        if not dates or not times:
            return None
        return datetime.combine(dates[-1].value, times[-1].value).isoformat()

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
                for h in self._free_identifiers(turn.text, tool)
            ]
            return [typed(item, m.value) for m in matches if m.value is not None]
        if item.kind is SlotKind.EMAIL:
            return list(heard_emails(turn.text))
        if item.kind in {SlotKind.DATE}:
            return [h.value.isoformat() for h in heard_dates(turn.text, self._today())]
        if item.kind in {SlotKind.AMOUNT, SlotKind.COUNT}:
            return [_plain_number(item, a.value) for a in heard_amounts(turn.text)]
        if not was_asked:
            return []
        return [p.strip(" .!?") for p in re.split(r",|\band\b", turn.text) if p.strip(" .!?")]


def _nearest_email(heard: list[str], recall: Recall) -> str | None:
    if not heard:
        return None
    near = [e for e in recall.emails() if within_one_edit(normal(e), normal(heard[-1]))]
    return near[0] if len(near) == 1 else heard[-1]


def _quantity(slot: Slot, text: str, *, was_asked: bool) -> int | float | None:
    amounts = heard_amounts(text)
    if slot.kind is SlotKind.AMOUNT:
        money = [a.value for a in amounts if a.is_money]
        value = money[-1] if money else (price(text) if was_asked else None)
    else:
        before = content_stems(slot.label)
        stems = content_stems(text)
        counts = [
            a.value for a in amounts if not a.is_money and a.value == a.value.to_integral_value()
        ]
        is_meant = was_asked or bool(before & stems) or slot.is_required
        value = counts[0] if counts and is_meant else None
    if value is None:
        return None
    value = value * 100 if slot.is_in_cents else value
    if slot.minimum is not None and value < slot.minimum:
        return None
    if slot.maximum is not None and value > slot.maximum:
        return None
    return _plain_number(slot, value)


def _plain_number(slot: Slot, value: Decimal) -> int | float:
    whole = value == value.to_integral_value()
    return int(value) if slot.json_type == "integer" or whole else float(value)


def _person(slot: Slot, name: str | None, tool: Tool) -> str | None:
    if name is None:
        return None
    words = name.split()
    has_parts = sum("name" in s.name.lower() for s in tool.slots) > 1
    if has_parts and slot.name.lower().startswith(("first", "given")):
        return words[0]
    if has_parts and slot.name.lower().startswith(("last", "family", "sur")):
        return (
            words[-1] if len(words) > 1 or "first" not in {s.name[:5] for s in tool.slots} else None
        )
    return name


_PHRASE_LEAD = re.compile(
    r"^(?:(?:it's|it is|that's|that would be|i mean|i meant|i think|maybe|just|well|um+|uh+|"
    r"yes|the|a|an|my|for|in|to|at|from|called)\b[\s,]*)+",
    re.I,
)


def _phrase(slot: Slot, text: str, *, was_asked: bool, recall: Recall) -> str | None:
    stems = content_stems(text)
    named = [n for n in recall.names() if content_stems(n) and content_stems(n) & stems]
    if named:
        return max(named, key=lambda n: len(content_stems(n) & stems))
    if was_asked:
        answer = _PHRASE_LEAD.sub("", text.strip()).strip(" .,!?")
        return answer or None
    quoted = re.search(r"[\"\u201c]([^\"\u201d]+)[\"\u201d]", text)
    if quoted:
        return quoted[1]
    return _after_label(slot, text)


def _after_label(slot: Slot, text: str) -> str | None:
    """ "The city is Berlin", "city: Berlin"."""
    m = re.search(
        rf"\b{re.escape(slot.label)}\b(?:\s+(?:is|called|named|of|to)|:)\s+([^.,;!?]+)", text, re.I
    )
    return m[1].strip() if m else None


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
