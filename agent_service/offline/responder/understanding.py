"""What a caller's turn means, given the turns before it: replays the conversation, so that
nothing is remembered outside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent_service.offline.ports import (
    ContextItem,
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
)
from agent_service.offline.responder.certainty import (
    ALIKE,
    ALIKE_INTENT,
    SURE,
    are_rivals,
    guess,
    is_harmless,
    is_new_topic,
    is_sure,
    leads_away,
)
from agent_service.offline.responder.choices import is_switch, named_choices
from agent_service.offline.responder.filling import Filler, Filling
from agent_service.offline.responder.fitting import typed
from agent_service.offline.responder.free_text import clauses
from agent_service.offline.responder.identifier_filling import Turn
from agent_service.offline.responder.identifiers import heard_identifiers
from agent_service.offline.responder.intents import Intent
from agent_service.offline.responder.looking_up import LookingUp
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
from agent_service.offline.responder.questions import DID_YOU_MEAN
from agent_service.offline.responder.recall import Recall, parsed, points, refers
from agent_service.offline.responder.replay import after, asking, is_user, joined, with_aside
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
from agent_service.offline.responder.router import Route, Router
from agent_service.offline.responder.slot_kinds import FREE_TEXT, TAKES_ANY_WORDS, SlotKind
from agent_service.offline.responder.slots import flat
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.turn_parts import (
    answers_questions,
    asks,
    asks_to_know,
    is_own,
    is_question,
    is_value_only,
    own_stems,
    remainder,
    requests_in,
    shared_nouns,
    without_names,
)
from agent_service.offline.responder.wishes import Stance, stance, supposes

_PLAIN_REQUEST = 0.72
"""A clause so near to a known phrasing says no more than it: no reason, no story."""
_NEARER = 0.1
_SEARCHABLE = 0.05
_NAMED = 0.9
"""Of a word that only one tool has."""
_TURNS_REPLAYED = 10


class Listener:
    """Reads turns for one tool set."""

    def __init__(
        self,
        tools: Sequence[Tool],
        router: Router,
        filler: Filler,
        *,
        always_searches: bool = False,
    ) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._router = router
        self._filler = filler
        self._always_searches = always_searches
        self._looking_up = LookingUp(tools, filler)

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
            if isinstance(item, ContextToolOutput) and past.open:
                past = self._resumed(past, items[: index + 1])
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
        last = self._request_of(call)
        open_ = tuple(r for r in past.open if r.tool != last.tool)
        is_lookup = any(r.tool == last.tool and r.is_lookup for r in past.open)
        if is_lookup:
            return replace(past, open=open_, lookups=past.lookups | {call.name})
        return replace(past, last=last, open=open_)

    def _request_of(self, call: ContextToolCall) -> Request:
        given = parsed(call.arguments)
        return Request(self._tools[call.name], flat(given) if isinstance(given, dict) else {}, {})

    def _resumed(self, past: Past, items: Sequence[ContextItem]) -> Past:
        """Go on with what waits for an output, once it is there."""
        recall = Recall(items)
        if all(r.is_ready for r in past.open):
            return past
        found = [whole for r in past.open for whole in self._looking_up.completed(r, recall)]
        act = self._act(found, recall, recall.called())
        return replace(past, open=(*act.calls, *asking(act.open)))

    def refused(self, items: Sequence[ContextItem]) -> Request | None:
        """Return the request that was refused last and may be made again."""
        call = refused_call(items)
        if call is None or call.name not in self._tools:
            return None
        return self._request_of(call)

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
        if picked_up := self._picked_up(text, recall):
            return self._act(picked_up, recall)
        if past.last is not None:
            meaning = self._again(text, past.last, recall)
            if meaning is not None:
                return meaning
        return with_aside(self._route(text, recall), past.aside)

    def _pick(self, text: str, past: Past, recall: Recall) -> Meaning | None:
        which = past.which
        assert which is not None
        options = [tool for tool in (which.first, which.second) if tool is not None]
        if gives_up(text) or (says_no(text) and is_bare(text)):
            return Dropped()
        if says_no(text):
            return None  # neither of them: what follows is read by itself
        best = self._router.routes(without_names(text, recall))[0]
        if best.target not in options and is_question(text) and is_sure(best):
            return None
        index = picked(text, [tool.action for tool in options])
        if index is None and says_yes(text) and is_bare(text):
            index = 0
        if index is None:
            routes = self._router.routes(text)
            named = [r.target for r in routes if r.target in options and r.similarity > ALIKE]
            if routes[0].target not in options or not named:
                return None
            index = options.index(named[0])
        tool = options[index]
        if tool.is_write and stance(text) is not Stance.WISH:
            return Offer(tool, is_refused=stance(text) is Stance.REFUSAL)
        (earlier, *_), (now, *_) = (
            self._requests(tool, said, said, recall) for said in (past.which_text, text)
        )
        both = {**earlier.values, **now.values}
        rivals = {n: ids for n, ids in {**earlier.rivals, **now.rivals}.items() if n not in both}
        return self._act([replace(now, values=both, rivals=rivals, words=past.which_text)], recall)

    def _answer(self, text: str, past: Past, recall: Recall) -> Meaning | None:
        """Read the turn as the answer to the question that was asked."""
        request, rest = past.open[0], past.open[1:]
        slot = request.tool.slot(request.asked or "")
        assert slot is not None
        is_named = slot.kind is SlotKind.CHOICE and bool(named_choices(slot, text))
        is_no = says_no(text) and is_bare(text) and not heard_identifiers(text)
        is_no = is_no or (request.tool.is_write and stance(text) is Stance.REFUSAL)
        if not is_named and (gives_up(text) or (is_no and slot.json_type != "boolean")):
            left = [] if request.is_lookup else list(rest)
            return self._act(left, recall) if left else Dropped()
        if slot.kind not in TAKES_ANY_WORDS and self._several(text, recall):
            return None
        routes = self._router.routes(without_names(text, recall))
        is_other = not is_named and is_new_topic(text, routes[0], request.tool, slot)
        if slot.kind in TAKES_ANY_WORDS - FREE_TEXT and (is_other or is_question(text)):
            return None
        if routes[0].target is Intent.REPEAT and routes[0].probability > SURE:
            return Act((), past.open)
        if slot.kind in TAKES_ANY_WORDS and says_yes(text) and is_bare(text):
            return Act((), past.open, is_repeated=True)  # to what was not asked
        if is_other and is_question(text) and slot.kind is SlotKind.IDENTIFIER:
            return None
        said = replace(request, words=f"{request.words} {text}")
        rivals = request.rivals.get(slot.name, ())
        if chosen := recall.among(slot, rivals, text) if rivals else []:
            others = {name: ids for name, ids in request.rivals.items() if name != slot.name}
            found = [
                replace(said, values={**request.values, slot.name: typed(slot, one)}, rivals=others)
                for one in chosen
            ]
            return self._act([*found, *rest], recall)
        turn = Turn(text, asked=slot.name, held=frozenset(request.values))
        filled = self._filler.fill(request.tool, turn, recall)
        mended = _mended(text, request, filled)
        if mended and (slot.kind in TAKES_ANY_WORDS or slot.name not in filled.values):
            return self._act([replace(said, values={**request.values, **mended}), *rest], recall)
        if slot.name in filled.values and not (is_other and slot.kind in FREE_TEXT):
            merged = {**filled.values, **request.values, slot.name: filled.values[slot.name]}
            return self._act([replace(said, values=merged, rivals={}), *rest], recall)
        if is_other:
            return None
        if slot.name in filled.rivals:
            return Act((), (replace(said, rivals=filled.rivals), *rest), is_repeated=True)
        if leads_away(routes[0], text):
            return None
        told = _told_ahead(request, filled)
        if told:
            return Act((), (replace(said, values={**request.values, **told}), *rest))
        return Act((), past.open, is_repeated=True)

    def _again(self, text: str, last: Request, recall: Recall) -> Meaning | None:
        """Read "no, one zero zero five" and "what about 1007" as the last request with another
        value."""
        tail = continues(text)
        if tail is None and not corrects(text) and not is_value_only(text):
            return None
        if last.tool.is_write and stance(tail or text) is not Stance.WISH:
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
            return self._act([last], recall) if is_same else None
        again = Request(last.tool, {**last.values, **changed}, filled.rivals, words=text)
        return self._act([again], recall)

    def _route(self, text: str, recall: Recall) -> Meaning:
        several = self._several(text, recall)
        if several:
            requests = [
                r for part, tool in several for r in self._requests(tool, part, text, recall)
            ]
            return self._act(requests, recall)
        routes = self._router.routes(without_names(text, recall))
        for part in requests_in(text)[1:]:
            own = self._router.routes(without_names(part, recall))
            tool = own[0].target
            is_nearer = own[0].similarity > routes[0].similarity + _NEARER
            is_nearer = is_nearer or not (isinstance(routes[0].target, Tool) and is_sure(routes[0]))
            if is_nearer and isinstance(tool, Tool) and is_sure(own[0]) and asks(part, tool):
                routes = own
        best, second = routes[0], routes[1]
        plain_routes = self._router.routes(text)
        plain = plain_routes[0]
        if plain.target is Intent.OUT_OF_SCOPE and plain.probability >= SURE:
            # A known name makes no request of it.
            found = self._named(text, recall) or self._searched(text, plain_routes, recall)
            return found or Talk(Intent.OUT_OF_SCOPE)
        if isinstance(best.target, Intent):
            is_talk = best.probability >= SURE and best.similarity >= ALIKE_INTENT
            if is_talk and best.target is not Intent.OUT_OF_SCOPE:
                return Talk(best.target)
            if (found := self._named(text, recall)) or is_talk:
                return found or Talk(best.target)
            if reading := self._own_reading(text):
                return self._act(self._requests(reading, text, text, recall), recall)
            return self._searched(text, routes, recall) or Unclear()
        how = stance(text) if best.target.is_write else Stance.WISH
        if how is Stance.REFUSAL and any(is_switch(slot) for slot in best.target.slots):
            how = Stance.WISH  # "don't send me any more" switches something off
        if how is not Stance.WISH:
            return self._unwished(text, how, routes, recall)
        if answers_questions(best.target) and (reading := self._own_reading(text)):
            return self._act(self._requests(reading, text, text, recall), recall)
        if is_harmless(best):
            return self._act(self._requests(best.target, text, text, recall), recall)
        if best.similarity < ALIKE and not best.is_hinted:
            is_evident = self._is_evident(best.target, text) and best.probability >= SURE
            if not is_evident:
                return guess(best, second)
        if isinstance(second.target, Tool) and are_rivals(best, second, text):
            return WhichTool(best.target, second.target)
        if is_sure(best) or self._is_evident(best.target, text):
            return self._act(self._requests(best.target, text, text, recall), recall)
        return guess(best, second)

    def _is_evident(self, tool: Tool, text: str) -> bool:
        """Return whether a value was said that the tool lets one choose."""
        return any(named_choices(slot, text) for slot in tool.slots if slot.is_required)

    def _picked_up(self, text: str, recall: Recall) -> list[Request] | None:
        """Read "I'll take the second one" after a list as a wish for what is done with such."""
        if not points(text) or stance(text) is not Stance.WISH:
            return None
        for route in self._router.routes(without_names(text, recall)):
            tool = route.target
            if not isinstance(tool, Tool) or not tool.is_write:
                continue
            slots = [slot for slot in tool.slots if slot.is_required]
            found = {s.name: typed(s, one) for s in slots if (one := recall.pointed(s, text))}
            if found:
                filled = self._filler.fill(tool, Turn(text, request=text), recall)
                rivals = {n: ids for n, ids in filled.rivals.items() if n not in found}
                return [Request(tool, {**filled.values, **found}, rivals, words=text)]
        return None

    def _unwished(self, text: str, how: Stance, routes: Sequence[Route], recall: Recall) -> Meaning:
        """Answer what was said of a change that nobody asked for."""
        target = routes[0].target
        assert isinstance(target, Tool)
        reads = [r.target for r in routes if isinstance(r.target, Tool) and not r.target.is_write]
        asked = [tool for tool in reads if answers_questions(tool)]
        if how is Stance.QUESTION and not supposes(text):
            asked = [tool for tool in reads if tool in asked or shared_nouns(text, tool)]
        if how is Stance.QUESTION and (reading := self._own_reading(text)):
            asked = [reading]
            listing = [tool for tool in reads if not any(slot.is_required for slot in tool.slots)]
            asked = asked or (listing if is_own(text) else [])
        if how is Stance.QUESTION and asked:
            return self._act(self._requests(asked[0], text, text, recall), recall)
        return Offer(target, is_refused=how is Stance.REFUSAL)

    def _named(self, text: str, recall: Recall) -> Meaning | None:
        """Act on a tool whose own words were said, where no known phrasing is near."""
        named = self._router.named(text)
        if not named or named[0][1] < _NAMED:
            return None
        tool = named[0][0]
        if not tool.is_write:
            return self._act(self._requests(tool, text, text, recall), recall)
        return WhichTool(tool) if stance(text) is Stance.WISH and not is_question(text) else None

    def _own_reading(self, text: str) -> Tool | None:
        """Return the tool that looks up what a question about something of the caller's names."""
        if not is_own(text) or stance(text) is not Stance.QUESTION:
            return None
        reads = [t for t in self._tools.values() if not t.is_write and not answers_questions(t)]
        shared = {tool.name: len(shared_nouns(text, tool)) for tool in reads}
        needs = {tool.name: sum(slot.is_required for slot in tool.slots) for tool in reads}
        best = max(reads, key=lambda t: (shared[t.name], -needs[t.name]), default=None)
        return best if best is not None and shared[best.name] else None

    def _searched(self, text: str, routes: Sequence[Route], recall: Recall) -> Meaning | None:
        """Search for what nothing else answers, where the session has a tool for that."""
        best = next((route for route in routes if isinstance(route.target, Tool)), None)
        if best is None or not isinstance(best.target, Tool):
            return None
        searching = [tool for tool in self._tools.values() if answers_questions(tool)]
        is_asking = asks_to_know(text) or text.rstrip().endswith("?")
        is_near = best.target in searching and best.probability >= _SEARCHABLE
        if not searching or not (self._always_searches or (is_near and is_asking)):
            return None
        tool = best.target if best.target in searching else searching[0]
        return self._act(self._requests(tool, text, text, recall), recall)

    def _several(self, text: str, recall: Recall) -> list[tuple[str, Tool]]:
        """Return the parts of a turn that ask for different tools, if it asks for more than one."""
        parts: list[tuple[str, Tool]] = []
        candidates = requests_in(text)
        if len(candidates) < 2:
            return []
        self._router.prepare([without_names(part, recall) for part in candidates])
        for part in candidates:
            route = self._router.routes(without_names(part, recall))[0]
            is_request = is_sure(route) and route.similarity > ALIKE
            is_request = is_request and not (part == candidates[0] and continues(part) is not None)
            if not isinstance(route.target, Tool) or not is_request:
                continue
            is_wished = not route.target.is_write or stance(part) is Stance.WISH
            if is_wished and asks(part, route.target):
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
        requests = [Request(tool, filled.values, filled.rivals, words=part)]
        for name, others in filled.more.items():
            requests += [
                Request(tool, {**filled.values, name: other}, {}, words=part) for other in others
            ]
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

    def _act(
        self, requests: Sequence[Request], recall: Recall, called: frozenset[str] = frozenset()
    ) -> Act:
        """Call what is ready and what finds what the others lack."""
        calls: list[Request] = []
        waiting: list[Request] = []
        for given in requests:
            request = (
                given if called else self._looking_up.with_candidates(given, recall, hidden=True)
            )
            if request.is_ready:
                calls.append(request)
                continue
            steps = self._looking_up.steps(request, recall, called)
            ready = [step for step in steps if step.is_ready and step.tool not in _tools(calls)]
            calls += ready
            waiting += [*(step for step in steps if not step.is_ready), request]
        return Act(tuple(calls), tuple(waiting))


def _tools(requests: Sequence[Request]) -> list[Tool]:
    return [request.tool for request in requests]


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
