"""What a caller's turn may mean, and what earlier turns left open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from agent_service.offline.responder.intents import Intent
from agent_service.offline.responder.slot_kinds import SlotKind
from agent_service.offline.responder.slots import Slot
from agent_service.offline.responder.toolset import Tool


@dataclass(frozen=True, slots=True)
class Request:
    """A tool the caller wants, as far as its arguments are known."""

    tool: Tool
    values: Mapping[str, Any]
    rivals: Mapping[str, tuple[str, ...]]
    asked: str | None = None
    words: str = ""
    """What the caller said of it."""
    is_lookup: bool = False
    """It finds an identifier that another request lacks."""

    @property
    def missing(self) -> Slot | None:
        missing = [s for s in self.tool.slots if s.is_needed(self.values)]
        # A heading follows from the story, so the story is asked for first.
        return min(missing, key=lambda s: s.kind is SlotKind.SUBJECT, default=None)

    @property
    def is_ready(self) -> bool:
        """Whether it can be called: nothing lacks, nothing that it needs has several candidates."""
        return self.missing is None and not any(
            (slot := self.tool.slot(name)) is not None and slot.is_needed(self.values)
            for name in self.rivals
        )


@dataclass(frozen=True, slots=True)
class Act:
    """Call what is complete, then ask for what is missing."""

    calls: tuple[Request, ...]
    open: tuple[Request, ...] = ()
    """What waits, the one that is asked about first."""
    is_repeated: bool = False
    """The same question was asked before."""

    @property
    def ask(self) -> Request | None:
        return self.open[0] if self.open else None


@dataclass(frozen=True, slots=True)
class WhichTool:
    """Too unsure to act: name what it may be and let the caller pick."""

    first: Tool
    second: Tool | None = None
    is_offered: bool = False
    """It was not asked whether it is meant, only said that it can be done."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The caller spoke of something that changes things, but did not ask for it."""

    tool: Tool
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """No tool: an intent of the dialogue."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class Dropped:
    """The caller gave an open request up."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The caller needs a moment; what is open stays open."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing known is near."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No words were heard."""


Meaning: TypeAlias = Act | WhichTool | Offer | Talk | Dropped | Pause | Unclear | Nothing


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier turns left open."""

    open: tuple[Request, ...] = ()
    which: WhichTool | None = None
    which_text: str = ""
    last: Request | None = None
    """The latest tool call."""
    questions: Mapping[str, str] = field(default_factory=dict)
    """By the name of a tool, with what words its latest request began."""
    lookups: frozenset[str] = frozenset()
    """Names of the tools that were called only to find an identifier."""
    aside: Request | None = None
    """A request that another one took the place of before it was complete."""
