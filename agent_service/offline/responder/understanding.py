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
from agent_service.offline.responder.belongings import identifier_words, position_in
from agent_service.offline.responder.certainty import (
    ALIKE,
    ALIKE_INTENT,
    SURE,
    are_rivals,
    guess,
    is_harmless,
    is_new_topic,
    is_possible,
    is_sure,
    leads_away,
)
from agent_service.offline.responder.choices import is_switch, named_choices
from agent_service.offline.responder.filling import Filler, Filling
from agent_service.offline.responder.fitting import typed, written
from agent_service.offline.responder.free_text import clauses, requests_in
from agent_service.offline.responder.identifier_filling import Turn
from agent_service.offline.responder.identifiers import heard_identifiers, normal
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
from agent_service.offline.responder.questions import DID_YOU_MEAN, JUST_TELL_ME
from agent_service.offline.responder.recall import Recall, only_asks, parsed, points, refers
from agent_service.offline.responder.replay import after, asking, is_user, joined, with_aside
from agent_service.offline.responder.replies import (
    asks_about_another,
    asks_to_wait,
    continues,
    corrected,
    corrects,
    does_not_know,
    gives_up,
    is_bare,
    only_acknowledges,
    only_parts,
    picked,
    says_done,
    says_no,
    says_yes,
    takes_back,
)
from agent_service.offline.responder.resuming import refused_call
from agent_service.offline.responder.router import Route, Router
from agent_service.offline.responder.slot_kinds import FREE_TEXT, TAKES_ANY_WORDS, SlotKind
from agent_service.offline.responder.slots import Slot, flat
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.turn_parts import (
    answers_questions,
    asks,
    asks_to_know,
    is_own,
    is_priced,
    is_question,
    is_value_only,
    names_deed,
    own_stems,
    remainder,
    sets_right,
    shared_nouns,
    takes_reports,
    tells_prices,
    without_names,
)
from agent_service.offline.responder.wishes import ASKED, Stance, only_speaks, stance, supposes
from agent_service.offline.responder.words import content_stems, stem

