"""``agent-service migrate``: brings the database to this release's tables."""

import argparse
from pathlib import Path

from agent_service.cli.options import add_config, add_data_dir
from agent_service.company.loading import load_company
from agent_service.errors import SettingsError
from agent_service.private_files import make_folder
from agent_service.settings import load
from agent_service.store.branches import Branch
from agent_service.store.database import Database
from agent_service.store.migrating import ensure_current, upgrade
from agent_service.store.revising import write_revision


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "migrate",
        help="bring the database to this release's tables, and to the company's",
        description="Bring the database to this release's tables, and to the company's. "
        "An interrupted migration leaves the database as it was.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check",
        action="store_true",
        help="change nothing; the exit status is 1 if there is something to do",
    )
    what.add_argument(
        "--new",
        metavar="WORDS",
        help="write the next revision of the company's tables, named by these words, from what "
        "their declarations have and its revisions lack; no database is changed",
    )
    add_config(parser)
    add_data_dir(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, or look whether it is needed, or write what is missing for it."""
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    tables = load_company(settings).tables
    if arguments.new is not None:
        print(_said(_written(tables, arguments.new)))
        return 0
    if not arguments.check:
        if settings.database.url is None:
            make_folder(settings.data_dir)
        upgrade(settings.database_url, lambda step: print(step, flush=True), tables)
    database = Database(settings.database_url)
    try:
        ensure_current(database, tables)
    finally:
        database.close()
    print("The database is up to date.")
    return 0


def _written(tables: Branch | None, words: str) -> Path | None:
    if tables is None:
        raise SettingsError(["--new: no company with tables is named (company in service.toml)"])
    return write_revision(tables, words)


def _said(written: Path | None) -> str:
    if written is None:
        return "The company's tables are as its revisions make them: there is nothing to write."
    return f"{written}\nRead it through, then run: agent-service migrate"
