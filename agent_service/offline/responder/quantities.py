"""Reads amounts and counts for the slots that take them."""

from decimal import Decimal

from agent_service.offline.responder.amounts import heard_amounts, price
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.words import content_stems


def quantity(slot: Slot, text: str, *, was_asked: bool) -> int | float | None:
    """Return the amount or count that the text gives, within the slot's limits."""
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
    return plain_number(slot, value)


def plain_number(slot: Slot, value: Decimal) -> int | float:
    """Return the number in the type that the slot takes."""
    whole = value == value.to_integral_value()
    return int(value) if slot.json_type == "integer" or whole else float(value)
