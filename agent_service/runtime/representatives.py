"""What people of the team do in one conversation: listen, whisper, take it over, hand it back.

Who may do that is decided before; here one has it at a time, and an act names who did it.
"""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from agent_service.clock import Clock, uuid7
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Caller
from agent_service.conversation.spec import SessionSpec
from agent_service.errors import CallerError, StoreError
from agent_service.runtime.dictation import Dictation
from agent_service.runtime.listening import Ear
from agent_service.runtime.ports import Engine

REPLACED = "replaced"
"""Why a socket is closed whose representative goes on on another one."""


class DeskLine(Protocol):
    """The attached client of somebody who takes the conversation over."""

    def tell(self, status: cmd.DeskStatus) -> None:
        """Say how it stands with who speaks."""
        ...

    def show(self, command: cmd.CallerCommand) -> None:
        """Show what the caller is shown, as far as it concerns who speaks with them."""
        ...

    def close(self, reason: str) -> None: ...


Said: TypeAlias = ev.RepresentativeSpoke | ev.RepresentativeFellSilent | ev.RepresentativeTyped


class Representatives:
    """One conversation's; ``tell`` gives the rules an event, ``who`` says who has the floor.

    ``is_anybody_left`` says whether others may still come when some have declined.
    """

    def __init__(
        self,
        clock: Clock,
        origin: float,
        new_engine: Callable[[], Engine],
        spec: SessionSpec,
        *,
        tell: Callable[[ev.Event], None],
        who: Callable[[], str | None],
        caller: Callable[[], Caller],
        is_ringing: Callable[[], bool],
        is_anybody_left: Callable[[frozenset[str]], Awaitable[bool]],
        start: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self.ear = Ear(clock, origin)
        self._clock = clock
        self._new_engine = new_engine
        self._spec = spec
        self._tell = tell
        self._who = who
        self._caller = caller
        self._is_ringing = is_ringing
        self._is_anybody_left = is_anybody_left
        self._declined: frozenset[str] = frozenset()
        """Who does not come to a caller who asks for a person."""
        self._start = start
        self._line: DeskLine | None = None
        self._since: datetime | None = None
        self._dictation: Dictation | None = None

    @property
    def who(self) -> str | None:
        """Who has taken the conversation over."""
        return self._who()

    @property
    def since(self) -> str | None:
        """From when on they have it."""
        return self._since.isoformat() if self._since and self._who() else None

    @property
    def caller(self) -> Caller:
        """Who is calling, as far as it is proven by now."""
        return self._caller()

    @property
    def tools(self) -> list[str]:
        """The names of the agent's tools."""
        return [tool.name for tool in self._spec.tools]

    @property
    def is_ringing(self) -> bool:
        """The caller has asked for a person, and waits."""
        return self._is_ringing()

    def holds(self, line: DeskLine) -> bool:
        """Whether it is on this line that the conversation was taken over."""
        return line is self._line

    # --- what they do ---

    def take_over(self, line: DeskLine, name: str, *, is_patient: bool) -> None:
        """Give the conversation to a person; raise CallerError where it cannot be."""
        holder = self._who()
        if holder not in (None, name):
            raise CallerError(f"{holder} is on this call.", code="taken_over")
        before, self._line = self._line, line
        if before is not None and before is not line:
            before.close(REPLACED)
        self._tell(ev.RepresentativeJoined(name, is_patient))
        if holder is None:
            self._since = self._clock.utc()
        if self._who() != name:
            self._line = None
            raise CallerError("The conversation is ending.", code="conversation_over")

    def say(self, line: DeskLine, event: Said) -> None:
        """Take what they say, if it is them."""
        self._check(line)
        self._tell(event)

    def run_tool(self, line: DeskLine, name: str, arguments: str) -> str:
        """Have a tool run as for the agent; return the call's identifier."""
        self._check(line)
        tool_call_id = f"desk-{uuid7()}"
        self._tell(ev.RepresentativeAskedTool(tool_call_id, name, arguments))
        return tool_call_id

    def whisper(self, name: str, text: str) -> None:
        self._tell(ev.RepresentativeWhispered(name, text))

    def hand_back(self, line: DeskLine, *, is_cut_off: bool = False) -> None:
        """Give the conversation back to the agent."""
        self._check(line)
        self._tell(ev.RepresentativeLeft(is_cut_off))

    def detach(self, line: DeskLine) -> None:
        """Their socket is gone."""
        if line is self._line:
            self._line = None
            self._tell(ev.RepresentativeDropped())

    def ring(self) -> None:
        """The caller asks for a person: nobody has declined yet."""
        self._declined = frozenset()

    def decline(self, name: str) -> None:
        """One of the team does not come; when nobody else may, the caller is told so."""
        if not self._is_ringing():
            raise CallerError("Nobody waits to be answered here any more.", code="not_ringing")
        self._declined |= {name}
        self._start(self._look_for_others())

    async def _look_for_others(self) -> None:
        declined = self._declined
        with suppress(StoreError):  # it rings on for its time
            is_anybody_left = await self._is_anybody_left(declined)
            if declined == self._declined and not is_anybody_left:
                self._tell(ev.HandoffDeclined())

    def _check(self, line: DeskLine) -> None:
        if line is not self._line:
            raise CallerError("Take the conversation over first.", code="not_taken_over")

    # --- what the rules order, and what is shown ---

    def perform(self, command: cmd.TellRepresentative | cmd.WriteDown | cmd.FinishWriting) -> None:
        match command:
            case cmd.TellRepresentative(status):
                line = self._line
                if status is cmd.DeskStatus.LEFT:
                    self._line = None
                    self._end_dictation()
                if line is not None:
                    line.tell(status)
            case cmd.WriteDown(audio):
                self._written().write(audio)
            case cmd.FinishWriting(item_id):
                self._written().finish(item_id)

    def shown(self, command: cmd.CallerCommand) -> None:
        """The caller is shown this: who speaks with them sees it, too."""
        if self._line is not None:
            self._line.show(command)

    async def stop(self) -> None:
        """The conversation has ended."""
        self.ear.stop()
        self._line = None
        if self._dictation is not None:
            await self._dictation.abort()

    def _written(self) -> Dictation:
        if self._dictation is None:
            self._dictation = Dictation(
                self._new_engine, self._spec, start=self._start, told=self._tell
            )
        return self._dictation

    def _end_dictation(self) -> None:
        dictation, self._dictation = self._dictation, None
        if dictation is not None:
            dictation.close()
