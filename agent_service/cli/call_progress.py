"""What the caller's side of a call knows: who is busy, what was answered, how long it took.

Pure: times are arguments, in seconds.
"""

from typing import Any, Final

_UNFINISHED: Final = ("running", "awaiting_confirmation", "awaiting_approval")
_FOLLOW_UP_S: Final = 8.0
"""How long the agent may take to say what came of a tool."""
_PATIENCE_S: Final = 10.0
"""How long after the service asked for a moment the agent, or the service again, has spoken."""
_WAITING: Final = ("wait", "still_waiting")
_NO_ANSWERS: Final = (*_WAITING, "disclosure", "still_there")
"""Notices of the service after which the answer is still to come."""


class Progress:
    """Follows the service's messages. Answers when the agent has finished, and how fast it was."""

    def __init__(self) -> None:
        self.is_ready = False
        self.end_reason: str | None = None
        self.refusal: tuple[str, str] | None = None
        """Code and message of the last error."""
        self.has_spoken = False
        """The agent has begun to answer since the caller last finished."""
        self.first_audio_ms: int | None = None
        """From the end of the caller's last turn to the first of the agent's answer."""
        self._caller_ended_at: float | None = None
        self._active_at = 0.0
        self._follow_up_until = 0.0
        self._floor = "open"
        self._open_turns: set[str] = set()
        self._known_turns: set[str] = set()
        self._tools: set[str] = set()
        self._no_answers: set[str] = set()
        """Items that are none, although they sound."""

    def caller_began(self) -> None:
        """Note that the caller starts a turn: what the agent says now is no answer to it."""
        self._caller_ended_at = None
        self.has_spoken = False
        self.first_audio_ms = None

    def caller_ended(self, now: float) -> None:
        """Note the end of the caller's speech, or of typing."""
        self._caller_ended_at = now
        self.has_spoken = False
        self._active_at = now

    def agent_sounds(self, now: float, item_id: str | None = None) -> None:
        """Note audio, or words, of the agent."""
        self._active_at = now
        if item_id in self._no_answers:
            return
        self._follow_up_until = 0.0
        if self._caller_ended_at is not None and not self.has_spoken:
            self.first_audio_ms = round((now - self._caller_ended_at) * 1000)
        self.has_spoken = True

    def take(self, message: dict[str, Any], now: float) -> None:
        """Note a text message of the service."""
        match message["type"]:
            case "ready":
                self.is_ready = True
                self._active_at = now
            case "floor":
                self._floor = message["holder"]
                self._active_at = now
            case "transcript" if message["role"] == "agent":
                self._take_agent_words(message, now)
            case "tool":
                self._take_tool(message, now)
            case "confirm_closed":
                self._follow_up_until = now + _FOLLOW_UP_S
            case "error":
                self.refusal = (message["code"], message["message"])
            case "ended":
                self.end_reason = message["reason"]
            case _:
                pass

    def is_quiet(self, now: float, pause_s: float) -> bool:
        """Tell whether the agent has had nothing to do and to say for ``pause_s``."""
        return (
            not self._tools
            and not self._open_turns
            and self._floor != "agent"
            and now >= self._follow_up_until
            and now - self._active_at >= pause_s
        )

    def _take_agent_words(self, message: dict[str, Any], now: float) -> None:
        turn_id, item_id = message["turn_id"], message.get("item_id")
        if message.get("notice") in _NO_ANSWERS:
            self._no_answers.add(message["item_id"])
        if message.get("notice") in _WAITING:
            self._follow_up_until = now + _PATIENCE_S
        if not message["is_final"]:
            self._open_turns.add(turn_id)
            self.agent_sounds(now, item_id)
        elif turn_id not in self._known_turns:
            # Without deltas the final text is the first that is seen of an answer.
            self.agent_sounds(now, item_id)
        if message["is_final"]:
            self._open_turns.discard(turn_id)
            self._active_at = now
        self._known_turns.add(turn_id)

    def _take_tool(self, message: dict[str, Any], now: float) -> None:
        self._active_at = now
        # A confirmation waits for the caller, so the caller must not wait for it.
        if message["status"] == "running":
            self._tools.add(message["tool_call_id"])
        else:
            self._tools.discard(message["tool_call_id"])
        if message["status"] not in _UNFINISHED:
            self._follow_up_until = now + _FOLLOW_UP_S
