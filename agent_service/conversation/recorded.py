"""Whether the sound of the conversation is recorded, where that pauses, and what the caller sees.

What is recorded, and how, is the runtime's.
"""

from agent_service.conversation.commands import (
    HoldRecording,
    RecordingStatus,
    ShowRecording,
    StartRecording,
)
from agent_service.conversation.output import Output
from agent_service.conversation.records import Modality
from agent_service.conversation.spec import Recording

CONSENT = "record_conversation"
"""The call of the service's own, on record like a tool's, that is the question to the caller."""

CALLER = "caller"
"""Who holds the recording when the caller has paused it."""

NOTE = {
    True: "The caller agreed: this conversation is recorded from now on.",
    False: "The caller has not agreed to be recorded: this conversation is not. Do not ask again.",
}
"""What the model is told of the answer."""


class Recorded:
    def __init__(self, output: Output, recording: Recording) -> None:
        self._output = output
        self._recording = recording
        self._is_on = recording is Recording.ON
        self._is_unasked = recording is Recording.ASK
        self._holders: list[str] = []

    @property
    def is_on(self) -> bool:
        """It has begun, although it may pause."""
        return self._is_on

    @property
    def status(self) -> RecordingStatus:
        if not self._is_on:
            return RecordingStatus.OFF
        return RecordingStatus.PAUSED if self._holders else RecordingStatus.ON

    def has_to_ask(self, modality: Modality) -> bool:
        """Tell whether the caller is to be asked now: once, as soon as there is sound."""
        return self._is_unasked and modality is Modality.AUDIO

    def asked(self) -> None:
        """The caller is being asked whether they want it."""
        self._is_unasked = False

    def connected(self) -> None:
        """Say how it stands where callers have anything to do with it."""
        if self._recording is not Recording.OFF:
            self._show()

    def agreed(self) -> None:
        """The caller wants it: it begins, held by whoever holds it already."""
        self._is_on = True
        self._output.order(StartRecording())
        for holder in self._holders:
            self._output.order(HoldRecording(holder, True))
        self._show()

    def hold(self, holder: str, *, is_held: bool) -> None:
        """Leave out what is said, until each holder has released it."""
        if is_held == (holder in self._holders):
            return
        before = self.status
        if is_held:
            self._holders.append(holder)
        else:
            self._holders.remove(holder)
        self._output.order(HoldRecording(holder, is_held))
        if self.status is not before:
            self._show()

    def pause(self, *, is_paused: bool) -> None:
        """Do as the caller wants, and say how it stands."""
        self.hold(CALLER, is_held=is_paused)
        self._show()

    def _show(self) -> None:
        self._output.order(ShowRecording(self.status))