_PLAIN_REQUEST = 0.72
"""A clause so near to a known phrasing says no more than it: no reason, no story."""
_NEARER = 0.1
_CLOSE = 0.05
_NEAR = 0.5
_USUAL = 0.6
"""Of a statement so near to a phrasing that its tool brings it is known what is wanted by it."""
_FAIRLY_NEAR = 0.38
_FAR = 0.15
"""How near a tool that reads must be to a question: where it may be none of its kind, and where it
speaks of something that a tool changes."""
_PROBABLE = 0.2
_SHARED = 0.06
_OWN = 0.25
_HINTED = 0.15
_TOLD = 0.2
_NAMED = 0.9
"""Of a word that only one tool has."""
_TURNS_REPLAYED = 10
_LIKELIEST = 3
_FEW = 3
"""Words with a question mark that may still answer: "On Friday?"."""
_POINTED = frozenset((SlotKind.IDENTIFIER, SlotKind.PHRASE, SlotKind.NAME, SlotKind.TIME))


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
            turn = Turn(text, request=self._asking_clause(text, tool, self._recall(items)))
            filled = self._filler.fill(tool, turn, self._recall(items))
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
        recall = self._recall(items)
        if all(r.is_ready for r in past.open):
            return past
        found = [whole for r in past.open for whole in self._looking_up.completed(r, recall)]
        act = self._act(found, recall, recall.called())
        return replace(past, open=(*act.calls, *asking(act.open)))

    def _recall(self, items: Sequence[ContextItem]) -> Recall:
        return Recall(items, self._filler.today())

    def refused(self, items: Sequence[ContextItem]) -> Request | None:
        """Return the request that was refused last and may be made again."""
        call = refused_call(items)
        if call is None or call.name not in self._tools:
            return None
        return self._request_of(call)

    def _hear(self, text: str, past: Past, before: Sequence[ContextItem]) -> Meaning:
        recall = self._recall(before)
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
        if picked_up := self._picked_up(text, recall) or self._asked_on(text, recall):
            return self._act(picked_up, recall)
        if past.last is not None:
            is_refused = self.refused(before) is not None
            meaning = self._again(text, past.last, recall, is_refused=is_refused)
            if meaning is not None:
                return meaning
        return with_aside(self._route(text, recall), past.aside)

    def _pick(self, text: str, past: Past, recall: Recall) -> Meaning | None:
        which = past.which
        assert which is not None
        options = [tool for tool in (which.first, which.second) if tool is not None]
        if gives_up(text) or (says_no(text) and is_bare(text)):
            return self._dropped(text, recall)
        if says_no(text):
            return None  # neither of them: what follows is read by itself
        best = self._router.routes(without_names(text, recall))[0]
        if best.target not in options and is_question(text) and is_sure(best):
            return None
        if which.is_offered and only_acknowledges(text):
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
        if tool.is_write and only_speaks(text, tool.deeds):
            return Offer(tool, is_refused=stance(text, tool.deeds) is Stance.REFUSAL)
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
        how = stance(text, request.tool.deeds)
        is_no = says_no(text) and is_bare(text) and not heard_identifiers(text)
        is_no = is_no or (request.tool.is_write and how is Stance.REFUSAL)
        if not is_named and (gives_up(text) or (is_no and slot.json_type != "boolean")):
            left = [] if request.is_lookup else list(rest)
            return self._act(left, recall) if left else self._dropped(text, recall)
        if only_parts(text):
            return None
        if request.tool.is_write and slot.kind not in FREE_TEXT:
            # What is only asked about is no answer: "which one? - what does the blue one cost?"
            plain = [c for c in clauses(text) if not _answers_nothing(c)]
            if not plain or (len(plain) < len(clauses(text)) and says_no(plain[0])):
                return None
        if slot.kind not in TAKES_ANY_WORDS and self._several(text, recall):
            return None
        if slot.kind is SlotKind.IDENTIFIER and self._bids_another(text, request.tool):
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
        if chosen := recall.among(slot, rivals, corrected(text)) if rivals else []:
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

    def _dropped(self, text: str, recall: Recall) -> Meaning:
        """Leave what was open, and answer what is asked besides: "never mind, who comes?"."""
        asked = ", ".join(c for c in clauses(text) if asks_to_know(c) and not gives_up(c))
        if asked:
            routes = self._router.routes(without_names(asked, recall))
            return self._inquired(asked, routes, recall, least=_FAIRLY_NEAR) or Dropped()
        return Dropped()

    def _bids_another(self, text: str, current: Tool) -> bool:
        """Return whether a turn without an identifier bids what only another tool does: "cancel it
        then" is no answer to which order to look up."""
        bidden = {stem(m["verb"]) for part in requests_in(text) if (m := ASKED.match(part))}
        others = {verb for tool in self._tools.values() if tool.is_write for verb in tool.deeds}
        is_bidden = bool(bidden & others - current.deeds) and stance(text) is Stance.WISH
        return is_bidden and not heard_identifiers(text)

    def _again(
        self, text: str, last: Request, recall: Recall, *, is_refused: bool
    ) -> Meaning | None:
        """Read "no, one zero zero five" and "what about 1007" as the last request with another
        value."""
        tail = continues(text)
        if tail is None and not corrects(text) and not is_value_only(text):
            return None
        is_spoken_of = last.tool.is_write and asks_about_another(text)
        is_only_said = last.tool.is_write and only_speaks(tail or text, last.tool.deeds)
        if is_only_said and not is_spoken_of:
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
            is_done = last.tool.is_write and not is_refused
            return self._act([last], recall) if is_same and not is_done else None
        if is_spoken_of:
            return WhichTool(last.tool)
        again = Request(last.tool, {**last.values, **changed}, filled.rivals, words=text)
        return self._act([again], recall)

    def _route(self, text: str, recall: Recall) -> Meaning:
        several = self._several(text, recall)
        if several:
            requests = [
                r for part, tool in several for r in self._requests(tool, part, text, recall)
            ]
            return self._act(_sharing(_merged(requests), text), recall)
        routes = self._router.routes(without_names(text, recall))
        for part in requests_in(text)[1:]:
            if is_value_only(part):
                continue
            own = self._router.routes(without_names(part, recall))
            tool = own[0].target
            is_nearer = own[0].similarity > routes[0].similarity + _NEARER
            is_nearer = is_nearer or not (isinstance(routes[0].target, Tool) and is_sure(routes[0]))
            if is_nearer and isinstance(tool, Tool) and is_sure(own[0]) and asks(part, tool):
                routes = own
        plain = self._router.routes(text)
        is_foreign = plain[0].target is Intent.OUT_OF_SCOPE and plain[0].probability >= SURE
        # A known name makes no request of what is none.
        routes = plain if is_foreign else routes
        best, second = routes[0], routes[1]
        if isinstance(best.target, Intent):
            is_talk = best.probability >= SURE and best.similarity >= ALIKE_INTENT
            if is_talk and best.target is not Intent.OUT_OF_SCOPE:
                return Talk(best.target)
            if told := self._told_in_full(text, routes, recall):
                return self._act(told, recall)
            least = _NEAR if is_talk else _FAIRLY_NEAR
            found = self._named(text, recall) or self._inquired(text, routes, recall, least=least)
            return found or (Talk(best.target) if is_talk else Unclear())
        if not best.target.is_write:
            return self._looked_up(text, routes, recall)
        how = stance(text, best.target.deeds)
        if how is Stance.REPORT and not takes_reports(best.target, text):
            for route in routes:
                is_near = route.similarity >= best.similarity - _CLOSE
                if isinstance(route.target, Tool) and takes_reports(route.target, text) and is_near:
                    return self._act(self._requests(route.target, text, text, recall), recall)
        if (unwished := self._unwished(text, routes, recall)) is not None:
            return unwished
        requests = self._requests(best.target, text, text, recall)
        is_told = any(self._says_enough(request) for request in requests)
        if best.similarity < ALIKE and not best.is_hinted and not (is_told and is_possible(best)):
            return guess(best, second)
        if not _is_spoken_of(text, best):
            return guess(best, second)
        if isinstance(second.target, Tool) and are_rivals(best, second, text):
            others = self._requests(second.target, text, text, recall)
            given = [len(r[0].values) * any(map(self._says_enough, r)) for r in (requests, others)]
            if given[0] == given[1]:
                return WhichTool(best.target, second.target)
            return self._act(requests if given[0] > given[1] else others, recall)
        if is_sure(best) or is_told:
            return self._act(requests, recall)
        return guess(best, second)

    def _says_enough(self, request: Request) -> bool:
        """Return whether a turn gives all that a tool needs but what can be looked up, and more
        than free words."""
        told = [s for s in request.tool.slots if s.name in request.values]
        lacking = [s for s in request.tool.slots if s.is_needed(request.values)]
        return any(s.kind not in FREE_TEXT for s in told) and all(
            s.kind is SlotKind.IDENTIFIER for s in lacking
        )

    def _told_in_full(self, text: str, routes: Sequence[Route], recall: Recall) -> list[Request]:
        """Return the request for which a wish gives several values and lacks none, if one does."""
        tools = [r.target for r in routes if isinstance(r.target, Tool)][:_LIKELIEST]
        if stance(text) is not Stance.WISH:
            return []
        made = [self._requests(t, text, text, recall) for t in tools if shared_nouns(text, t)]
        full = [r for r in made if self._says_enough(r[0]) and len(r[0].values) > 1]
        return max(full, key=lambda one: len(one[0].values), default=[])

    def _looked_up(self, text: str, routes: Sequence[Route], recall: Recall) -> Meaning:
        """Look up what the turn asks for: a look at the wrong thing costs nothing."""
        best = routes[0]
        assert isinstance(best.target, Tool)
        requests = self._requests(best.target, text, text, recall)
        is_general = requests[0].missing is not None and not is_own(text) and not refers(text)
        least = _FAIRLY_NEAR if is_general else _NEAR
        if (found := self._inquired(text, routes, recall, least=least)) is not None:
            return found
        if is_harmless(best) or is_sure(best):
            return self._act(requests, recall)
        return guess(best, routes[1])

    def _inquired(
        self, text: str, routes: Sequence[Route], recall: Recall, *, least: float
    ) -> Act | None:
        """Look up what answers a question, where a tool is near enough."""
        reading = self._reading(text, routes, recall, least=least)
        return self._act(reading, recall) if reading else None

    def _reading(
        self, text: str, routes: Sequence[Route], recall: Recall, *, least: float
    ) -> list[Request]:
        """Return the requests of the tool that answers a question: of those that only read the one
        that is nearest, named, and given all it needs."""
        is_asking = asks_to_know(text) or stance(text) is Stance.QUESTION
        if not is_asking and not self._always_searches:
            return []
        written_of = [s.label for t in self._tools.values() for s in t.slots if written(s, text)]
        nouns = " ".join([text, *written_of])
        scored: list[tuple[float, list[Request]]] = []
        for route in routes:
            if not isinstance(tool := route.target, Tool) or tool.is_write:
                continue
            requests = self._requests(tool, text, text, recall)
            score = route.similarity + _PROBABLE * route.probability
            score += _SHARED * min(3, len(shared_nouns(nouns, tool)))
            score += _SHARED * len(own_stems(tool) & content_stems(text))
            score += _HINTED * (is_priced(text) and tells_prices(tool))
            lacking = [slot for slot in tool.slots if slot.is_needed(requests[0].values)]
            if answers_questions(tool) and not self._always_searches:
                score += (_HINTED if route.is_hinted else 0.0) - (_OWN if is_own(text) else 0.0)
            elif answers_questions(tool):
                score += 1.0
            elif all(slot.kind is SlotKind.IDENTIFIER for slot in lacking):
                score += _OWN if is_own(text) else 0.0
                is_told = self._says_enough(requests[0])
                # Whoever asks how things are in general has no number to say.
                score -= _TOLD if lacking and not is_own(text) and not refers(text) else 0.0
                score += (_TOLD / (1 + bool(lacking)) + _HINTED * route.is_hinted) * is_told
            else:
                score -= _TOLD
            scored.append((score, requests))
        score, requests = max(scored, key=lambda one: one[0], default=(0.0, []))
        return requests if score >= least else []

    def _picked_up(self, text: str, recall: Recall) -> list[Request] | None:
        """Read "I'll take the second one" after a list as a wish for what is done with such."""
        if not points(text) or stance(text) is not Stance.WISH:
            return None
        routes = self._router.routes(without_names(text, recall))
        tools = [r.target for r in routes if isinstance(r.target, Tool) and r.target.is_write]
        named = [
            tool
            for tool in tools
            if names_deed(text, tool) or any(named_choices(slot, text) for slot in tool.slots)
        ]
        for tool in named or tools:
            needed = [s for s in tool.slots if s.is_required]
            found: dict[str, Any] = {}
            for slot in needed:
                if slot.kind in _POINTED and (one := recall.pointed(slot, text)):
                    found[slot.name] = typed(slot, one)
                elif slot.kind is SlotKind.CHOICE and (one := _at_position(slot, recall, text)):
                    found[slot.name] = one
            if found:
                filled = self._filler.fill(tool, Turn(text, request=text), recall)
                rivals = {n: ids for n, ids in filled.rivals.items() if n not in found}
                # Who picks tells no story by it.
                stories = {s.name for s in tool.slots if s.kind in FREE_TEXT and s not in needed}
                told = {n: v for n, v in filled.values.items() if n not in stories}
                values = {**recall.sought(needed), **told, **found}
                return [Request(tool, values, rivals, words=text)]
        return None

    def _asked_on(self, text: str, recall: Recall) -> list[Request] | None:
        """Read "how much?" behind an answered question as one more about the same."""
        tool = self._tools.get(recall.latest() or "")
        if tool is None or not only_asks(text) or recall.subject(tool, text) is None:
            return None
        return self._requests(tool, text, text, recall)

    def _unwished(self, text: str, routes: Sequence[Route], recall: Recall) -> Meaning | None:
        """Answer what was said of a change that nobody asked for; None for a wish."""
        tool = routes[0].target
        assert isinstance(tool, Tool)
        how = stance(text, tool.deeds)
        if how is not Stance.WISH:
            asked = ", ".join(
                c for c in clauses(text) if stance(c) is Stance.QUESTION and not names_deed(c, tool)
            )
            own = self._router.routes(without_names(asked, recall)) if asked else []
            if own and (found := self._inquired(asked, own, recall, least=_NEAR)):
                return found
        if how is Stance.REFUSAL and any(is_switch(slot) for slot in tool.slots):
            return None  # "don't send me any more" switches something off
        if takes_back(text):
            return Offer(tool, is_refused=True)
        match how:
            case Stance.WISH:
                return None
            case Stance.QUESTION:
                least = _NEAR if supposes(text) else _FAR
                return self._inquired(text, routes, recall, least=least) or Offer(tool)
            case Stance.REPORT if takes_reports(tool, text):
                return None
            case Stance.REPORT if not names_deed(text, tool):
                if tool.examples and routes[0].similarity >= _USUAL:
                    return None
                return guess(*routes[:2]) if is_possible(routes[0]) else WhichTool(tool)
            case _:
                return Offer(tool, is_refused=how is Stance.REFUSAL)

    def _named(self, text: str, recall: Recall) -> Meaning | None:
        """Act on a tool whose own words were said, where no known phrasing is near."""
        named = self._router.named(text)
        if not named or named[0][1] < _NAMED:
            return None
        tool = named[0][0]
        if not tool.is_write:
            return self._act(self._requests(tool, text, text, recall), recall)
        return WhichTool(tool) if stance(text, tool.deeds) is Stance.WISH else None

    def _several(self, text: str, recall: Recall) -> list[tuple[str, Tool]]:
        """Return the parts of a turn that ask for a tool each, if more than one does; what is told
        behind a request belongs to it, and before it where together they tell all that is
        needed."""
        parts: list[tuple[str, Tool]] = []
        pieces = requests_in(text)
        if len(pieces) < 2:
            return []
        self._router.prepare([without_names(piece, recall) for piece in pieces])
        told = ""
        for piece in pieces:
            tool = self._asked_for(piece, recall)
            if tool is not None:
                is_story = told and any(slot.kind in FREE_TEXT for slot in tool.slots)
                parts.append((f"{told}, {piece}" if is_story else piece, tool))
                told = ""
            elif parts and stance(piece) in {Stance.WISH, Stance.REPORT}:
                parts[-1] = (f"{parts[-1][0]}, {piece}", parts[-1][1])
            elif not parts:
                told = f"{told}, {piece}" if told else piece
                routes = self._router.routes(without_names(told, recall))
                if full := self._told_in_full(told, routes, recall):
                    parts.append((told, full[0].tool))
                    told = ""
        is_several = len({tool.name for _, tool in parts}) > 1
        is_twice = len(parts) > 1 and all(names_deed(part, tool) for part, tool in parts)
        return parts if is_several or is_twice else []

    def _asked_for(self, piece: str, recall: Recall) -> Tool | None:
        """Return the tool that a part of a turn asks for by itself."""
        if is_value_only(piece) and not any(names_deed(piece, t) for t in self._tools.values()):
            return None
        route = self._router.routes(without_names(piece, recall))[0]
        tool = route.target
        if isinstance(tool, Tool):
            m = ASKED.match(piece)
            is_bidden = m is not None and stem(m["verb"]) in tool.deeds and is_possible(route)
            is_bidden = is_bidden and bool(shared_nouns(piece, tool) - tool.deeds)
            is_wished = not tool.is_write or stance(piece, tool.deeds) is Stance.WISH
            is_meant = is_sure(route) and route.similarity > ALIKE and asks(piece, tool)
            is_meant = is_meant and _is_spoken_of(piece, route)
            if is_wished and (is_bidden or is_meant):
                return tool
        if stance(piece) is not Stance.QUESTION:
            return None
        routes = self._router.routes(piece)
        reading = self._reading(piece, routes, recall, least=_FAIRLY_NEAR)
        return reading[0].tool if reading else None

    def _requests(self, tool: Tool, part: str, text: str, recall: Recall) -> list[Request]:
        """Return one request, or one for each identifier that the caller named."""
        filled = self._filler.fill(
            tool, Turn(part, request=self._asking_clause(part, tool, recall)), recall
        )
        if part != text and refers(part):
            # "where is order 1004 and cancel it"
            named = self._filler.fill(tool, Turn(text, asked=""), recall).values
            pointed = {n: v for n, v in named.items() if tool.slot(n) in _identifying(tool)}
            about = {} if tool.is_write else named
            filled = replace(filled, values={**about, **filled.values, **pointed})
        requests = [Request(tool, filled.values, filled.rivals, words=part)]
        for name, others in filled.more.items():
            named_here = _unused([filled.values[name], *others], name, filled.values)
            first, *more = _wished(named_here, part, tool)
            requests[0] = replace(requests[0], values={**requests[0].values, name: first})
            requests += [replace(requests[0], values={**filled.values, name: v}) for v in more]
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


