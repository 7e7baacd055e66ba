"""What the service owes the caller in words: that nothing was done, how a call was decided.

A sentence is owed until it was heard to its end; one that was cut off, or that nobody could hear,
is said again when the floor is free.
"""

from dataclasses import dataclass, field

from agent_service.conversation.output import Output
from agent_service.conversation.phrases import SAY
from agent_service.conversation.playback import AgentItem
from agent_service.conversation.response import ResponseMachine
from agent_service.conversation.turns import Turns
from agent_service.conversation.wishes import Wish

TRIES = 3
"""How many times it is said before it is given up: who always speaks over it may not care."""


@dataclass(slots=True)
class Sentence:
    text: str
    tries: int = 0
    response_id: str | None = None
    """The response that says it, once it has begun."""
    items: dict[str, AgentItem] = field(default_factory=dict)
    """What that response said."""

    def begin(self, response_id: str | None) -> None:
        self.response_id = response_id
        self.items = {}

    @property
    def is_over(self) -> bool:
        return all(item.is_finished for item in self.items.values())

    @property
    def is_heard(self) -> bool:
        items = self.items.values()
        return bool(items) and all(item.is_heard_whole for item in items)


class Owed:
    def __init__(self, output: Output, turns: Turns, response: ResponseMachine) -> None:
        self._output = output
        self._turns = turns
        self._response = response
        self._sentences: dict[str, Sentence] = {}
        """By what they are about."""
        self._response_ids: set[str] = set()
        """Of all the responses that said one."""

    def say(self, key: str, text: str) -> None:
        """Have the agent say it until it was heard; it takes the place of what had that key."""
        self.settle(key)
        self._sentences[key] = Sentence(text)
        self.watch()

    def settle(self, key: str) -> None:
        """It need not be said any more."""
        self._sentences.pop(key, None)
        self._response.forgo(key)

    def stop(self) -> None:
        """The caller wants to hear no more of what is being said."""
        for key, sentence in list(self._sentences.items()):
            if sentence.response_id is not None:
                self.settle(key)

    def began(self, key: str, response_id: str) -> None:
        """Note which response says it."""
        self._sentences[key].begin(response_id)
        self._response_ids.add(response_id)

    def is_said_in(self, response_id: str) -> bool:
        """The response said, or says, what is owed."""
        return response_id in self._response_ids

    def watch(self) -> None:
        """Look, after an event, what has been heard and what is to be said again."""
        for key, sentence in list(self._sentences.items()):
            if self._is_being_said(sentence):
                continue
            if sentence.is_heard:
                del self._sentences[key]
                continue
            sentence.begin(None)
            if not self._response.is_wanted(key):
                self._say(key, sentence)

    def _is_being_said(self, sentence: Sentence) -> bool:
        response_id = sentence.response_id
        if response_id is None:
            return False
        for turn in self._turns.agent_turns(response_id):
            sentence.items[turn.item.item_id] = turn.item
        return response_id == self._response.response_id or not sentence.is_over

    def _say(self, key: str, sentence: Sentence) -> None:
        if sentence.tries >= TRIES:
            del self._sentences[key]
            self._output.incident("not_heard", f"Never heard to its end: {sentence.text}")
            return
        sentence.tries += 1
        text = SAY.format(text=sentence.text)
        self._response.want(Wish(text, uses_tools=False, owed=key))
