"""The command line: finds the command's module and turns errors into one clear message."""

import argparse
import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

from agent_service.cli import CTRL_C_STATUS
from agent_service.errors import AgentServiceError, SettingsError
from agent_service.line_writer import EXIT_LIMIT_S, LineWriter
from agent_service.redaction import redact


class Command(NamedTuple):
    """A command, whose module ``agent_service.cli.NAME`` has ``register`` and ``run``."""

    name: str
    summary: str


COMMANDS = (
    Command("up", "run everything: database, company, offline provider, service"),
    Command("serve", "run the configured service"),
    Command("offline", "run the offline Realtime provider alone"),
    Command("call", "place a call from the terminal, spoken from WAV files or typed"),
    Command("ticket", "mint a ticket, for tests"),
    Command("tokens", "make, list and revoke keys to the API"),
    Command("users", "add and list users of the desk, give them roles and passwords"),
    Command("logs", "list, show, search and follow recorded conversations"),
    Command("recordings", "export the sound of a conversation"),
    Command("retention", "take out what is kept for too long"),
    Command("customers", "erase a customer"),
    Command("queue", "list what callers were promised, and mark it done"),
    Command("reviews", "draw conversations to review, and say what reviews add up to"),
    Command("notices", "show and record what is said without the provider"),
    Command("tools", "show, run and switch support tools"),
    Command("answers", "show how answers to a read-back are understood"),
    Command("migrate", "bring the database to this release's tables, and to the company's"),
    Command("doctor", "check settings, database, tools and provider, and say what to do"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    _open_standard_streams()
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # also while modules are imported, which takes a second or two
        return CTRL_C_STATUS


def _run(arguments: Sequence[str]) -> int:
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    parsed = build_parser(chosen).parse_args(arguments)
    # Standard output is the command's; serve and up, whose log it is, set theirs up themselves.
    # With a command only: it is slow to import.
    logs = importlib.import_module("agent_service.logs")
    logs.configure(level="warning", stream=sys.stderr)
    try:
        status = int(parsed.run(parsed))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away (`| head`): nothing to say, also not when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        logs.flush()
        _tell(_reason(error))
        return 1
    finally:
        logs.flush()
    return status


def _reason(error: Exception) -> str:
    """Return what a command that failed says; a mistake of ours comes with its traceback."""
    match error:
        case SettingsError():
            lines = [f"agent-service: {len(error.problems)} to correct:", *error.problems]
            return "\n  ".join(lines)
        case AgentServiceError():
            return f"agent-service: {error.message}"
        case _:
            return redact("".join(traceback.format_exception(error)).rstrip())


def _tell(text: str) -> None:
    """Write to standard error, and do not wait for ever for whoever reads it."""
    writer = LineWriter(sys.stderr)
    writer.write(text)
    writer.close(EXIT_LIMIT_S)


def _open_standard_streams() -> None:
    """Give a command streams to write to that was started without; and let any word be printed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # where the locale has no such character


def build_parser(chosen: str | None = None) -> argparse.ArgumentParser:
    """Return the parser; only the chosen command's module is imported: starting is quick."""
    parser = argparse.ArgumentParser(
        prog="agent-service", description="A customer-support voice agent service."
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {version('agent-service')}"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        if command.name == chosen:
            importlib.import_module(f"agent_service.cli.{command.name}").register(commands)
        else:
            commands.add_parser(command.name, help=command.summary)
    return parser


if __name__ == "__main__":
    sys.exit(main())