def _answers_nothing(clause: str) -> bool:
    """Return whether a clause asks in its turn, or says that its speaker does not know."""
    is_asked = stance(clause) is Stance.QUESTION and len(clause.split()) > _FEW
    return asks_to_know(clause) or is_asked or does_not_know(clause)


def _is_spoken_of(text: str, route: Route) -> bool:
    """Return whether a tool that changes something has a word of its own in the text, or is asked
    for as it usually is: what no tool does is near to some."""
    tool = route.target
    if not isinstance(tool, Tool) or not tool.is_write or route.similarity >= _USUAL:
        return True
    said = content_stems(text)
    is_named = shared_nouns(text, tool) or (own_stems(tool) | tool.taken) & said
    return bool(is_named) or sets_right(tool, text)


def _at_position(slot: Slot, recall: Recall, text: str) -> str | None:
    """Return which of the choices that were listed last is meant by its position."""
    listed, position = recall.listed(), position_in(text)
    if position is None or position >= len(listed) or not set(listed) <= set(slot.choices):
        return None
    return listed[position] if listed else None


def _wished(values: list[Any], text: str, tool: Tool) -> list[Any]:
    """Return of several things those named where the deed is wished for, not where something else
    is told of them; all, where none is named there."""
    wished = normal(" ".join(c for c in clauses(text) if stance(c, tool.deeds) is Stance.WISH))
    return [value for value in values if normal(str(value)) in wished] or values


