"""Composes an answer: calls, questions, outcomes and given knowledge, and what the instructions
add to it."""

from collections.abc import Sequence
from datetime import date

from agent_service.offline.ports import (
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
from agent_service.offline.responder.hearing import (
    Act,
    Dropped,
    Listener,
    Meaning,
    Nothing,
    Past,
    Request,
    Talk,
    Unclear,
    WhichTool,
)
from agent_service.offline.responder.intents import Intent
from agent_service.offline.responder.knowledge import best_passage
from agent_service.offline.responder.outcome import Outcome, long_texts, outcome
from agent_service.offline.responder.recall import parsed
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool


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
        if not self._user_texts() and not self._trailing_outputs():
            return (), self._dressed(
                orders.greeting or "Hello! How can I help you?", orders, "Hello."
            )
        if orders.greets:
            return (), self._dressed(
                orders.greeting or "Hello! How can I help you?", orders, "Hello."
            )
        if outputs := self._trailing_outputs():
            text, core = self._say_outcomes(outputs)
            return (), self._dressed(text, orders, core)
        calls, text, core = self._turn()
        return calls, self._dressed(text, orders, core) if text else ""

    def _turn(self) -> tuple[tuple[Request, ...], str, str]:
        texts = self._user_texts()
        text = texts[-1]
        repeat = said_to_repeat(text)
        if repeat is not None:
            return (), repeat, repeat
        if asks_language(text):
            return (), questions.ENGLISH_ONLY, "No."
        meaning, past = self._listener.understand(self._items)
        if self._waits() and not (isinstance(meaning, Act) and meaning.calls):
            return (), questions.WORKING, "Working."
        return self._reply(meaning, past, text)

    def _reply(
        self, meaning: Meaning, past: Past, text: str
    ) -> tuple[tuple[Request, ...], str, str]:
        match meaning:
            case Act(calls=calls, ask=ask, is_repeated=is_repeated):
                asked = self._question(ask, is_repeated=is_repeated) if ask and not calls else ""
                return calls, asked, asked
            case WhichTool(first=first, second=second):
                said = questions.did_you_mean(first, second)
                return (), said, said
            case Dropped():
                return (), questions.DROPPED, "Okay."
            case Nothing():
                return (), questions.NOT_HEARD, "Pardon?"
            case Talk(intent=intent):
                return (), *self._talk(intent, text)
            case Unclear():
                answer = self._from_texts(text)
                said = answer or (
                    questions.not_understood(self._tools)
                    if self._tools
                    else questions.out_of_scope(())
                )
                return (), said, said

    def _question(self, ask: Request, *, is_repeated: bool) -> str:
        slot = self._asked_slot(ask)
        return questions.question(slot, ask.rivals.get(slot.name, ()), is_repeated=is_repeated)

    def _asked_slot(self, ask: Request) -> Slot:
        slot = ask.missing or ask.tool.slot(ask.asked or "")
        assert slot is not None, "a request that asks has something to ask for"
        return slot

    def _talk(self, intent: Intent, text: str) -> tuple[str, str]:
        if intent is Intent.REPEAT:
            earlier = [
                i.text
                for i in self._items
                if isinstance(i, ContextMessage) and i.role == "assistant" and i.text
            ]
            said = earlier[-1] if earlier else questions.small_reply(Intent.GREETING)
            return said, said
        if intent is Intent.ABILITIES:
            said = questions.abilities(self._tools)
            return said, said
        if intent in {Intent.OUT_OF_SCOPE, Intent.IDENTITY, Intent.SMALLTALK}:
            answer = self._from_texts(text)
            if answer:
                return answer, answer
        if intent is Intent.OUT_OF_SCOPE:
            said = questions.out_of_scope(self._tools)
            return said, "Sorry."
        said = questions.small_reply(intent)
        return said, said.split()[0].strip(".,!?") + "."

    def _from_texts(self, question: str) -> str | None:
        texts = [self._context.instructions]
        for item in self._items:
            if isinstance(item, ContextMessage) and item.role == "system":
                texts.append(item.text)
            elif isinstance(item, ContextToolOutput):
                texts += long_texts(parsed(item.output))
        passage = best_passage(question, texts, self._embedder)
        return passage.text if passage else None

    def _say_outcomes(self, outputs: Sequence[ContextToolOutput]) -> tuple[str, str]:
        asked = self._user_texts()[-1] if self._user_texts() else ""
        said: list[Outcome] = [self._outcome(item, asked) for item in outputs]
        text = " ".join(dict.fromkeys(one.text for one in said if one.text))
        _, past = self._listener.understand(self._items)
        failed = next((one for one in said if one.to_fix), None)
        if failed is None and past.open:
            text += " " + self._question(past.open[0], is_repeated=False)
        return text, said[-1].core

    def _outcome(self, item: ContextToolOutput, asked: str) -> Outcome:
        value = parsed(item.output)
        passage = (
            best_passage(asked, long_texts(value), self._embedder) if long_texts(value) else None
        )
        plain = outcome(item.output, asked, today=self._today)
        if (
            passage is not None
            and not plain.is_error
            and not (isinstance(value, dict) and "say" in value)
        ):
            return Outcome(passage.text, passage.text)
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

    def _waits(self) -> bool:
        """Return whether a tool call has no output yet."""
        done = {i.call_id for i in self._items if isinstance(i, ContextToolOutput)}
        return any(i.call_id not in done for i in self._items if isinstance(i, ContextToolCall))

    def _has_said(self, text: str) -> bool:
        return any(
            isinstance(i, ContextMessage) and i.role == "assistant" and text in i.text
            for i in self._items
        )


def _one_word(core: str) -> str:
    words = core.strip(" .!?").split()
    return f"{words[0].strip(',;:').capitalize()}." if words else "Unknown."
