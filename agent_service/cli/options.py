"""Options that several commands share."""

import argparse
from pathlib import Path
from typing import Final

from agent_service import logs
from agent_service.settings import Settings, load

ADMIN_TOKEN_FILE: Final = "admin-token"  # noqa: S105 - a file name
"""Holds the token that ``up`` makes, in the data folder."""


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add ``--config``; give its value to ``settings.load``."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FOLDER",
        help="folder with service.toml and agents/ (default: ./config, or the one shipped)",
    )


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Add ``--data-dir``; give its value to ``settings.load`` as override ``data_dir``."""
    parser.add_argument(
        "--data-dir",
        metavar="FOLDER",
        help="folder for the database and generated secrets (default: data)",
    )


def add_action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, summary: str
) -> argparse.ArgumentParser:
    """Add an action of a command that looks at the settings and the database that they name."""
    parser = actions.add_parser(name, help=summary, description=f"{summary.capitalize()}.")
    add_config(parser)
    add_data_dir(parser)
    return parser


def add_listening(parser: argparse.ArgumentParser) -> None:
    """Add what every command that runs the service takes; read it with ``service_settings``."""
    add_config(parser)
    add_data_dir(parser)
    parser.add_argument("--host", help="address to listen on (default: server.host, 127.0.0.1)")
    parser.add_argument(
        "--port", type=int, help="port to listen on; 0 takes a free one (default: server.port)"
    )


def service_settings(arguments: argparse.Namespace) -> Settings:
    """Load the settings that the options choose, and set up the log as they say."""
    settings = load(
        arguments.config,
        overrides={
            "data_dir": arguments.data_dir,
            "server.host": arguments.host,
            "server.port": arguments.port,
        },
    )
    logs.configure(level=settings.logs.level, output_format=settings.logs.format)
    return settings