def _unused(values: list[Any], name: str, said: Mapping[str, Any]) -> list[Any]:
    """Return those that are no other argument's: "move KT4419 to the SK-1800" moves one booking."""
    others = {normal(str(value)) for other, value in said.items() if other != name}
    return [value for value in values if normal(str(value)) not in others] or values


def _identifying(tool: Tool) -> list[Slot]:
    return [slot for slot in tool.slots if slot.kind is SlotKind.IDENTIFIER]


def _merged(requests: Sequence[Request]) -> list[Request]:
    """Make one of requests for the same that give each other no other value: "change my phone to
    555 0100 and change my city to Bern"."""
    merged: list[Request] = []
    for request in requests:
        last = merged[-1] if merged else None
        is_same = last is not None and last.tool == request.tool and last.values and request.values
        if last and is_same and all(last.values.get(n, v) == v for n, v in request.values.items()):
            words = f"{last.words}, {request.words}"
            merged[-1] = replace(last, values={**last.values, **request.values}, words=words)
        else:
            merged.append(request)
    return merged


def _sharing(requests: Sequence[Request], text: str) -> list[Request]:
    """Give an identifier that stands alone in a turn to all the requests of it, and any other one
    to those that only read."""
    alone = normal(" ".join(piece for piece in requests_in(text) if is_value_only(piece)))
    told = {
        identifier_words(slot.leaf): request.values[slot.name]
        for request in requests
        for slot in _identifying(request.tool)
        if slot.name in request.values
    }
    shared: list[Request] = []
    for request in requests:
        values = dict(request.values)
        for slot in _identifying(request.tool):
            value = told.get(identifier_words(slot.leaf))
            is_open = slot.is_needed(values) and slot.name not in request.rivals
            is_theirs = not request.tool.is_write or normal(str(value)) in alone
            if value is not None and is_open and is_theirs:
                values[slot.name] = value
        shared.append(replace(request, values=values))
    return shared


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
            return DID_YOU_MEAN not in text and JUST_TELL_ME not in text
        case _:
            return False
