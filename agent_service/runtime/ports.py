"""What a session needs of the two sides it connects. Both sides send without waiting.

``send`` never blocks and never awaits, so commands reach the wire in the order the dialogue gave
them. While one side cannot keep up, the other side stops being read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from agent_service.channels.traits import ChannelTraits
from agent_service.conversation.commands import (
    CallerCommand,
    EngineCommand,
    PrepareTool,
    RunTool,
)
from agent_service.conversation.events import (
    EngineEvent,
    ToolDelayed,
    ToolFinished,
    ToolPrepared,
    ToolProgressed,
)
from agent_service.conversation.records import Caller, Modality, Record
from agent_service.conversation.spec import SessionSpec
from agent_service.recording.tape import Tape
from agent_service.store.claims import Claim
from agent_service.store.identity import Claimant


class Engine(Protocol):
    """One provider session."""

    provider: str
    model: str
    on_congestion: Callable[[bool], None]
    """Called with True when the provider does not take what is sent, with False afterwards."""
    on_wire: Callable[[bool, str], None] | None
    """Called with each event as it is on the wire: whether it is ours, and the event."""

    async def open(self, spec: SessionSpec, deliver: Callable[[EngineEvent], None]) -> None:
        """Connect, configure and replay history; raise EngineError when the provider refuses.

        Afterwards ``deliver`` is called on the event loop for each event, first EngineReady,
        and EngineDropped once if the socket goes away before ``close``.
        """
        ...

    def send(self, command: EngineCommand) -> None: ...

    def pause_reading(self) -> None:
        """Stop reading from the provider until ``resume_reading``."""
        ...

    def resume_reading(self) -> None: ...

    async def close(self) -> None: ...


class CallerChannel(Protocol):
    """The caller's attached client. Codes and frames of its transport end here.

    It tells the session what was played of the agent's items (``CallerPlayed``), whoever owns the
    clock: in steps of at most 250 ms, at the end, and soon after ``ClearPlayback``, though never
    from within ``send``.
    """

    @property
    def traits(self) -> ChannelTraits: ...

    def send(self, command: CallerCommand) -> None:
        """Play, clear, show or ask; what the channel cannot show, it leaves out."""
        ...

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        """Have ``report`` called with True when the caller reads too slowly, then with False."""
        ...

    def close(self, reason: str) -> None:
        """Let the client go: the conversation has ended, or goes on elsewhere (``replaced``)."""
        ...


class Tools(Protocol):
    """Runs tools off the event loop; every call gets exactly one answer."""

    async def prepare(
        self, call: PrepareTool, caller: Caller, conversation_id: str
    ) -> ToolPrepared | ToolFinished: ...

    async def run(
        self,
        call: RunTool,
        caller: Caller,
        conversation_id: str,
        report: Callable[[ToolProgressed | ToolDelayed], None] | None = None,
    ) -> ToolFinished:
        """Run the tool; ``report`` hears on the event loop that it takes long."""
        ...


class Identity(Protocol):
    """Checks what callers prove themselves with; raises AgentServiceError after too many tries."""

    async def enter_code(self, caller: Caller, claimant: Claimant, code: str) -> Caller:
        """Return the caller as the code proves them; unchanged by a wrong one."""
        ...

    async def answer_check(
        self, caller: Caller, claimant: Claimant, proof: str, answers: Mapping[str, str]
    ) -> Caller:
        """Return the caller as the answers to a company's proof prove them; else unchanged."""
        ...


class Recordings(Protocol):
    """Records the sound of conversations."""

    def tape(self, conversation_id: str, *, earlier_s: float, is_on: bool) -> Tape:
        """Return where a conversation puts what is recorded, that began ``earlier_s`` ago.

        Unless it ``is_on``, recording begins when that is put on the tape.
        """
        ...


class Records(Protocol):
    """Keeps records; ``on_committed`` is called on the event loop once the record is on disk."""

    def record(
        self,
        record: Record,
        on_committed: Callable[[], None] | None = None,
        *,
        claim: Claim | None = None,
    ) -> None:
        """Keep the record, unless another process has overtaken the ``claim`` it comes under."""
        ...


class Pictures(Protocol):
    """Finds what callers have sent to be looked at."""

    async def find(self, conversation_id: str, number: int) -> bytes | None:
        """Return the JPEG; raise StoreError when it cannot be looked for."""
        ...


class Team(Protocol):
    """The people who may take a conversation over."""

    async def ring(self, conversation_id: str, reason: str) -> bool:
        """Tell them that a caller asks for a person; False when nobody is there to come."""
        ...

    async def is_anybody_left(self, declined: frozenset[str]) -> bool:
        """Tell whether somebody may still come when these have said that they do not."""
        ...


class Reports(Protocol):
    """Tells who watches what happens in conversations, beside what goes on record."""

    def shown(self, conversation_id: str, command: CallerCommand) -> None:
        """The caller is shown or asked this."""
        ...

    def left(self, conversation_id: str) -> None:
        """Another process serves the conversation now."""
        ...


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A caller asks for a new conversation."""

    agent: str
    caller: Caller
    modality: Modality
    detail: bool = False
    """The caller's client is shown tools' arguments and outputs."""
    origin: str | None = None
    """The web site that the ticket was made out to."""
