"""What a caller's turn means, given the turns before it: replays the conversation, so that
nothing is remembered outside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent_service.offline.ports import (
    ContextItem,
    ContextMessage,
    ContextToolCall,
)
from agent_service.offline.responder.certainty import (
    ALIKE,
    ALIKE_INTENT,
    SURE,
    are_rivals,
    guess,
    is_new_topic,
    is_sure,
    leads_away,
)
from agent_service.offline.responder.filling import Filler, Filling
from agent_service.offline.responder.free_text import clauses
from agent_service.offline.responder.identifier_filling import Turn
from agent_service.offline.responder.identifiers import heard_identifiers
from agent_service.offline.responder.intents import Intent
from agent_service.offline.responder.meanings import (
    Act,
    Dropped,
    Meaning,
    Nothing,
    Past,
    Pause,
    Request,
    Talk,
    Unclear,
    WhichTool,
)
from agent_service.offline.responder.questions import DID_YOU_MEAN
from agent_service.offline.responder.recall import Recall, parsed, refers
from agent_service.offline.responder.replay import after, is_user, joined, with_aside
from agent_service.offline.responder.replies import (
    asks_to_wait,
    continues,
    corrects,
    gives_up,
    is_bare,
    picked,
    says_done,
    says_no,
    says_yes,
)
from agent_service.offline.responder.resuming import refused_call
from agent_service.offline.responder.router import Router
from agent_service.offline.responder.slot_kinds import FREE_TEXT, TAKES_ANY_WORDS
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.turn_parts import (
    asks,
    is_question,
    is_value_only,
    own_stems,
    remainder,
    requests_in,
    without_names,
)

_PLAIN_REQUEST = 0.72
"""A clause so near to a known phrasing says no more than it: no reason, no story."""
_TURNS_REPLAYED = 10


class Listener:
    """Reads turns for one tool set."""

    def __init__(self, tools: Sequence[Tool], router: Router, filler: Filler) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._router = router
        self._filler = filler

    def understand(self, items: Sequence[ContextItem]) -> tuple[Meaning, Past]:
        """Return what the latest turn means and what is open after it."""
        past = Past()
        meaning: Meaning = Nothing()
        users = [i for i, item in enumerate(items) if is_user(item)]
        start = users[-_TURNS_REPLAYED] if len(users) > _TURNS_REPLAYED else 0
        index = start
        while index < len(items):
            item = items[index]
            if is_user(item):
                text, index = joined(items, index)
                meaning = self._hear(text, past, items[:index])
                past = after(meaning, past, text)
                continue
            if isinstance(item, ContextToolCall) and item.name in self._tools:
                past = self._called(item, past)
            if past.which is not None and _is_other_answer(item):
                past = replace(past, which=None)  # something known answered the turn instead
            index += 1
        return meaning, past

    def request(self, tool: Tool, items: Sequence[ContextItem]) -> Request:
        """Return the tool with whatever arguments the caller's words give."""
        values: dict[str, Any] = {}
        rivals: Mapping[str, tuple[str, ...]] = {}
        for text in [
            item.text for item in items if isinstance(item, ContextMessage) and item.role == "user"
        ][-3:]:
            turn = Turn(text, request=self._asking_clause(text, tool, Recall(items)))
            filled = self._filler.fill(tool, turn, Recall(items))
            values |= filled.values
            rivals = filled.rivals
        return Request(tool, values, rivals)

    def best_tool(self, items: Sequence[ContextItem]) -> Tool | None:
        """Return the tool nearest to the latest turn, however far."""
        texts = [
            item.text for item in items if isinstance(item, ContextMessage) and item.role == "user"
        ]
        routes = self._router.routes(texts[-1] if texts else "")
        return next((route.target for route in routes if isinstance(route.target, Tool)), None)

    def _called(self, call: ContextToolCall, past: Past) -> Past:
        tool = self._tools[call.name]
        given = parsed(call.arguments)
        last = Request(tool, given if isinstance(given, dict) else {}, {})
        return replace(
            past, last=last, open=tuple(r for r in past.open if r.tool.name != tool.name)
        )

    def refused(self, items: Sequence[ContextItem]) -> Request | None:
        """Return the request that was refused last and may be made again."""
        call = refused_call(items)
        if call is None or call.name not in self._tools:
            return None
        given = parsed(call.arguments)
        return Request(self._tools[call.name], given if isinstance(given, dict) else {}, {})

    def _hear(self, text: str, past: Past, before: Sequence[ContextItem]) -> Meaning:
        recall = Recall(before)
        if not any(c.isalnum() for c in text):
            return Nothing()
        if says_done(text) and (again := self.refused(before)) is not None:
            return Act((again,))
        if asks_to_wait(text):
            return Pause()
        if past.which is not None:
            meaning = self._pick(text, past, recall)
            if meaning is not None:
                return meaning
        if past.open and past.open[0].asked is not None:
            meaning = self._answer(text, past, recall)
            if meaning is not None:
                return meaning
        if past.last is not None:
            meaning = self._again(text, past.last, recall)
            if meaning is not None:
                return meaning
        return with_aside(self._route(text, recall), past.aside)

    def _pick(self, text: str, past: Past, recall: Recall) -> Meaning | None:
        which = past.which
        assert which is not None
        options = [tool for tool in (which.first, which.second) if tool is not None]
        best = self._router.routes(without_names(text, recall))[0]
        if best.target not in options and is_question(text) and is_sure(best):
            return None
        index = picked(text, [tool.action for tool in options])
        if index is None and says_yes(text) and is_bare(text):
            index = 0
        if index is None and (gives_up(text) or (says_no(text) and is_bare(text))):
            return Dropped()
        if index is None:
            routes = self._router.routes(text)
            named = [r.target for r in routes if r.target in options and r.similarity > ALIKE]
            if routes[0].target not in options or not named:
                return None
            index = options.index(named[0])
        tool = options[index]
        earlier = self._filler.fill(tool, Turn(past.which_text, request=past.which_text), recall)
        now = self._filler.fill(tool, Turn(text, request=text), recall)
        return self._act(
            [Request(tool, {**earlier.values, **now.values}, {**earlier.rivals, **now.rivals})]
        )

    def _answer(self, text: str, past: Past, recall: Recall) -> Meaning | None:
        """Read the turn as the answer to the question that was asked."""
        request, rest = past.open[0], past.open[1:]
        slot = request.tool.slot(request.asked or "")
        assert slot is not None
        is_no = says_no(text) and is_bare(text) and not heard_identifiers(text)
        if gives_up(text) or (is_no and slot.json_type != "boolean"):
            return Dropped() if not rest else self._act(list(rest))
        if slot.kind not in TAKES_ANY_WORDS and self._several(text, recall):
            return None
        routes = self._router.routes(without_names(text, recall))
        is_other = is_new_topic(text, routes[0], request.tool, slot)
        if slot.kind in TAKES_ANY_WORDS - FREE_TEXT and (is_other or is_question(text)):
            return None
        if routes[0].target is Intent.REPEAT and routes[0].probability > SURE:
            return Act((), request, is_repeated=False)
        rivals = request.rivals.get(slot.name, ())
        chosen = _among(rivals, text) if rivals else None
        if chosen is not None:
            filled = Filling({slot.name: chosen})
        else:
            turn = Turn(text, asked=slot.name, held=frozenset(request.values))
            filled = self._filler.fill(request.tool, turn, recall)
        mended = _mended(text, request, filled)
        if mended and (slot.kind in TAKES_ANY_WORDS or slot.name not in filled.values):
            return self._act([replace(request, values={**request.values, **mended}), *rest])
        if slot.name in filled.values and not (is_other and slot.kind in FREE_TEXT):
            merged = {**filled.values, **request.values, slot.name: filled.values[slot.name]}
            return self._act([Request(request.tool, merged, {}), *rest])
        if is_other:
            return None
        if slot.name in filled.rivals:
            return Act((), replace(request, rivals=filled.rivals), is_repeated=True)
        if leads_away(routes[0], text):
            return None
        told = _told_ahead(request, filled)
        if told:
            return Act((), replace(request, values={**request.values, **told}), is_repeated=False)
        return Act((), request, is_repeated=True)

    def _again(self, text: str, last: Request, recall: Recall) -> Meaning | None:
        """Read "no, one zero zero five" and "what about 1007" as the last request with another
        value."""
        tail = continues(text)
        if tail is None and not corrects(text) and not is_value_only(text):
            return None
        routes = self._router.routes(without_names(tail or text, recall))
        target = routes[0].target
        says_more = bool(remainder(tail or text, recall))
        is_other = isinstance(target, Tool) and target != last.tool
        if is_other and routes[0].probability > SURE and (says_more or routes[0].similarity > 0.5):
            return None
        filled = self._filler.fill(last.tool, Turn(tail or text), recall)
        changed = {
            name: value
            for name, value in filled.values.items()
            if (slot := last.tool.slot(name)) is not None
            and slot.kind not in FREE_TEXT
            and last.values.get(name) != value
        }
        if not changed:
            # The identifier alone, once more: the same is wanted again.
            is_same = bool(filled.values) and is_value_only(text)
            return self._act([last]) if is_same else None
        return self._act([Request(last.tool, {**last.values, **changed}, filled.rivals)])

    def _route(self, text: str, recall: Recall) -> Meaning:
        several = self._several(text, recall)
        if several:
            requests = [
                r for part, tool in several for r in self._requests(tool, part, text, recall)
            ]
            return self._act(requests)
        routes = self._router.routes(without_names(text, recall))
        best, second = routes[0], routes[1]
        plain = self._router.routes(text)[0]
        if plain.target is Intent.OUT_OF_SCOPE and plain.probability >= SURE:
            return Talk(Intent.OUT_OF_SCOPE)  # a known name makes no request of it
        if isinstance(best.target, Intent):
            if best.probability >= SURE and best.similarity >= ALIKE_INTENT:
                return Talk(best.target)
            return Unclear()
        if best.similarity < ALIKE and not best.is_hinted:
            return guess(best, second)
        if isinstance(second.target, Tool) and are_rivals(best, second, text):
            return WhichTool(best.target, second.target)
        if is_sure(best):
            return self._act(self._requests(best.target, text, text, recall))
        return guess(best, second)

    def _several(self, text: str, recall: Recall) -> list[tuple[str, Tool]]:
        """Return the parts of a turn that ask for different tools, if it asks for more than one."""
        parts: list[tuple[str, Tool]] = []
        candidates = requests_in(text)
        if len(candidates) < 2:
            return []
        self._router.prepare([without_names(part, recall) for part in candidates])
        for part in candidates:
            route = self._router.routes(without_names(part, recall))[0]
            is_request = route.probability > 0.6 and route.similarity > 0.5
            is_request = is_request and not (part == candidates[0] and continues(part) is not None)
            if isinstance(route.target, Tool) and is_request and asks(part, route.target):
                parts.append((part, route.target))
        return parts if len({tool.name for _, tool in parts}) > 1 else []

    def _requests(self, tool: Tool, part: str, text: str, recall: Recall) -> list[Request]:
        """Return one request, or one for each identifier that the caller named."""
        filled = self._filler.fill(
            tool, Turn(part, request=self._asking_clause(part, tool, recall)), recall
        )
        if part != text and refers(part):
            # "where is order 1004 and cancel it"
            named = self._filler.fill(tool, Turn(text, asked=""), recall)
            filled = replace(filled, values={**filled.values, **named.values})
        requests = [Request(tool, filled.values, filled.rivals)]
        for name, others in filled.more.items():
            requests += [Request(tool, {**filled.values, name: other}, {}) for other in others]
        return requests

    def _asking_clause(self, text: str, tool: Tool, recall: Recall) -> str:
        """Return the clause that only asks for the tool; empty when every clause tells more."""
        scored = []
        parts = clauses(text) or [text]
        self._router.prepare(parts)
        for part in parts:
            route = next(r for r in self._router.routes(part) if r.target == tool)
            scored.append((route.probability * route.similarity, route.similarity, part))
        _, similarity, best = max(scored)
        is_plain = len(remainder(best, recall) - own_stems(tool)) < 2
        return best if similarity >= _PLAIN_REQUEST or is_plain else ""

    def _act(self, requests: list[Request]) -> Act:
        ready = tuple(r for r in requests if r.missing is None and not _blocking(r))
        waiting = [r for r in requests if r not in ready]
        return Act(ready, waiting[0] if waiting else None)


