"""Fills the identifier slots of a tool: which number belongs to which slot, and which known thing
is meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agent_service.offline.responder.addresses import address_in, part_of
from agent_service.offline.responder.amounts import heard_amounts
from agent_service.offline.responder.belongings import wants_all
from agent_service.offline.responder.contacts import heard_emails, heard_phones
from agent_service.offline.responder.dates import heard_dates
from agent_service.offline.responder.fitting import fit, typed, written
from agent_service.offline.responder.identifiers import (
    POINTS_TO_ONE,
    HeardIdentifier,
    heard_identifiers,
    match_known,
)
from agent_service.offline.responder.recall import Recall
from agent_service.offline.responder.replies import corrected
from agent_service.offline.responder.slot_kinds import QUANTITIES, SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.times_of_day import expected_times, heard_times
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.words import content_stems, split_name

_SIDES = (
    re.compile(r"\b(?:from|out of)\s+(?P<source>.+?)\s+(?:in)?to\s+(?P<target>.+)", re.I),
    re.compile(r"\b(?:in)?to\s+(?P<target>.+?)\s+from\s+(?P<source>.+)", re.I),
    re.compile(r"\bleav(?:e|es|ing)\s+(?P<source>.+?)\s+(?:for|to)\s+(?P<target>.+)", re.I),
)
_ONE_SIDE = {
    "source": re.compile(r"\b(?:from|out of|leav(?:e|es|ing))\b", re.I),
    "target": re.compile(r"\b(?:to|into|towards?|for)\b", re.I),
}
_SOURCES = frozenset(("from", "source", "origin"))
_TARGETS = frozenset(("to", "target", "destination"))
_TIMES = {SlotKind.TIME, SlotKind.HOUR, SlotKind.DATE_TIME}


@dataclass(frozen=True, slots=True)
class Turn:
    """What the caller said, and how it was asked for."""

    text: str
    request: str | None = None
    """The clause that asks for the tool; None when the turn answers a question of ours."""
    asked: str | None = None
    """The slot that was asked for."""
    held: frozenset[str] = frozenset()
    """Slots that earlier turns have filled."""


@dataclass(slots=True)
class Identifiers:
    """What the identifiers of a turn fill."""

    values: dict[str, Any] = field(default_factory=dict)
    rivals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Slots for which several known values are as likely."""
    more: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Further values of a slot that takes one: the caller named several things."""


def fill_identifiers(tool: Tool, turn: Turn, recall: Recall, today: date) -> Identifiers:
    """Give each identifier of the turn to the slot that it suits best; the one that was asked for
    chooses first, then those that are named, one that is filled already last."""
    filled = Identifiers()
    for text in dict.fromkeys((corrected(turn.text), turn.text)):
        _fill_from(text, tool, turn, recall, today, filled)
    return filled


def _fill_from(
    text: str, tool: Tool, turn: Turn, recall: Recall, today: date, filled: Identifiers
) -> None:
    """Fill what is not filled yet; what is said before a correction of something else stands."""
    heard = free_identifiers(text, tool, today)
    address = address_in(tool, text)
    slots = [
        slot
        for slot in tool.slots
        if slot.kind is SlotKind.IDENTIFIER and slot.name not in filled.values
    ]
    named = content_stems(text)
    slots.sort(
        key=lambda s: (
            s.name != turn.asked,
            not content_stems(s.label) & named,
            s.name in turn.held,
            not s.is_required,
        )
    )
    for slot in slots:
        part = part_of(slot) if address is not None else None
        if address is not None and part is not None and address.part(part):
            filled.values[slot.name] = address.part(part)
        else:
            # A bare figure is an amount, where one is wanted.
            counts = any(s.kind in QUANTITIES and s.is_required for s in tool.slots)
            for one in _free(written(slot, text), _taken(text, tool, today)):
                heard = [h for h in heard if h.end <= one.start or one.end <= h.start] + [one]
            _fill(slot, heard, text, turn, recall, filled, tool.deeds, is_counting=counts)


def free_identifiers(text: str, tool: Tool, today: date) -> list[HeardIdentifier]:
    """Return the identifiers that are not part of a date, a time, money or an address."""
    kinds = {slot.kind for slot in tool.slots}
    if SlotKind.PHONE in kinds and heard_phones(text):
        return []
    at = re.search(r"@|\bat\b", text) if heard_emails(text) else None
    if at and SlotKind.EMAIL in kinds:
        return []
    heard = _free(heard_identifiers(text), _taken(text, tool, today))
    return [h for h in heard if not POINTS_TO_ONE.search(text[: h.end])]


def _taken(text: str, tool: Tool, today: date) -> list[tuple[int, int]]:
    """Return where dates, times, money and addresses stand."""
    kinds = {slot.kind for slot in tool.slots}
    times = expected_times(text, was_asked=False) if kinds & _TIMES else heard_times(text)
    taken = [(h.start, h.end) for h in heard_dates(text, today)]
    taken += [(h.start, h.end) for h in times]
    taken += [(a.start, a.end) for a in heard_amounts(text) if a.is_money]
    address = address_in(tool, text)
    return [*taken, (address.start, address.end)] if address is not None else taken


def _free(
    heard: Sequence[HeardIdentifier], taken: Sequence[tuple[int, int]]
) -> list[HeardIdentifier]:
    return [h for h in heard if not any(h.start < end and start < h.end for start, end in taken)]


def _fill(
    slot: Slot,
    heard: list[HeardIdentifier],
    text: str,
    turn: Turn,
    recall: Recall,
    filled: Identifiers,
    deeds: frozenset[str],
    *,
    is_counting: bool,
) -> None:
    known, is_listed = recall.known(slot)
    fitting = sorted(
        (
            (score, h, form)
            for h in heard
            for score, form in [fit(slot, h, text, turn.asked, known)]
            if form and (score > 0 or not is_counting or not h.text.isdigit())
        ),
        key=lambda hit: -hit[0],
    )
    if not fitting:
        _refer(slot, turn, recall, filled, deeds)
        return
    best = fitting[0][0]
    taken: list[Any] = []
    for score, identifier, form in fitting:
        if score < best - 0.5:
            break
        match = match_known(form, known, is_complete=is_listed)
        if match.value is None:
            filled.rivals[slot.name] = match.rivals
        else:
            taken.append(typed(slot, match.value))
        heard.remove(identifier)
    if taken:
        filled.rivals.pop(slot.name, None)
        filled.values[slot.name] = taken[0]
        filled.more[slot.name] = tuple(v for v in dict.fromkeys(taken[1:]) if v != taken[0])


def _refer(
    slot: Slot, turn: Turn, recall: Recall, filled: Identifiers, deeds: frozenset[str]
) -> None:
    """Take what the words point to; "cancel it" points to nothing that was cancelled."""
    if not slot.is_required and slot.name != turn.asked:
        return
    for said in (corrected(turn.text), turn.text):
        referred = recall.referred(slot, side_of(slot, said), deeds)
        if referred:
            break
    if len(referred) == 1 or (referred and wants_all(turn.text)):
        filled.values[slot.name] = typed(slot, referred[0])
        filled.more[slot.name] = tuple(typed(slot, value) for value in referred[1:])
    elif referred:
        filled.rivals[slot.name] = tuple(referred)


def side_of(slot: Slot, text: str) -> str:
    """Return what was said of where it comes from, or goes to, for a slot that is one of these."""
    side = _side(slot)
    sides = (form.search(text) for form in _SIDES) if side else ()
    return next((m[side] for m in sides if m), text)


def is_on_side(slot: Slot, text: str) -> bool:
    """Return whether a slot that is one of two sides is the one that a text speaks of."""
    side = _side(slot)
    return not side or bool(_ONE_SIDE[side].search(text))


def _side(slot: Slot) -> str:
    words = set(split_name(slot.leaf))
    return "source" if words & _SOURCES else "target" if words & _TARGETS else ""
