"""The command line: finds the command's module and turns errors into one clear message."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

from agent_service.errors import AgentServiceError, SettingsError


class Command(NamedTuple):
    """A command, whose module ``agent_service.cli.NAME`` has ``register`` and ``run``."""

    name: str
    summary: str


COMMANDS = (
    Command("up", "run everything: database, demo shop, offline provider, service"),
    Command("serve", "run the configured service"),
    Command("offline", "run the offline Realtime provider alone"),
    Command("call", "place a call from the terminal, spoken from WAV files or typed"),
    Command("ticket", "mint a ticket, for tests"),
    Command("logs", "list, show, search and follow recorded conversations"),
    Command("tools", "show, run and switch support tools"),
    Command("answers", "show how answers to a read-back are understood"),
    Command("migrate", "bring the database to this release's tables"),
    Command("doctor", "check settings, database and provider, and say what to do"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    parsed = build_parser(chosen).parse_args(arguments)
    try:
        status = int(parsed.run(parsed))
        sys.stdout.flush()
    except SettingsError as error:
        lines = [f"agent-service: {len(error.problems)} to correct:", *error.problems]
        sys.stderr.write("\n  ".join(lines) + "\n")
        return 1
    except AgentServiceError as error:
        sys.stderr.write(f"agent-service: {error.message}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader went away (`| head`): nothing to say, also not when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


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
