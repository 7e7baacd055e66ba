"""``agent-service tokens``: makes, lists and revokes keys to the API."""

import argparse
import sys
from datetime import timedelta

import msgspec
from rich.console import Console
from rich.table import Table

from agent_service.cli.log_output import WIDTH_OF_FILES, plain
from agent_service.cli.opening import add_database_action
from agent_service.clock import SystemClock
from agent_service.store.admin_tokens import Scope, create_token, list_tokens, revoke_token
from agent_service.store.database import Database

MOST_DAYS = 3650


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "tokens",
        help="make, list and revoke keys to the API",
        description="Make, list and revoke keys to the API. A key is shown once, when it is made.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    adding = add_database_action(actions, "add", _make, "make a token and print it")
    adding.add_argument("name", metavar="NAME", help="who or what has it; stands in the audit log")
    adding.add_argument(
        "--scopes",
        type=_scopes,
        required=True,
        metavar="SCOPE[,SCOPE...]",
        help=f"what it may do: {', '.join(Scope)}",
    )
    adding.add_argument(
        "--days", type=_days, metavar="N", help="after how many days it expires (default: never)"
    )
    listing = add_database_action(
        actions, "list", _list, "list all tokens, with when they were last used"
    )
    listing.add_argument("--json", action="store_true", help="print one JSON object a line")
    revoking = add_database_action(actions, "revoke", _revoke, "take a token back, at once")
    revoking.add_argument("name", metavar="NAME")


def _make(database: Database, arguments: argparse.Namespace) -> None:
    now = SystemClock().utc()
    expires_at = None if arguments.days is None else now + timedelta(days=arguments.days)
    with database.write() as session:
        token = create_token(
            session, arguments.name, now, scopes=arguments.scopes, expires_at=expires_at
        )
    print(token)


def _list(database: Database, arguments: argparse.Namespace) -> None:
    with database.read() as session:
        tokens = list_tokens(session)
    if arguments.json:
        for each in tokens:
            print(msgspec.json.encode(each).decode())
        return
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES, highlight=False)
    table = Table("name", "scopes", "made", "last used", "expires", box=None)
    for each in tokens:
        used = f"{each.last_used_at:%Y-%m-%d %H:%M}" if each.last_used_at else "never"
        expires = f"{each.expires_at:%Y-%m-%d %H:%M}" if each.expires_at else "never"
        made = f"{each.created_at:%Y-%m-%d %H:%M}"
        table.add_row(plain(each.name), ", ".join(each.scopes), made, used, expires)
    console.print(table if tokens else "There are no tokens.")


def _revoke(database: Database, arguments: argparse.Namespace) -> None:
    with database.write() as session:
        revoke_token(session, arguments.name, SystemClock().utc())
    print(f"{arguments.name} is revoked.")


def _scopes(text: str) -> list[Scope]:
    try:
        return [Scope(part.strip()) for part in text.split(",")]
    except ValueError:
        message = f"{text!r} is not of {', '.join(Scope)}, with commas between"
        raise argparse.ArgumentTypeError(message) from None


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to {MOST_DAYS}")
    return int(text)
