"""What a call prints: lines for people, or one JSON object a line for programs."""

import json
import re
from typing import Any, Protocol

_WIDTH = 8
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
"""What others wrote must not steer the terminal."""


class Report(Protocol):
    """Where a call's happenings go."""

    def message(self, message: dict[str, Any], at_ms: int) -> None:
        """Show a text message of the service."""
        ...

    def note(self, kind: str, text: str, at_ms: int, **facts: Any) -> None:
        """Show something that happened on our side."""
        ...


class JsonReport:
    """One JSON object a line: the service's messages as they came, and ours."""

    def message(self, message: dict[str, Any], at_ms: int) -> None:
        # The token would let any reader of the output take over the conversation.
        shown = {name: value for name, value in message.items() if name != "resume_token"}
        self._print(shown | {"at_ms": at_ms})

    def note(self, kind: str, text: str, at_ms: int, **facts: Any) -> None:
        self._print({"type": kind, "text": text, **facts, "at_ms": at_ms})

    def _print(self, line: dict[str, Any]) -> None:
        print(json.dumps(line, ensure_ascii=False), flush=True)


class TextReport:
    """Captions, tool calls and timings for people."""

    def message(self, message: dict[str, Any], at_ms: int) -> None:
        match message["type"]:
            case "ready":
                self._line("call", f"conversation {message['conversation_id']}, connected")
            case "transcript" if message["is_final"]:
                self._caption(message)
            case "tool":
                self._tool(message)
            case "confirm":
                asked = f"{message['summary']} {message.get('question', '')}".rstrip()
                self._line("confirm", f"{message['title']}: {asked}")
            case "confirm_closed":
                self._line("confirm", message["status"])
            case "incident" | "error":
                self._line(message["type"], f"{message['message']} ({message['code']})")
            case "ended":
                self._line("call", f"ended: {message['reason']}")
            case _:
                pass

    def note(self, kind: str, text: str, at_ms: int, **facts: Any) -> None:
        self._line(kind, text)

    def _caption(self, message: dict[str, Any]) -> None:
        text = message.get("text") or "(nothing was understood)"
        self._line(message["role"], text)
        if message.get("is_interrupted"):
            heard = message.get("heard_text") or "nothing"
            self._line("", f"interrupted; heard: {heard}")
        if message.get("first_audio_ms") is not None:
            self._line("", f"began {message['first_audio_ms']} ms after the caller's turn")

    def _tool(self, message: dict[str, Any]) -> None:
        arguments, output = message.get("arguments"), message.get("output")
        line = f"{message['name']} {message['status'].replace('_', ' ')}"
        if output is not None:
            line += f": {output}"
        elif arguments is not None:
            line += f" {arguments}"
        self._line("tool", line)

    def _line(self, label: str, text: str) -> None:
        head = f"{label}:" if label else ""
        print(f"{head:<{_WIDTH}} {_CONTROL.sub(' ', text)}", flush=True)