def _mended(text: str, request: Request, filled: Filling) -> dict[str, Any]:
    """Return what a turn like "no, order one zero zero five" changes of what was said before."""
    if not corrects(text):
        return {}
    return {
        name: value
        for name, value in filled.values.items()
        if name in request.values
        and (slot := request.tool.slot(name)) is not None
        and slot.kind not in TAKES_ANY_WORDS
    }


def _told_ahead(request: Request, filled: Filling) -> dict[str, Any]:
    """Return what a turn that leaves the question open tells of what would be asked next."""
    return {
        name: value
        for name, value in filled.values.items()
        if name not in request.values
        and (slot := request.tool.slot(name)) is not None
        and slot.kind not in FREE_TEXT
    }


def _is_other_answer(item: ContextItem) -> bool:
    match item:
        case ContextMessage(role="assistant", text=text) if text:
            return DID_YOU_MEAN not in text
        case _:
            return False


def _blocking(request: Request) -> bool:
    return any(
        (s := request.tool.slot(n)) is not None and s.is_required and n not in request.values
        for n in request.rivals
    )


def _among(rivals: Sequence[str], text: str) -> str | None:
    index = picked(text, rivals) if len(rivals) == 2 and not heard_identifiers(text) else None
    if index is not None:
        return rivals[index]
    named = [r for r in rivals if any(h.text in r for h in heard_identifiers(text))]
    return named[0] if len(named) == 1 else None
