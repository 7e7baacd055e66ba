"""Fills a tool's slots from one turn of the caller and from what the conversation already
contains."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agent_service.offline.responder.addresses import address_in, part_of
from agent_service.offline.responder.amounts import heard_amounts
from agent_service.offline.responder.choices import chosen, flag
from agent_service.offline.responder.contacts import heard_emails, heard_name, heard_phones
from agent_service.offline.responder.dates import heard_dates
from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.fitting import typed, written
from agent_service.offline.responder.free_text import heard_text, subject
from agent_service.offline.responder.identifier_filling import (
    Turn,
    fill_identifiers,
    free_identifiers,
    is_on_side,
    side_of,
)
from agent_service.offline.responder.identifiers import match_known, normal, within_one_edit
from agent_service.offline.responder.moments import MOMENT_KINDS, Moments
from agent_service.offline.responder.phrases import (
    after_label,
    object_in,
    person,
    phrase,
    placed,
    proper_names,
)
from agent_service.offline.responder.quantities import (
    counted_things,
    enumerated,
    plain_number,
    quantity,
)
from agent_service.offline.responder.recall import Recall
from agent_service.offline.responder.replies import corrected
from agent_service.offline.responder.slot_kinds import FREE_TEXT, QUANTITIES, SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.spans import span_of
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.turn_parts import is_value_only, own_stems, shared_nouns
from agent_service.offline.responder.wishes import Stance, stance
from agent_service.offline.responder.words import content_stems, human, stem
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
        self.today = today

    def fill(self, tool: Tool, turn: Turn, recall: Recall) -> Filling:
        """Return the values that the turn gives, whichever slot was asked for."""
        identifiers = fill_identifiers(tool, turn, recall, self.today())
        values = dict(identifiers.values)
        address = address_in(tool, turn.text)
        moments = Moments(tool, turn, self.today())
        for slot in tool.slots:
            if slot.kind is SlotKind.IDENTIFIER:
                continue
            part = part_of(slot) if address is not None else None
            value: Any = address.part(part) or None if address is not None and part else None
            if part is None:
                is_moment = slot.kind in MOMENT_KINDS
                value = moments.value(slot) if is_moment else None
                if not is_moment:
                    value = self._value(slot, tool, turn, recall, identifiers.values.values())
            if value is not None:
                values[slot.name] = value
        _shared(tool, turn, values)
        _directed(tool, turn, values)
        _leftover(tool, turn, values, recall)
        _head(tool, values)
        return Filling(values, identifiers.rivals, identifiers.more)

    def _value(
        self, slot: Slot, tool: Tool, turn: Turn, recall: Recall, taken: Iterable[Any]
    ) -> Any:
        """Read what counts of a turn that corrects itself; else what it said before."""
        text = corrected(turn.text) if slot.kind not in FREE_TEXT else turn.text
        is_quantity = slot.kind in QUANTITIES
        owned = [s for s in tool.slots if s.kind is SlotKind.IDENTIFIER]
        identifiers = {str(value) for value in taken}
        identifiers |= {heard.text for s in owned for heard in written(s, turn.text)}
        spans = [span for s in tool.slots for c in s.choices if (span := span_of(c)) is not None]
        for said in dict.fromkeys((text, turn.text)):
            if is_quantity:
                asked = turn.asked == slot.name
                value: Any = quantity(
                    slot, said, was_asked=asked, identifiers=identifiers, spans=spans
                )
            else:
                value = self._read(slot, tool, turn, said, recall)
            if value is not None:
                return value
        return None

    def _read(self, slot: Slot, tool: Tool, turn: Turn, text: str, recall: Recall) -> Any:
        was_asked = turn.asked == slot.name
        match slot.kind:
            case SlotKind.EMAIL:
                return _nearest_email(heard_emails(turn.text), recall)
            case SlotKind.PHONE:
                return next(iter(heard_phones(text)), None)
            case SlotKind.FLAG:
                return flag(slot, text, was_asked=was_asked)
            case SlotKind.CHOICE:
                known = own_stems(tool) - content_stems(slot.label)
                found = chosen(
                    slot,
                    side_of(slot, text),
                    self._embedder,
                    was_asked=was_asked,
                    is_write=tool.is_write,
                    known=known,
                )
                return found[0] if found else None
            case SlotKind.NAME:
                name = person(slot, heard_name(text, was_asked=was_asked), tool)
                return name or after_label(slot, text) or placed(slot, text)
            case SlotKind.LIST:
                return self._list(slot, tool, turn, recall) or None
            case SlotKind.PHRASE:
                return phrase(slot, text, was_asked=was_asked, recall=recall)
            case SlotKind.QUESTION if turn.asked is None and (about := recall.subject(tool, text)):
                return f"{text} ({about})"
            case _:
                request = turn.request if _has_other_slots(tool) else None
                if slot.kind is SlotKind.REASON and _only_tells(turn.text):
                    request = ""  # "my keyboard is broken" asks for nothing: it is the reason
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
        if item.parts:
            return _objects(item, turn.text)
        if item.choices:
            return chosen(item, turn.text, self._embedder, was_asked=was_asked, several=True)
        if item.kind is SlotKind.IDENTIFIER:
            known, is_listed = recall.known(item)
            matches = [
                match_known(h.text, known, is_complete=is_listed)
                for h in free_identifiers(turn.text, tool, self.today())
            ]
            heard = [typed(item, m.value) for m in matches if m.value is not None]
            return heard or [typed(item, v) for v in recall.referred(item, turn.text, tool.deeds)]
        if item.kind is SlotKind.EMAIL:
            return list(heard_emails(turn.text))
        if item.kind in {SlotKind.DATE}:
            return [h.value.isoformat() for h in heard_dates(turn.text, self.today())]
        if item.kind in QUANTITIES:
            return [plain_number(item, a.value) for a in heard_amounts(turn.text)]
        if not was_asked:
            things = enumerated(turn.text)
            return things if len(things) > 1 or (things and slot.is_required) else []
        text = redact(turn.text)  # before it is cut at the commas of a number
        return [p.strip(" .!?") for p in re.split(r",|\band\b", text) if p.strip(" .!?")]


def _nearest_email(heard: list[str], recall: Recall) -> str | None:
    if not heard:
        return None
    near = [e for e in recall.emails() if within_one_edit(normal(e), normal(heard[-1]))]
    return near[0] if len(near) == 1 else heard[-1]


def _shared(tool: Tool, turn: Turn, values: dict[str, Any]) -> None:
    """Leave a number that several quantities would take, and that was said once, to what was asked
    for or named."""
    taken = [s for s in tool.slots if s.kind in QUANTITIES and s.name in values]
    said = [amount.value for amount in heard_amounts(turn.text)]
    named = content_stems(turn.text)
    for slot in taken:
        same = [s for s in taken if values.get(s.name) == values[slot.name]]
        is_own = slot.name == turn.asked or content_stems(slot.label) & named
        if len(same) > 1 >= said.count(values[slot.name]) and not is_own:
            del values[slot.name]


def _directed(tool: Tool, turn: Turn, values: dict[str, Any]) -> None:
    """Leave a place that was named once to where one goes or to where one comes from."""
    choices = [s for s in tool.slots if s.kind is SlotKind.CHOICE and s.name in values]
    for slot in choices:
        is_shared = any(
            s != slot and s.choices == slot.choices and values.get(s.name) == values[slot.name]
            for s in choices
        )
        if is_shared and slot.name != turn.asked and not is_on_side(slot, turn.text):
            del values[slot.name]


def _leftover(tool: Tool, turn: Turn, values: dict[str, Any], recall: Recall) -> None:
    """Give the only name that nothing else has taken, and that chooses none of the known things, to
    the only thing that a tool still needs; without names what the request is about. A wish for a
    change that lacks nothing may still be about one thing: "return the desk lamp from order 1003".
    """
    if turn.request is None:
        return
    kinds = {SlotKind.PHRASE, SlotKind.NAME}
    lacking = [s for s in tool.slots if s.kind in kinds and s.is_needed(values)]
    names = _free_names(tool, turn, values, recall) if lacking else []
    if not lacking and tool.is_write:
        lacking = [s for s in tool.slots if s.kind is SlotKind.PHRASE and s.name not in values]
    if len(lacking) != 1:
        return
    (slot,) = lacking
    if len(names) == 1:
        values[slot.name] = names[0]
    elif not names and slot.kind is SlotKind.PHRASE and (thing := _about(tool, slot, turn.text)):
        values[slot.name] = thing


def _free_names(tool: Tool, turn: Turn, values: Mapping[str, Any], recall: Recall) -> list[str]:
    told = [v for n, v in values.items() if (s := tool.slot(n)) and s.kind not in FREE_TEXT]
    taken = " ".join(map(str, told)).lower()
    return [
        name
        for name in proper_names(turn.text)
        if name.lower() not in taken
        and not any(t.says(word) for t in recall.things for word in content_stems(name))
    ]


def _about(tool: Tool, slot: Slot, text: str) -> str | None:
    """Return the thing that a tool is to do something with."""
    first = (human(tool.name).split()[0], tool.action.split()[0])
    thing = object_in(text, [verb for verb in first if stem(verb) in tool.deeds])
    named = content_stems(thing or "") - own_stems(tool) - content_stems(slot.label)
    # "Return my call" is no return of what the tool takes back.
    is_its_own = not tool.is_write or shared_nouns(text, tool) - tool.deeds
    return thing if named and is_its_own else None


def _objects(item: Slot, text: str) -> list[dict[str, Any]]:
    """Return "two risottos and one stew" as objects with a count and a name, people by theirs."""
    count = next((s for s in item.parts if s.kind is SlotKind.COUNT), None)
    named = [s for s in item.parts if s.kind in {SlotKind.NAME, SlotKind.PHRASE}]
    found: list[dict[str, Any]] = []
    if named and count is not None:
        for number, what in counted_things(text):
            found.append({named[0].leaf: what, count.leaf: number})
    elif named and all(slot.kind is SlotKind.NAME for slot in named):
        name = heard_name(text, was_asked=False)
        words = name.split() if name else []
        if len(words) == len(named):
            found.append({s.leaf: w for s, w in zip(named, words, strict=True)})
        elif words and len(named) == 1:
            found.append({named[0].leaf: name})
    needed = {slot.leaf for slot in item.parts if slot.is_required}
    return [one for one in found if needed <= one.keys()]


def _head(tool: Tool, values: dict[str, Any]) -> None:
    """Give a story its heading."""
    story = next((s.name for s in tool.slots if s.kind is SlotKind.TEXT and s.name in values), None)
    for slot in tool.slots:
        if slot.kind is SlotKind.SUBJECT and slot.name not in values and story is not None:
            heading = subject(str(values[story]))
            if heading:
                values[slot.name] = heading


def _only_tells(text: str) -> bool:
    """Return whether a turn tells something, and more than a number."""
    return stance(text) is Stance.REPORT and not is_value_only(text)


def _has_other_slots(tool: Tool) -> bool:
    kinds = [slot.kind for slot in tool.slots if slot.is_required]
    return any(kind not in FREE_TEXT for kind in kinds) or SlotKind.TEXT in kinds
