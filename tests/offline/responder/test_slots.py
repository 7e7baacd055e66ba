"""What kind of thing an argument is, from its name, type and description alone."""

import pytest

from agent_service.offline.responder.slots import SlotKind, slots_of


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
