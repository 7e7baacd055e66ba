"""Composes an answer: calls, questions, outcomes and given knowledge, and what the instructions
add to it."""

import itertools
import re
from collections.abc import Sequence
from datetime import date
from typing import TypeGuard

from agent_service.offline.english.languages import foreign_language, only_english
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
    Offer,
    Past,
    Pause,
    Request,
    Talk,
    Unclear,
    WhichTool,
)
from agent_service.offline.responder.outcome import (
    NOTHING_FOUND,
    Outcome,
    fact_asked_for,
    is_overtaken,
    long_texts,
    outcome,
    says_all,
)
from agent_service.offline.responder.recall import Recall, goes_on, parsed, question_of, refers
from agent_service.offline.responder.replies import awaits_caller, says_go_on, says_no
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool
from agent_service.offline.responder.turn_parts import asks_to_know
from agent_service.offline.responder.understanding import Listener
from agent_service.offline.responder.words import content_stems

_OUTPUTS_ASKED = 3
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
        meaning, past = self._listener.understand(self._items)
        ready = tuple(request for request in past.open if request.is_ready)
        if outputs and ready:
            return ready, ""
        if orders.greets or (not self._user_texts() and not outputs):
            said = orders.greeting or questions.GREETING
            return (), self._dressed(said, orders, said)
        if outputs:
            owed = [one for one in self._owed_outputs() if one not in outputs]
            text, core = self._say_outcomes([*outputs, *owed], past)
            return (), self._dressed(text, orders, core)
        calls, text, core = self._turn(meaning, past)
        return calls, self._dressed(text, orders, core) if text else ""

    def _turn(self, meaning: Meaning, past: Past) -> tuple[tuple[Request, ...], str, str]:
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
        if (language := foreign_language(latest.text)) is not None:
            said = f"{only_english(language)} {questions.IN_ENGLISH}"
            return (), said, said
        if self._waits() and isinstance(meaning, Talk | Dropped | Unclear):
            is_no = says_no(latest.text) or isinstance(meaning, Dropped)
            said = questions.ALL_RIGHT if is_no else questions.WORKING
            return (), said, said
        untold = self._untold_outputs()
        if untold and isinstance(meaning, Talk | Dropped | Unclear):
            return (), *self._say_outcomes(untold, past)
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
            case Act(calls=calls, is_repeated=is_repeated):
                ask = meaning.ask
                asked = self._question(ask, is_repeated=is_repeated) if ask and not calls else ""
                if is_repeated and asked in self._said():
                    asked = f"{asked} {questions.way_out(self._tools)}".strip()
                return calls, asked, asked
            case WhichTool(first=first, second=second):
                said = questions.did_you_mean(first, second)
            case Offer(tool=tool, is_refused=is_refused):
                given = self._from_texts(text, needed=_SURELY_GIVEN)
                offer = questions.offer(tool)
                said = questions.NOT_DONE if is_refused else given or offer
            case Dropped():
                said = questions.DROPPED
            case Nothing():
                said = questions.NOT_HEARD
            case Pause():
                said = questions.TAKE_YOUR_TIME
            case Talk(intent=Intent.YES) if self._asks_which():
                said = questions.again(self._said())
            case Talk(intent=intent):
                said = self._talk(intent, text)
            case Unclear():
                unknown = questions.out_of_scope if asks_to_know(text) else questions.not_understood
                said = self._known(text) or unknown(self._tools)
        return (), said, said

    def _is_follow_up(self, meaning: Meaning, last: Request | None, text: str) -> bool:
        """Return whether a question may be about what the last output already told."""
        if not _QUESTION.match(text):
            return False
        match meaning:
            case Act(calls=(only,), open=()) if goes_on(only.values):
                return False  # what else is known is about something else
            case Act(calls=(only,), open=()):
                is_same = last is not None and only.tool == last.tool and only.values == last.values
                is_read = not only.tool.is_write and (only.tool.slots or refers(text))
                return bool(is_same or is_read) and not heard_identifiers(text)
            case Talk(intent=Intent.OUT_OF_SCOPE | Intent.SMALLTALK) | Unclear() | WhichTool():
                return True
            case Offer(is_refused=False):
                return True
            case Act(calls=(), open=(ask, *_)) if ask.asked is None:
                return True
            case _:
                return False

    def _from_facts(self, question: str, *, all_of_it: bool = False) -> Outcome | None:
        """Return what one of the latest outputs holds of what is asked for; ``all_of_it``: else
        what it holds of the thing that is asked about."""
        before = " ".join(self._user_texts()[-2:-1])
        outputs = [i.output for i in reversed(self._items) if isinstance(i, ContextToolOutput)]
        found = (
            fact_asked_for(output, question, before=before, today=self._today, all_of_it=all_of_it)
            for output in outputs[:_OUTPUTS_ASKED]
        )
        return next((fact for fact in found if fact is not None), None)

    def _known(self, question: str) -> str | None:
        """Return what given texts hold of a question, else what is known of its thing."""
        known = self._from_facts(question, all_of_it=True)
        return self._from_texts(question) or (known.text if known else None)

    def _leaves_choice(self, ask: Request) -> bool:
        """Return whether more things are known than the question for one of them can name."""
        slot = self._asked_slot(ask)
        is_told = slot.kind is not SlotKind.IDENTIFIER or slot.name in ask.rivals
        return not is_told and bool(Recall(self._items).known(slot)[0])

    def _question(self, ask: Request, *, is_repeated: bool) -> str:
        slot = self._asked_slot(ask)
        rivals = ask.rivals.get(slot.name, ())
        described = Recall(self._items).described(slot, rivals) if rivals else ()
        return questions.question(slot, described, is_repeated=is_repeated)

    def _asked_slot(self, ask: Request) -> Slot:
        slot = ask.missing or ask.tool.slot(ask.asked or "")
        assert slot is not None, "a request that asks has something to ask for"
        return slot

    def _talk(self, intent: Intent, text: str) -> str:
        match intent:
            case Intent.REPEAT:
                return self._said() or questions.small_reply(Intent.GREETING)
            case Intent.ABILITIES:
                return questions.abilities(self._tools)
            case Intent.ANGER:
                return questions.sorry(self._tools)
            case Intent.IDENTITY:
                return questions.identity(self._context.instructions)
            case Intent.OUT_OF_SCOPE:
                return self._known(text) or questions.out_of_scope(self._tools)
            case Intent.SMALLTALK:
                return self._from_texts(text) or questions.small_reply(intent)
            case _:
                return questions.small_reply(intent)

    def _asks_which(self) -> bool:
        """Return whether a tool asked last for what it needs, which no yes tells."""
        outputs = [item.output for item in self._items if isinstance(item, ContextToolOutput)]
        is_to_fix = bool(outputs) and outcome(outputs[-1], "", today=self._today).to_fix
        return is_to_fix and self._said().endswith("?")

    def _said(self) -> str:
        """Return what was said last."""
        said = (i.text for i in reversed(self._items) if _is_agent(i) and i.text)
        return next(said, "")

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

    def _say_outcomes(self, outputs: Sequence[ContextToolOutput], past: Past) -> tuple[str, str]:
        asked = self._user_texts()[-1] if self._user_texts() else ""
        calls = {i.call_id: i.name for i in self._items if isinstance(i, ContextToolCall)}
        told = [one for one in outputs if calls.get(one.call_id) not in past.lookups]
        began = {i.call_id: past.questions.get(calls.get(i.call_id, ""), asked) for i in outputs}
        said: list[Outcome] = [self._outcome(item, began[item.call_id]) for item in told]
        if not past.open:
            said = said or [self._outcome(item, began[item.call_id]) for item in outputs]
        else:  # what was looked up in vain, or holds more than a question can name
            found = [self._outcome(item, asked) for item in outputs if item not in told]
            said += [one for one in found if one.is_error or self._leaves_choice(past.open[0])]
        text = " ".join(dict.fromkeys(one.text for one in said if one.text))
        if any(one.to_fix for one in said):
            text += self._question_to_fix(text, past.last)
        elif past.open:
            text = f"{text} {self._question(past.open[0], is_repeated=False)}".strip()
        return text, said[-1].core if said else text

    def _question_to_fix(self, text: str, last: Request | None) -> str:
        """Ask for the argument that was wrong: the one named in the words, else the identifier."""
        if last is None or text.endswith("?"):
            return ""
        slots = [slot for slot in last.tool.slots if slot.name in last.values]
        named = [slot for slot in slots if content_stems(slot.label) & content_stems(text)]
        slot = next(iter(named or slots), None)
        return f" {questions.question(slot)}" if slot is not None else ""

    def _outcome(self, item: ContextToolOutput, asked: str) -> Outcome:
        asked = self._question_of(item.call_id) or asked
        plain = outcome(item.output, asked, today=self._today)
        value = parsed(item.output)
        if plain.is_error or says_all(item.output):
            return plain
        if plain.text == NOTHING_FOUND and self._changed(item.call_id):
            return Outcome(questions.DONE, questions.DONE)
        prose = long_texts(value)
        passage = best_passage(asked, prose, self._embedder)
        if passage is not None:
            return Outcome(passage.text, passage.text)
        if prose and not isinstance(value, str):
            return Outcome(questions.NO_CLEAR_ANSWER, plain.core)
        return plain

    def _question_of(self, call_id: str) -> str | None:
        """Return the question that a call took, with its subject."""
        tools = {tool.name: tool for tool in self._tools}
        for item in self._items:
            if isinstance(item, ContextToolCall) and item.call_id == call_id and item.name in tools:
                return question_of(tools[item.name], item)
        return None

    def _changed(self, call_id: str) -> bool:
        """Return whether the call was one of a tool that changes something."""
        names = {
            i.name for i in self._items if isinstance(i, ContextToolCall) and i.call_id == call_id
        }
        return any(tool.is_write for tool in self._tools if tool.name in names)

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

    def _owed_outputs(self) -> list[ContextToolOutput]:
        """Return what came before or behind the question whether a call may be made, and was not
        told since: the answer to another wish of the same turn."""
        said = max((i for i, item in enumerate(self._items) if _is_agent(item)), default=0)
        since = next((i for i in range(said - 1, -1, -1) if _is_agent(self._items[i])), -1) + 1
        before = self._items[since:said]
        outputs = [item for item in before if isinstance(item, ContextToolOutput)]
        done = {item.call_id for item in outputs}
        calls = [item for item in before if isinstance(item, ContextToolCall)]
        is_question = any(call.call_id not in done for call in calls)
        owed = [*(outputs if is_question else ()), *self._untold_outputs()]
        return [one for one in owed if not is_overtaken(one.output)]

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
