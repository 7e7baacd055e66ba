"""What a caller says freely becomes the words that a tool is given."""

import pytest

from agent_service.offline.responder.free_text import subject


@pytest.mark.parametrize(
    ("said", "heading"),
    [
        ("Open a ticket: my desk lamp flickers", "My desk lamp flickers"),
        ("I want to open a ticket because the lamp flickers", "The lamp flickers"),
        ("Can you open a ticket that says the lamp is broken?", "The lamp is broken"),
        ("Open a ticket with the subject broken lamp", "Broken lamp"),
        ("open a ticket for me, the drawer sticks", "The drawer sticks"),
        ("Please file a complaint about the late parcel.", "The late parcel"),
        ("I have to report a leak", "A leak"),
        ("The ticket machine is broken", "The ticket machine is broken"),
    ],
)
def test_a_subject_is_what_the_ticket_is_about_and_not_the_wish_for_one(
    said: str, heading: str
) -> None:
    assert subject(said) == heading
