"""Running one tool from the terminal, with the operator's yes in the caller's place."""

import json
import sys

from agent_service import logs
from agent_service.cli.log_output import plain
from agent_service.conversation.records import Caller, ToolCallStatus
from agent_service.testing import Told, ToolTester

_YES = ("y", "yes")


def rehearse(tester: ToolTester, caller: Caller, name: str, text: str) -> int:
    """Run the tool, show its outcome, and keep nothing."""
    with logs.prints_on_standard_error():
        told = tester.rehearse(name, text, caller=caller)
    return _show(told, {"is_rehearsal": True})


def run_tool(tester: ToolTester, caller: Caller, name: str, text: str) -> int:
    """Run the tool in a conversation of its own; ask the operator where a caller would be asked."""
    operator = _Operator()
    with logs.prints_on_standard_error():
        told = tester.run(name, text, caller=caller, agrees=operator.agrees)
    return _show(told, {})


class _Operator:
    """Who is asked in the caller's place, on the streams that the command has, not the tool."""

    def __init__(self) -> None:
        self._reading, self._writing = sys.stdin, sys.stderr

    def agrees(self, read_back: str) -> bool:
        """Ask, and return the answer: no when there is nobody to ask."""
        self._writing.write(f"{plain(read_back)}? [y/N] ")
        self._writing.flush()
        line = self._reading.readline() if self._reading is not None else ""
        if not line:
            self._writing.write("(nobody answers)\n")
        return line.strip().casefold() in _YES


def _show(told: Told, marks: dict[str, bool]) -> int:
    sys.stdout.write(json.dumps({**told.output, **marks}, indent=2, ensure_ascii=False) + "\n")
    return 0 if told.status == ToolCallStatus.SUCCEEDED else 1
