"""Only a wish may change anything: questions, thinking aloud and refusals do not."""

import pytest

from agent_service.offline.responder.replies import takes_back
from agent_service.offline.responder.wishes import Stance, stance
from agent_service.offline.responder.words import stem


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Please cancel booking LH-48213", Stance.WISH),
        ("I don't want the order any more", Stance.WISH),
        ("Can you freeze my card?", Stance.WISH),
        ("Can I return the headphones?", Stance.WISH),
        ("I can't find my card anywhere, please block it", Stance.WISH),
        ("How about the cheapest one?", Stance.WISH),
        ("Where is order 1004? Please cancel it", Stance.WISH),
        ("What happens if I freeze my card?", Stance.QUESTION),
        ("Is it possible to cancel order 1004?", Stance.QUESTION),
        ("Could you tell me how to cancel", Stance.QUESTION),
        ("If I cancelled it, would I get my money back?", Stance.QUESTION),
        ("Will I pay a fee when I cancel?", Stance.QUESTION),
        ("Can I still cancel for free?", Stance.QUESTION),
        ("Maybe I should cancel the appointment", Stance.THOUGHT),
        ("I'm thinking about moving some money", Stance.THOUGHT),
        ("I wonder whether we should cancel the suite", Stance.THOUGHT),
        ("Don't pay anything yet", Stance.REFUSAL),
        ("Just looking, please do not book anything", Stance.REFUSAL),
        ("no, don't do that", Stance.REFUSAL),
        ("Please don't hesitate, cancel it", Stance.WISH),
        ("Two places on the tour please", Stance.WISH),
        ("Could somebody call me back?", Stance.WISH),
        ("I'm away, please pause it until Friday", Stance.WISH),
        ("Until when is the unit paid?", Stance.QUESTION),
        ("If I gave notice today, until when would I have to pay?", Stance.QUESTION),
        ("I want to ask whether it was cancelled", Stance.QUESTION),
        ("End the donation? No way", Stance.QUESTION),
        ("My neighbour cancelled her visit last week", Stance.REPORT),
        ("Somebody wants to put his car on my permit", Stance.REPORT),
        ("95 is cheap already", Stance.REPORT),
    ],
)
def test_what_a_turn_wants_is_told_from_what_it_only_speaks_of(text: str, meant: Stance) -> None:
    assert stance(text) is meant


@pytest.mark.parametrize(
    ("text", "deed", "meant"),
    [
        ("Cancel the one that was booked twice", "cancel", Stance.WISH),
        ("Cancel 4425 and tell me how much the other one is", "cancel", Stance.WISH),
        ("A refund for order 1004", "refund", Stance.WISH),
        ("I can't cancel it online, please do it", "cancel", Stance.WISH),
        ("My order has to be cancelled", "cancel", Stance.WISH),
        ("Hi, I'm new here and want to register", "register", Stance.WISH),
        ("I won't come, please cancel it", "cancel", Stance.WISH),
        ("With service like that people close their accounts", "close", Stance.REPORT),
        ("My husband wants to cancel it, but I don't", "cancel", Stance.REPORT),
        ("Order 1004 is late", "order", Stance.REPORT),
        ("Good. Leave it, I won't cancel", "cancel", Stance.REFUSAL),
        ("No, I do not want to close it, I want a receipt", "close", Stance.REFUSAL),
        ("I don't want to order anything", "order", Stance.REFUSAL),
        ("One of these days I'll cancel it", "cancel", Stance.THOUGHT),
    ],
)
def test_a_deed_has_to_be_asked_for_where_it_is_named(text: str, deed: str, meant: Stance) -> None:
    assert stance(text, frozenset((stem(deed),))) is meant


@pytest.mark.parametrize(
    ("text", "is_taken_back"),
    [
        ("Cancel the visit on Monday, no, keep it", True),
        ("Move it to Friday. Oh, never mind", True),
        ("Book the room, actually rather not", True),
        ("Please cancel it", False),
        ("Keep it short and cancel the order", False),
        ("I no longer want to keep the bike, sell it", False),
    ],
)
def test_what_a_turn_takes_back_at_its_end_is_not_wanted(text: str, is_taken_back: bool) -> None:
    assert takes_back(text) is is_taken_back
