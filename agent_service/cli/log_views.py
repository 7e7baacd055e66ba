"""``agent-service logs views``: questions to the record that are asked again, under a name."""

import argparse
import sys
from collections.abc import Callable
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from agent_service.cli.log_output import plain
from agent_service.cli.opening import current_database
from agent_service.cli.options import add_action
from agent_service.cli.progress import bar
from agent_service.clock import SystemClock
from agent_service.errors import QueryError, QueryProblem
from agent_service.settings import load
from agent_service.store.database import Database
from agent_service.store.exporting import LISTS
from agent_service.store.facts import recount
from agent_service.store.views import delete_view, save_view, saved_views


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions."""
    _add(actions, "views", _list, "list saved views")
    saving = _add(actions, "save-view", _save, "save a question under a name")
    saving.add_argument("name", metavar="NAME", help="a view of the same name is replaced")
    saving.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what it asks; may be repeated. The names are those of logs list and of the API",
    )
    saving.add_argument(
        "--list", choices=list(LISTS), default="conversations", help="what it asks for"
    )
    deleting = _add(actions, "delete-view", _delete, "delete a saved view")
    deleting.add_argument("name", metavar="NAME")
    _add(actions, "recount", _recount, "count anew what conversations are asked for by")


def _add(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    action: Callable[[Database, argparse.Namespace], None],
    summary: str,
) -> argparse.ArgumentParser:
    parser = add_action(actions, name, summary)
    parser.set_defaults(run=_run, view_action=action)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    with current_database(settings) as database:
        arguments.view_action(database, arguments)
    return 0


def _list(database: Database, arguments: argparse.Namespace) -> None:
    with database.read() as session:
        views = saved_views(session)
    table = Table("name", "asks for", "where", "saved by", box=None)
    for view in views:
        table.add_row(plain(view.name), view.list, plain(view.question), plain(view.saved_by))
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(table if views else "No saved views.")


def _save(database: Database, arguments: argparse.Namespace) -> None:
    pairs = [condition.partition("=") for condition in arguments.where]
    wrong = [f"{name!r} is not NAME=VALUE" for name, equals, _ in pairs if not equals]
    if wrong:
        raise QueryError([QueryProblem("--where", problem) for problem in wrong])
    question = urlencode([(name, value) for name, _, value in pairs])
    with database.write() as session:
        save_view(
            session,
            arguments.name,
            arguments.list,
            question,
            saved_by="operator",
            now=SystemClock().utc(),
        )


def _delete(database: Database, arguments: argparse.Namespace) -> None:
    with database.write() as session:
        delete_view(session, arguments.name, SystemClock().utc(), by="operator")


def _recount(database: Database, arguments: argparse.Namespace) -> None:
    before = 0
    with bar("conversations", None) as shown:
        for done in recount(database):
            shown.advance(done - before)
            before = done
    print(f"{before} conversations")
