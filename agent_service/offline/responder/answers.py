"""Composes an answer: calls, questions, outcomes and given knowledge, and what the instructions
add to it."""

import itertools
import re
from collections.abc import Sequence
from datetime import date
from typing import TypeGuard

from agent_service.offline.ports import (
    PICTURE,
    ContextItem,
    ContextMessage,
    ContextToolCall,
    ContextToolOutput,
    ResponseContext,
)
from agent_service.offline.responder import questions
from agent_service.offline.responder.directives import (
    Directives,
    asks_language,
    asks_one_word,
    said_to_repeat,
)
from agent_service.offline.responder.embedding import Embedder
from agent_service.offline.responder.identifiers import heard_identifiers
from agent_service.offline.responder.intents import Intent
from agent_service.offline.responder.knowledge import best_passage, statements
from agent_service.offline.responder.meanings import (
    Act,
    Dropped,
    Meaning,
    Nothing,
    Pause,
    Request,
    Talk,
    Unclear,
    WhichTool,
)
from agent_service.offline.responder.outcome import (
    Outcome,
    fact_asked_for,
    is_overtaken,
    long_texts,
    outcome,
    says_all,
)
from agent_service.offline.responder.recall import parsed
from agent_service.offline.responder.replies import awaits_caller, says_go_on, says_no
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.turn_parts import asks_to_know
from agent_service.offline.responder.understanding import Listener
from agent_service.offline.responder.words import content_stems

_SURELY_GIVEN = 0.62
"""How near given text must be to a question to answer it without looking it up."""
_QUESTION = re.compile(
    r"^(?:(?:and|so|but|also|okay|well|oh)\b[\s,]*)*"
    r"(?:when|where|what|which|who|whose|how|is|are|was|were|does|do|did|has|have|can|will)\b",
    re.IGNORECASE,
)


