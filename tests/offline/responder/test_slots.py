"""What kind of thing an argument is, from its name, type and description alone."""

import pytest

from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.slots import slots_of


@pytest.mark.parametrize(
    ("name", "description", "kind"),
    [
        ("locker", "The number of the locker.", SlotKind.IDENTIFIER),
        ("street", "Street and house number.", SlotKind.PHRASE),
        ("city", "The town or city.", SlotKind.PHRASE),
        ("postcode", "The postcode.", SlotKind.IDENTIFIER),
    ],
)
def test_a_text_argument_is_told_by_name_and_description(
    name: str, description: str, kind: SlotKind
) -> None:
    schema = {"properties": {name: {"type": "string", "description": description}}}
    assert [slot.kind for slot in slots_of(schema)] == [kind]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}, SlotKind.TIME),
        ({"pattern": r"^\d{4}-\d\d-\d\d$"}, SlotKind.DATE),
        ({"pattern": r"^\d{4}$"}, SlotKind.IDENTIFIER),
        ({"pattern": "^\\+?[0-9][0-9 -]{5,24}$"}, SlotKind.IDENTIFIER),
        ({"pattern": "(?<letters>[0-9]+"}, SlotKind.IDENTIFIER),
    ],
)
def test_a_pattern_tells_what_it_admits(schema: dict[str, str], kind: SlotKind) -> None:
    given = {"properties": {"value": {"type": "string", **schema}}}
    assert [slot.kind for slot in slots_of(given)] == [kind]


@pytest.mark.parametrize(
    ("name", "description", "kind"),
    [
        ("hour", "", SlotKind.HOUR),
        ("start", "The hour of the day.", SlotKind.HOUR),
        ("people", "How many come.", SlotKind.COUNT),
    ],
)
def test_a_whole_number_may_be_an_hour(name: str, description: str, kind: SlotKind) -> None:
    schema = {"type": "integer", "maximum": 23, "description": description}
    assert [slot.kind for slot in slots_of({"properties": {name: schema}})] == [kind]
