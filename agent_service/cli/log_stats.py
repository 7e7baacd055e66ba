"""``agent-service logs stats``: numbers over conversations, and adding their days up anew."""

import argparse
import sys
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from agent_service.cli.log_output import WIDTH_OF_FILES, plain
from agent_service.cli.opening import current_database
from agent_service.cli.options import add_action
from agent_service.cli.progress import bar
from agent_service.clock import SystemClock
from agent_service.errors import QueryError, QueryProblem
from agent_service.settings import load
from agent_service.store.database import Database
from agent_service.store.facts import recount
from agent_service.store.queries import CONVERSATIONS
from agent_service.store.rollups import add_up_days, forget_days
from agent_service.store.stats import BY, Stats, find_stats, parse_stats
from agent_service.store.sums import Numbers, ToolNumbers


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action."""
    parser = add_action(actions, "stats", "add up conversations: how they ended, waits, cost")
    parser.add_argument("--by", choices=BY, help="what is put together (default: the total alone)")
    parser.add_argument("--tz", metavar="ZONE", help="whose days and hours (default: UTC)")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="only conversations with this value, as for logs list; may be repeated. NAME is one "
        f"of q, {', '.join(CONVERSATIONS.fields)}",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="first count everything anew: nothing asks for it but a database changed by hand",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer from the database that the settings name."""
    asked = parse_stats(_parameters(arguments))
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    with current_database(settings) as database:
        if arguments.rebuild:
            _rebuild(database)
        with database.read() as session:
            found = find_stats(session, asked)
    if arguments.json:
        for item in found.items or (found.total,):
            print(msgspec.json.encode(item).decode())
    else:
        _show(found)
    return 0


def _parameters(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    for condition in arguments.where:
        if "=" not in condition:
            raise QueryError([QueryProblem("--where", f"{condition!r} is not NAME=VALUE")])
    pairs = [condition.partition("=") for condition in arguments.where]
    own = [(name, getattr(arguments, name)) for name in ("by", "tz")]
    given = [(name, value) for name, value in own if value is not None]
    return [*given, *((name, value) for name, _, value in pairs)]


def _rebuild(database: Database) -> None:
    """Count each conversation anew, and then each day."""
    with bar("conversations") as shown:
        before = 0
        for done in recount(database):
            shown.advance(done - before)
            before = done
    with database.write() as session:
        forget_days(session)
    days = add_up_days(database, SystemClock().utc())
    with bar("days", next(days)) as shown:
        for _ in days:
            shown.advance(1)


def _show(found: Stats) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES, highlight=False)
    if found.by == "tool":
        table = _table("tool", "conversations", "calls", "failed", "declined")
        for tool in found.items:
            assert isinstance(tool, ToolNumbers)
            counts = (tool.conversations, tool.tool_calls, tool.tool_failures)
            declined = str(tool.confirmations_declined)
            table.add_row(plain(tool.key), *map(str, counts), declined)
        console.print(table)
        return
    table = _table(
        *(found.by or "", "conversations", "contained", "rated", "wait p50", "p95"),
        *("interrupted", "calls", "failed", "declined", "cost"),
    )
    for item in (*found.items, found.total):
        assert isinstance(item, Numbers)
        if item is found.total:
            table.add_section()
        table.add_row(*_cells(item, is_total=item is found.total))
    console.print(table)


def _table(first: str, *others: str) -> Table:
    table = Table(first, box=None)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _cells(item: Numbers, *, is_total: bool) -> list[Any]:
    waits = item.first_audio_ms
    key = "all" if is_total else "unknown" if item.key is None else str(item.key)
    return [
        plain(key),
        str(item.conversations),
        "" if item.containment is None else f"{item.containment:.0%}",
        "" if item.rating is None else f"{item.rating:.1f} ({item.ratings})",
        "" if waits.p50 is None else f"{waits.p50} ms",
        "" if waits.p95 is None else f"{waits.p95} ms",
        str(item.interrupted),
        str(item.tool_calls),
        str(item.tool_failures),
        str(item.confirmations_declined),
        "" if item.cost_usd is None else f"${item.cost_usd:.2f}",
    ]