class Answers:
    """One response to one conversation."""

    def __init__(
        self,
        context: ResponseContext,
        tools: Sequence[Tool],
        listener: Listener,
        embedder: Embedder,
        today: date,
    ) -> None:
        self._context = context
        self._items = context.items
        self._tools = tools
        self._listener = listener
        self._embedder = embedder
        self._today = today

    def compose(self, orders: Directives) -> tuple[tuple[Request, ...], str]:
        """Return the tools to call and what to say."""
        outputs = [one for one in self._trailing_outputs() if not is_overtaken(one.output)]
        if orders.greets or (not self._user_texts() and not outputs):
            said = orders.greeting or questions.GREETING
            return (), self._dressed(said, orders, said)
        if outputs:
            text, core = self._say_outcomes(outputs)
            return (), self._dressed(text, orders, core)
        calls, text, core = self._turn()
        return calls, self._dressed(text, orders, core) if text else ""

    def _turn(self) -> tuple[tuple[Request, ...], str, str]:
        latest = next(i for i in reversed(self._items) if not _is_passed_over(i))
        if isinstance(latest, ContextToolCall):
            return (), questions.WORKING, "Working."
        if not isinstance(latest, ContextMessage):
            return (), questions.ANYTHING_ELSE, "Yes?"
        if latest.role == "assistant":
            return self._unprompted(latest)
        repeat = said_to_repeat(latest.text)
        if repeat is not None:
            return (), repeat, repeat
        if PICTURE in latest.text:
            has_tickets = any("ticket" in tool.name for tool in self._tools)
            more = questions.ATTACH if has_tickets else questions.OTHERWISE
            return (), f"{questions.CANNOT_SEE} {more}", "No."
        if asks_language(latest.text):
            return (), questions.ENGLISH_ONLY, "No."
        meaning, past = self._listener.understand(self._items)
        if self._waits() and isinstance(meaning, Talk | Dropped | Unclear):
            is_no = says_no(latest.text) or isinstance(meaning, Dropped)
            said = questions.ALL_RIGHT if is_no else questions.WORKING
            return (), said, said
        untold = self._untold_outputs()
        if untold and isinstance(meaning, Talk | Dropped | Unclear):
            return (), *self._say_outcomes(untold)
        if _asks_in_general(meaning):
            given = self._from_texts(latest.text, needed=_SURELY_GIVEN)
            if given is not None:
                return (), given, given
        if self._is_follow_up(meaning, past.last, latest.text):
            known = self._from_facts(latest.text)
            if known is not None:
                return (), known.text, known.core
        return self._reply(meaning, latest.text)

    def _unprompted(self, latest: ContextMessage) -> tuple[tuple[Request, ...], str, str]:
        """Go on where a note says so; else leave the next step to whoever has it."""
        notes = self._items[self._items.index(latest) + 1 :]
        if any(isinstance(note, ContextMessage) and says_go_on(note.text) for note in notes):
            again = self._listener.refused(self._items)
            if again is not None:
                return (again,), "", ""
            _, past = self._listener.understand(self._items)
            if not past.open:
                return (), questions.GO_AHEAD, "Thanks."
            asked = self._question(past.open[0], is_repeated=False)
            return (), asked, asked
        waits = awaits_caller(latest.text)
        return (), questions.TAKE_YOUR_TIME if waits else questions.ANYTHING_ELSE, "Yes?"

    def _reply(self, meaning: Meaning, text: str) -> tuple[tuple[Request, ...], str, str]:
        match meaning:
            case Act(calls=calls, ask=ask, is_repeated=is_repeated):
                asked = self._question(ask, is_repeated=is_repeated) if ask and not calls else ""
                return calls, asked, asked
            case WhichTool(first=first, second=second):
                said = questions.did_you_mean(first, second)
            case Dropped():
                said = questions.DROPPED
            case Nothing():
                said = questions.NOT_HEARD
            case Pause():
                said = questions.TAKE_YOUR_TIME
            case Talk(intent=intent):
                said = self._talk(intent, text)
            case Unclear():
                unknown = questions.out_of_scope if asks_to_know(text) else questions.not_understood
                said = self._from_texts(text) or unknown(self._tools)
        return (), said, said

    def _is_follow_up(self, meaning: Meaning, last: Request | None, text: str) -> bool:
        """Return whether a question may be about what the last output already told."""
        if not _QUESTION.match(text):
            return False
        match meaning:
            case Act(calls=(only,), ask=None):
                is_same = last is not None and only.tool == last.tool and only.values == last.values
                return is_same and not heard_identifiers(text)
            case Talk(intent=Intent.OUT_OF_SCOPE | Intent.SMALLTALK) | Unclear() | WhichTool():
                return True
            case Act(calls=(), ask=Request() as ask) if ask.asked is None:
                return True
            case _:
                return False

    def _from_facts(self, question: str) -> Outcome | None:
        for item in reversed(self._items):
            if isinstance(item, ContextToolOutput):
                return fact_asked_for(item.output, question, today=self._today)
        return None

    def _question(self, ask: Request, *, is_repeated: bool) -> str:
        slot = self._asked_slot(ask)
        return questions.question(slot, ask.rivals.get(slot.name, ()), is_repeated=is_repeated)

    def _asked_slot(self, ask: Request) -> Slot:
        slot = ask.missing or ask.tool.slot(ask.asked or "")
        assert slot is not None, "a request that asks has something to ask for"
        return slot

    def _talk(self, intent: Intent, text: str) -> str:
        match intent:
            case Intent.REPEAT:
                said = [i.text for i in self._items if _is_agent(i) and i.text]
                return said[-1] if said else questions.small_reply(Intent.GREETING)
            case Intent.ABILITIES:
                return questions.abilities(self._tools)
            case Intent.IDENTITY:
                return questions.identity(self._context.instructions)
            case Intent.OUT_OF_SCOPE:
                return self._from_texts(text) or questions.out_of_scope(self._tools)
            case Intent.SMALLTALK:
                return self._from_texts(text) or questions.small_reply(intent)
            case _:
                return questions.small_reply(intent)

    def _from_texts(self, question: str, *, needed: float = 0.0) -> str | None:
        # What the instructions say to the agent is not for the caller.
        texts = [
            part
            for part in statements(self._context.instructions)
            if not re.search(r"\b(?:you|your|the (?:caller|user|customer))\b", part, re.I)
            and not any(tool.name in part for tool in self._tools)
        ]
        for item in self._items:
            if isinstance(item, ContextMessage) and item.role == "system":
                texts.append(item.text)
            elif isinstance(item, ContextToolOutput):
                texts += long_texts(parsed(item.output))
        passage = best_passage(question, texts, self._embedder)
        return passage.text if passage and passage.similarity >= needed else None

    def _say_outcomes(self, outputs: Sequence[ContextToolOutput]) -> tuple[str, str]:
        asked = self._user_texts()[-1] if self._user_texts() else ""
        said: list[Outcome] = [self._outcome(item, asked) for item in outputs]
        text = " ".join(dict.fromkeys(one.text for one in said if one.text))
        _, past = self._listener.understand(self._items)
        if any(one.to_fix for one in said):
            text += self._question_to_fix(text, past.last)
        elif past.open:
            text += " " + self._question(past.open[0], is_repeated=False)
        return text, said[-1].core

    def _question_to_fix(self, text: str, last: Request | None) -> str:
        """Ask for the argument that was wrong: the one named in the words, else the identifier."""
        if last is None or text.endswith("?"):
            return ""
        slots = [slot for slot in last.tool.slots if slot.name in last.values]
        named = [slot for slot in slots if content_stems(slot.label) & content_stems(text)]
        slot = next(iter(named or slots), None)
        return f" {questions.question(slot)}" if slot is not None else ""

    def _outcome(self, item: ContextToolOutput, asked: str) -> Outcome:
        plain = outcome(item.output, asked, today=self._today)
        value = parsed(item.output)
        if plain.is_error or says_all(item.output):
            return plain
        prose = long_texts(value)
        passage = best_passage(asked, prose, self._embedder)
        if passage is not None:
            return Outcome(passage.text, passage.text)
        if prose and not isinstance(value, str):
            return Outcome(f"{questions.NO_CLEAR_ANSWER} {plain.text}", plain.core)
        return plain

    def _dressed(self, text: str, orders: Directives, core: str) -> str:
        """Add what the instructions want in every answer."""
        asked = self._user_texts()
        if orders.one_word or (asked and asks_one_word(asked[-1])):
            return _one_word(core)
        parts = [text]
        if orders.before and not text.startswith(orders.before):
            parts.insert(0, orders.before)
        if orders.language and not self._has_said(questions.ENGLISH_ONLY):
            parts.insert(0, questions.ENGLISH_ONLY)
        if orders.after and orders.after.lower() not in text.lower():
            parts.append(orders.after)
        return " ".join(parts)

    def _user_texts(self) -> list[str]:
        return [i.text for i in self._items if isinstance(i, ContextMessage) and i.role == "user"]

    def _trailing_outputs(self) -> list[ContextToolOutput]:
        outputs: list[ContextToolOutput] = []
        for item in reversed(self._items):
            if isinstance(item, ContextMessage) and item.role != "system":
                break
            if isinstance(item, ContextToolOutput):
                outputs.insert(0, item)
        return outputs

    def _untold_outputs(self) -> list[ContextToolOutput]:
        """Return what came before the caller spoke and after the agent did."""
        since = itertools.takewhile(lambda item: not _is_agent(item), reversed(self._items))
        outputs = [item for item in since if isinstance(item, ContextToolOutput)]
        return [one for one in reversed(outputs) if not is_overtaken(one.output)]

    def _waits(self) -> bool:
        """Return whether a tool call has no output yet."""
        done = {i.call_id for i in self._items if isinstance(i, ContextToolOutput)}
        return any(i.call_id not in done for i in self._items if isinstance(i, ContextToolCall))

    def _has_said(self, text: str) -> bool:
        return any(
            isinstance(i, ContextMessage) and i.role == "assistant" and text in i.text
            for i in self._items
        )


def _asks_in_general(meaning: Meaning) -> bool:
    """Return whether the turn is a question that a tool would look up."""
    match meaning:
        case Act(calls=(only,)):
            return any(slot.kind is SlotKind.QUESTION for slot in only.tool.slots)
        case WhichTool():
            return True
        case _:
            return False


def _is_passed_over(item: ContextItem) -> bool:
    match item:
        case ContextMessage(role="system"):
            return True
        case ContextToolOutput(output=output):
            return is_overtaken(output)
        case _:
            return False


def _is_agent(item: ContextItem) -> TypeGuard[ContextMessage]:
    return isinstance(item, ContextMessage) and item.role == "assistant"


def _one_word(core: str) -> str:
    words = core.strip(" .!?").split()
    return f"{words[0].strip(',;:').capitalize()}." if words else "Unknown."
