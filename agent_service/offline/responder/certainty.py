"""When a route is good enough to act on, to ask about, or to leave an open question for."""

from agent_service.offline.responder.identifiers import heard_identifiers
from agent_service.offline.responder.intents import Intent
from agent_service.offline.responder.meanings import Meaning, Unclear, WhichTool
from agent_service.offline.responder.router import Route
from agent_service.offline.responder.slot_kinds import FREE_TEXT, TAKES_ANY_WORDS
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.turn_parts import asks, is_question, own_stems
from agent_service.offline.responder.words import content_stems

SURE = 0.55
_UNRIVALLED = 0.65
_RIVAL = 0.2
"""A second tool above it, with the first below ``_UNRIVALLED``: ask which."""
_POSSIBLE = 0.25
_READABLE = 0.4
ALIKE = 0.36
"""A tool's nearest phrasing must be at least so similar."""
ALIKE_INTENT = 0.30
_FAINTLY_ALIKE = 0.24
_VERY_PROBABLE = 0.8
_WELL_ALIKE = 0.45
_NEW_TOPIC = 0.45
_NEW_TOPIC_FOR_SURE = 0.66
"""When any words would be an answer to the question that is open."""
_CLEAR_LEAD = 0.15


def is_sure(best: Route) -> bool:
    """Return whether to act: a probability is worth less when nothing known is near."""
    if best.probability >= _VERY_PROBABLE or (best.is_hinted and best.probability >= SURE):
        return True
    return best.probability >= _POSSIBLE and best.similarity > _WELL_ALIKE


def is_harmless(best: Route) -> bool:
    """Return whether to act on less: looking the wrong thing up costs nothing."""
    is_read = isinstance(best.target, Tool) and not best.target.is_write
    return is_read and best.probability >= _READABLE and best.similarity >= _FAINTLY_ALIKE


def is_possible(best: Route) -> bool:
    return best.probability >= _POSSIBLE and best.similarity >= _FAINTLY_ALIKE


def guess(best: Route, second: Route) -> Meaning:
    """Offer the nearest tools when there is something to it."""
    assert isinstance(best.target, Tool)
    if not is_possible(best):
        return Unclear()
    if isinstance(second.target, Tool) and second.probability >= _RIVAL:
        return WhichTool(best.target, second.target)
    return WhichTool(best.target)


def are_rivals(best: Route, second: Route, text: str) -> bool:
    """Return whether two tools are too close: by probability, or all that was said fits both."""
    assert isinstance(best.target, Tool)
    assert isinstance(second.target, Tool)
    if best.probability < _UNRIVALLED and second.probability >= _RIVAL:
        return True
    if best.similarity - second.similarity > _CLEAR_LEAD:
        return False
    said = content_stems(text)
    both = own_stems(best.target) & own_stems(second.target)
    return bool(said) and said <= both and not heard_identifiers(text)


def leads_away(route: Route, text: str) -> bool:
    """Return whether a turn that answers nothing is about something else altogether."""
    if not isinstance(route.target, Intent) or route.probability <= SURE:
        return False
    if route.target in {Intent.YES, Intent.NO}:
        return False
    is_plain = route.target in {Intent.ABILITIES, Intent.IDENTITY, Intent.GOODBYE}
    return is_plain or len(text.split()) >= 4


def is_new_topic(text: str, route: Route, current: Tool, slot: Slot) -> bool:
    """Return whether a turn is no answer to the question that is open, but another request."""
    if isinstance(route.target, Tool):
        is_other = route.target.name != current.name
    else:
        is_other = route.target in {Intent.OUT_OF_SCOPE, Intent.ABILITIES, Intent.IDENTITY}
    if slot.kind in FREE_TEXT:
        is_request = isinstance(route.target, Intent) or asks(text, route.target)
        is_near = route.similarity > _NEW_TOPIC_FOR_SURE
    elif slot.kind in TAKES_ANY_WORDS:
        is_request = is_question(text) or (
            isinstance(route.target, Tool) and asks(text, route.target)
        )
        is_near = route.similarity > _NEW_TOPIC or is_question(text)
    else:
        is_request = isinstance(route.target, Tool)
        is_near = route.similarity > _NEW_TOPIC
    return is_other and is_request and is_near and route.probability > _UNRIVALLED
