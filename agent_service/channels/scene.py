"""The conversation as it stands, for a client that returns with nothing: a page that was reloaded,
another device.

Bounded in memory. It outlives the sockets, and knows nothing of frames.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
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
MAX_STEPS: Final = 400
"""Of what happened beside the talk: calls of tools, answered questions, who came and went."""


@dataclass(frozen=True, slots=True)
class _Step:
    command: CallerCommand
    place: str
    """The turn behind which it stands."""


class Scene:
    """Takes each command as it is shown; says what is to be shown anew."""

    def __init__(self) -> None:
        self._turns: dict[str, ShowTranscript] = {}
        self._characters = 0
        self._steps: dict[Hashable, _Step] = {}
        self._questions: dict[str, ShowConfirmation] = {}
        self._floor: ShowFloor | None = None
        self._recording: ShowRecording | None = None

    def take(self, command: CallerCommand) -> None:
        match command:
            case ShowTranscript():
                self._take_caption(command)
            case ShowTool(tool_call_id=id, after=after):
                self._take_step((ShowTool, id), command, after)
            case ShowConfirmation(confirmation_id=id):
                self._questions[id] = command
            case WithdrawConfirmation(confirmation_id=id, after=after):
                self._questions.pop(id, None)
                self._take_step((WithdrawConfirmation, id), command, after)
            case ShowLevel(after=after) | ShowHandoff(after=after):
                self._take_step(command, command, after)
            case ShowFloor():
                self._floor = command
            case ShowRecording():
                self._recording = command
            case _:
                pass

    def commands(self) -> list[CallerCommand]:
        """Return what shows the conversation as it stands, from its beginning to its end."""
        turns = [_Step(turn, id) for id, turn in self._turns.items()]
        # Sorting keeps the order of what stands behind the same turn.
        steps = sorted((*turns, *self._steps.values()), key=lambda step: step.place)
        rest = (self._recording, self._floor)
        return [
            *(step.command for step in steps),
            *self._questions.values(),
            *(command for command in rest if command is not None),
        ]

    def _take_step(self, key: Hashable, command: CallerCommand, after: str | None) -> None:
        step = _Step(command, after or "")
        known = self._steps.get(key)
        if known is not None and (known.place != step.place or _is_asked_about(known.command)):
            del self._steps[key]  # it stands behind what happened there before
        self._steps[key] = step
        if len(self._steps) > MAX_STEPS:
            del self._steps[next(iter(self._steps))]

    def _take_caption(self, caption: ShowTranscript) -> None:
        known = self._turns.get(caption.turn_id)
        before = "" if known is None else known.text or ""
        text = before + (caption.delta or "") if caption.text is None else caption.text
        notice = caption.notice or (known.notice if known else None)
        if text or caption.is_final:
            self._turns[caption.turn_id] = replace(caption, text=text, delta=None, notice=notice)
        else:
            self._turns.pop(caption.turn_id, None)  # it was no turn after all
        self._characters += len(text) - len(before)
        while self._characters > MAX_CHARACTERS and len(self._turns) > 1:
            oldest = next(iter(self._turns))
            self._characters -= len(self._turns.pop(oldest).text or "")


def _is_asked_about(command: CallerCommand) -> bool:
    waiting = ToolCallStatus.AWAITING_CONFIRMATION
    return isinstance(command, ShowTool) and command.status == waiting
