"""The database of a command, and actions of commands that work on it alone."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_service.cli.options import add_action
from agent_service.settings import Settings, load
from agent_service.store.database import Database
from agent_service.store.migrating import ensure_current


@contextmanager
def current_database(settings: Settings) -> Iterator[Database]:
    """Open the database that the settings name, if it has this release's tables, and close it."""
    database = Database(settings.database_url)
    try:
        ensure_current(database)
        yield database
    finally:
        database.close()


def add_database_action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: Callable[[Database, argparse.Namespace], None],
    summary: str,
) -> argparse.ArgumentParser:
    """Add an action that does something with the database that the settings name."""

    def act_alone(_: Settings, database: Database, arguments: argparse.Namespace) -> None:
        act(database, arguments)

    return add_settings_action(actions, name, act_alone, summary)


def add_settings_action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    act: Callable[[Settings, Database, argparse.Namespace], None],
    summary: str,
) -> argparse.ArgumentParser:
    """Add an action that does something with the settings and the database that they name."""

    def run(arguments: argparse.Namespace) -> int:
        settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
        with current_database(settings) as database:
            act(settings, database, arguments)
        return 0

    parser = add_action(actions, name, summary)
    parser.set_defaults(run=run)
    return parser
