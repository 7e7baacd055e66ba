"""The conversation as it stands, for a client that returns with nothing: a page that was reloaded,
another device.

Bounded in memory. It outlives the sockets, and knows nothing of frames.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from agent_service.conversation.commands import (
    CallerCommand,
    ShowConfirmation,
    ShowFloor,
    ShowHandoff,
    ShowLevel,
    ShowRecording,
    ShowTool,
    ShowTranscript,
    WithdrawConfirmation,
)
from agent_service.conversation.records import ToolCallStatus

MAX_CHARACTERS: Final = 256 * 1024
"""Of captions: hours of talk. The oldest go first."""
MAX_TOOLS: Final = 200

_WAITING: Final = (ToolCallStatus.AWAITING_CONFIRMATION, ToolCallStatus.AWAITING_APPROVAL)


class Scene:
    """Takes each command as it is shown; says what is to be shown anew."""

    def __init__(self) -> None:
        self._turns: dict[str, ShowTranscript] = {}
        self._characters = 0
        self._tools: dict[str, ShowTool] = {}
        self._order: dict[tuple[type, str], None] = {}
        """Turns and tools as they stand one below the other."""
        self._kept: Mapping[type, Mapping[str, CallerCommand]]
        self._kept = {ShowTranscript: self._turns, ShowTool: self._tools}
        self._questions: dict[str, ShowConfirmation] = {}
        self._floor: ShowFloor | None = None
        self._level: ShowLevel | None = None
        self._recording: ShowRecording | None = None
        self._handoff: ShowHandoff | None = None

    def take(self, command: CallerCommand) -> None:
        match command:
            case ShowTranscript():
                self._take_caption(command)
            case ShowTool():
                self._take_tool(command)
            case ShowConfirmation(confirmation_id=confirmation_id):
                self._questions[confirmation_id] = command
            case WithdrawConfirmation(confirmation_id=confirmation_id):
                self._questions.pop(confirmation_id, None)
            case ShowFloor():
                self._floor = command
            case ShowLevel():
                self._level = command
            case ShowRecording():
                self._recording = command
            case ShowHandoff():
                self._handoff = command
            case _:
                pass

    def commands(self) -> list[CallerCommand]:
        """Return what shows the conversation as it stands."""
        rest = (self._level, self._recording, self._handoff, self._floor)
        return [
            *(self._kept[kind][id] for kind, id in self._order),
            *self._questions.values(),
            *(command for command in rest if command is not None),
        ]

    def _take_tool(self, tool: ShowTool) -> None:
        id = tool.tool_call_id
        known = self._tools.get(id)
        if known is not None and known.status in _WAITING and tool.status != known.status:
            del self._order[ShowTool, id]  # it stands where it was done
        self._tools[id] = tool
        self._order.setdefault((ShowTool, id))
        if len(self._tools) > MAX_TOOLS:
            oldest = next(iter(self._tools))
            del self._tools[oldest], self._order[ShowTool, oldest]

    def _take_caption(self, caption: ShowTranscript) -> None:
        known = self._turns.get(caption.turn_id)
        before = "" if known is None else known.text or ""
        text = before + (caption.delta or "") if caption.text is None else caption.text
        notice = caption.notice or (known.notice if known else None)
        self._turns[caption.turn_id] = replace(caption, text=text, delta=None, notice=notice)
        self._order.setdefault((ShowTranscript, caption.turn_id))
        self._characters += len(text) - len(before)
        while self._characters > MAX_CHARACTERS and len(self._turns) > 1:
            oldest = next(iter(self._turns))
            del self._order[ShowTranscript, oldest]
            self._characters -= len(self._turns.pop(oldest).text or "")
