"""Finding an identifier that a request lacks: which tool of the session lists such things, and
which of the things found is meant."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent_service.offline.responder.belongings import identifier_words
from agent_service.offline.responder.filling import Filler
from agent_service.offline.responder.fitting import typed
from agent_service.offline.responder.free_text import clauses
from agent_service.offline.responder.identifier_filling import Turn
from agent_service.offline.responder.meanings import Request
from agent_service.offline.responder.recall import Recall, refers
from agent_service.offline.responder.slot_kinds import FREE_TEXT, SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.turn_parts import own_stems, remainder
from agent_service.offline.responder.wording import label
from agent_service.offline.responder.words import content_stems, human, stem

_LONGEST_CHAIN = 3
_MOST_CANDIDATES = 8
_NO_PLURALS = frozenset(("hours", "status", "details", "news", "times", "settings"))


class LookingUp:
    """Completes requests from what is known, and finds what is not."""

    def __init__(self, tools: Iterable[Tool], filler: Filler) -> None:
        self._tools = tuple(tools)
        self._filler = filler

    def completed(self, request: Request, recall: Recall) -> list[Request]:
        """Return the request with what the caller's words choose among the known things, and what
        they name of these: several when they choose several."""
        filled = self._filler.fill(request.tool, Turn(request.words, request=request.words), recall)
        found = {
            slot.name: filled.values[slot.name]
            for slot in _lacking(request)
            if slot.name in filled.values
        }
        for slot in request.tool.slots:
            is_open = slot.kind is SlotKind.PHRASE and slot.name not in request.values
            if is_open and (name := recall.named(slot, request.words)) is not None:
                found[slot.name] = name
        rivals = {**request.rivals} | {
            name: ids for name, ids in filled.rivals.items() if name not in request.values
        }
        rivals = {name: ids for name, ids in rivals.items() if name not in found}
        whole = replace(request, values={**request.values, **found}, rivals=rivals)
        more = [(name, other) for name in found for other in filled.more.get(name, ())]
        return [
            self.with_candidates(whole, recall),
            *(replace(whole, values={**whole.values, name: other}) for name, other in more),
        ]

    def steps(
        self, request: Request, recall: Recall, called: frozenset[str], *, depth: int = 0
    ) -> tuple[Request, ...]:
        """Return the requests that find what this one lacks, the first one first."""
        for slot in _lacking(request):
            known, is_listed = recall.known(slot.item or slot)
            # One that was spoken of is not all that there are.
            is_all = is_listed or (known and self._is_plain(request, recall))
            if is_all or slot.name in request.rivals or depth >= _LONGEST_CHAIN:
                continue
            for tool in _finders(slot, request.tool, self._tools):
                if tool.name in called:
                    continue
                turn = Turn(request.words, request=request.words)
                filled = self._filler.fill(tool, turn, recall)
                found = Request(
                    tool, filled.values, filled.rivals, words=request.words, is_lookup=True
                )
                if found.is_ready:
                    return (found,)
                deeper = self.steps(found, recall, called, depth=depth + 1)
                if deeper or not _lacking(found):
                    return (*deeper, found)
        return ()

    def with_candidates(self, request: Request, recall: Recall, *, hidden: bool = False) -> Request:
        """Take the only thing that there is, or let the caller choose among all; ``hidden``: only
        for identifiers that no caller knows."""
        values, rivals = dict(request.values), dict(request.rivals)
        for slot in _lacking(request):
            known = recall.others(recall.known(slot.item or slot)[0], request.words)
            if slot.name in rivals or not known or len(known) > _MOST_CANDIDATES:
                continue
            if hidden and "ID" not in label(slot.leaf):
                continue
            if len(known) == 1 and self._is_plain(request, recall):
                one = typed(slot.item or slot, known[0])
                values[slot.name] = one if slot.item is None else [one]
            else:
                rivals[slot.name] = tuple(known)
        return replace(request, values=values, rivals=rivals)

    def _is_plain(self, request: Request, recall: Recall) -> bool:
        """Return whether the words name nothing that the only known thing may not be."""
        asked = next((c for c in clauses(request.words) if refers(c)), request.words)
        return len(remainder(asked, recall) - own_stems(request.tool)) == 0 or refers(asked)


def _lacking(request: Request) -> list[Slot]:
    return [
        slot
        for slot in request.tool.slots
        if (slot.item or slot).kind is SlotKind.IDENTIFIER and slot.is_needed(request.values)
    ]


def _finders(slot: Slot, asking: Tool, tools: Sequence[Tool]) -> list[Tool]:
    """Return the tools that may list what an identifier is of, the likeliest first."""
    leaf = (slot.item or slot).leaf
    nouns = identifier_words(leaf) or _nouns(asking)
    ranks: list[tuple[int, int, int, Tool]] = []
    for number, tool in enumerate(tools):
        needed = [s for s in tool.slots if s.is_required]
        has_same = any(identifier_words(s.leaf) == identifier_words(leaf) for s in needed)
        if tool.is_write or tool == asking or has_same or any(s.kind in FREE_TEXT for s in needed):
            continue
        named = 4 * (tool.name in slot.description)
        named += 2 * len(nouns & content_stems(human(tool.name)))
        named += len(nouns & content_stems(tool.description))
        if not needed:
            named += len(content_stems(asking.description) & content_stems(tool.description))
        if named or (not needed and _lists(tool)):
            ranks.append((-named, len(needed), number, tool))
    return [tool for *_, tool in sorted(ranks, key=lambda rank: rank[:3])]


def _lists(tool: Tool) -> bool:
    """Return whether a tool's name speaks of several things."""
    words = set(human(tool.name).split()) - _NO_PLURALS
    return any(word.endswith("s") and not word.endswith(("ss", "us", "is")) for word in words)


def _nouns(tool: Tool) -> frozenset[str]:
    """Return what a tool acts on: the words of its name but the first, which is a verb."""
    return frozenset(stem(word) for word in human(tool.name).split()[1:])
