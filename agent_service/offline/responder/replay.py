"""The turns of a conversation in order, and what each leaves open."""

import re
from collections.abc import Sequence
from dataclasses import replace

from agent_service.offline.ports import ContextItem, ContextMessage
from agent_service.offline.responder.meanings import (
    Act,
    Dropped,
    Meaning,
    Nothing,
    Offer,
    Past,
    Pause,
    Request,
    Talk,
    Unclear,
    WhichTool,
)
from agent_service.offline.responder.turn_parts import asks_to_know

_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(\w[^*_]*)[*_]{1,3}(?!\w)")
"""Marks around a word that is stressed: "one zero zero *five*"."""


def is_user(item: ContextItem) -> bool:
    return isinstance(item, ContextMessage) and item.role == "user"


def joined(items: Sequence[ContextItem], index: int) -> tuple[str, int]:
    """Join turns of the caller that nothing stands between, and return the index after them."""
    texts: list[str] = []
    while index < len(items) and is_user(items[index]):
        item = items[index]
        assert isinstance(item, ContextMessage)
        texts.append(_EMPHASIS.sub(r"\1", item.text))
        index += 1
    return " ".join(text.strip() for text in texts if text.strip()), index


def after(meaning: Meaning, past: Past, text: str) -> Past:
    """Return what is open after a turn of this meaning."""
    match meaning:
        case Act(open=()) if past.open and asks_to_know(text) and not _continues(meaning, past):
            # Answered in between: the open question stands.
            return replace(past, questions={**past.questions, **_questions(meaning, past, text)})
        case Act(calls=calls, open=waiting):
            aside = past.aside
            if past.open and not _continues(meaning, past):
                aside = past.open[0]
            finding = tuple(call for call in calls if call.is_lookup)
            questions = {**past.questions, **_questions(meaning, past, text)}
            still = (*finding, *asking(waiting))
            return replace(past, open=still, which=None, aside=aside, questions=questions)
        case WhichTool():
            return replace(past, open=(), which=meaning, which_text=text)
        case Offer(tool=tool):
            return replace(past, open=(), which=WhichTool(tool, is_offered=True), which_text=text)
        case Dropped():
            return replace(past, open=(), which=None, aside=None)
        case Nothing() | Pause() | Talk():
            return past
        case Unclear():
            return replace(past, which=None)


def _questions(meaning: Act, past: Past, text: str) -> dict[str, str]:
    """Return with what words each request of a turn began: what only answers begins none."""
    began = past.which_text if past.which is not None else text
    is_answer = not asks_to_know(text)
    going_on = {request.tool.name for request in past.open} if is_answer else set()
    requests = (*meaning.calls, *meaning.open)
    return {r.tool.name: began for r in requests if r.tool.name not in going_on}


def _continues(meaning: Act, past: Past) -> bool:
    """Return whether the turn went on with the request that was open."""
    tools = [request.tool.name for request in meaning.calls]
    tools += [meaning.ask.tool.name] if meaning.ask is not None else []
    return past.open[0].tool.name in tools


def with_aside(meaning: Meaning, aside: Request | None) -> Meaning:
    """Return a request completed by what was said of it before another one came between."""
    if aside is None or not isinstance(meaning, Act) or meaning.ask is None:
        return meaning
    ask = meaning.ask
    if ask.tool.name != aside.tool.name or ask.rivals or meaning.calls:
        return meaning
    whole = replace(ask, values={**aside.values, **ask.values})
    if whole.missing is None:
        return Act((whole,), meaning.open[1:])
    return replace(meaning, open=(whole, *meaning.open[1:]))


def asking(waiting: Sequence[Request]) -> tuple[Request, ...]:
    """Note what is asked for first."""
    if not waiting:
        return ()
    first = waiting[0]
    asked = first.missing.name if first.missing is not None else first.asked
    return (replace(first, asked=asked), *waiting[1:])
