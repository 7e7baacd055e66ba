"""``agent-service users``: who of the team signs in at the desk, and as what."""

import argparse
import sys

import msgspec
from rich.console import Console
from rich.table import Table

from agent_service.cli.log_output import WIDTH_OF_FILES, plain
from agent_service.cli.opening import add_database_action
from agent_service.clock import SystemClock
from agent_service.store.admin_tokens import OPERATOR
from agent_service.store.database import Database
from agent_service.store.members import UserRole
from agent_service.store.passwords import hash_password, new_password
from agent_service.store.users import (
    add_user,
    list_users,
    set_disabled,
    set_password,
    set_role,
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "users",
        help="add and list users of the desk, give them roles and passwords",
        description="Add and list users of the desk, give them roles and passwords. A password is "
        "shown once, and must be changed when it is first used.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    adding = add_database_action(actions, "add", _make, "make a user and print a one-time password")
    adding.add_argument("name", metavar="NAME", help="what they sign in with")
    _add_role(adding)
    adding.add_argument(
        "--single-sign-on",
        action="store_true",
        help="without a password: NAME is how the single sign-on calls them",
    )
    listing = add_database_action(
        actions, "list", _list, "list all users, with when they were last there"
    )
    listing.add_argument("--json", action="store_true", help="print one JSON object a line")
    role = add_database_action(actions, "role", _give_role, "give a user another role, at once")
    role.add_argument("name", metavar="NAME")
    role.add_argument("role", choices=[*UserRole], help="what they may do")
    resetting = add_database_action(
        actions, "reset", _reset, "print a new one-time password, and sign them out"
    )
    resetting.add_argument("name", metavar="NAME")
    shutting = add_database_action(actions, "disable", _disable, "shut a user out, at once")
    shutting.add_argument("name", metavar="NAME")
    letting = add_database_action(actions, "enable", _enable, "let a user in again")
    letting.add_argument("name", metavar="NAME")


def _add_role(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--role",
        choices=[*UserRole],
        required=True,
        help="viewer: reads; supervisor: listens, takes over, approves; admin: everything",
    )


def _make(database: Database, arguments: argparse.Namespace) -> None:
    password = None if arguments.single_sign_on else new_password()
    password_hash = None if password is None else hash_password(password)
    with database.write() as session:
        add_user(
            session,
            arguments.name,
            UserRole(arguments.role),
            password_hash,
            SystemClock().utc(),
            by=OPERATOR,
        )
    print(f"{arguments.name} signs in by single sign-on." if password is None else password)


def _list(database: Database, arguments: argparse.Namespace) -> None:
    with database.read() as session:
        users = list_users(session, SystemClock().utc())
    if arguments.json:
        for each in users:
            print(msgspec.json.encode(each).decode())
        return
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES, highlight=False)
    table = Table("name", "role", "made", "last sign-in", "signed in", "", box=None)
    for each in users:
        last = f"{each.last_sign_in_at:%Y-%m-%d %H:%M}" if each.last_sign_in_at else "never"
        notes = "disabled" if each.is_disabled else "one-time password" if each.must_change else ""
        made = f"{each.created_at:%Y-%m-%d %H:%M}"
        table.add_row(plain(each.name), each.role, made, last, str(each.open_sign_ins), notes)
    console.print(table if users else "There are no users.")


def _give_role(database: Database, arguments: argparse.Namespace) -> None:
    role = UserRole(arguments.role)
    with database.write() as session:
        set_role(session, arguments.name, role, SystemClock().utc(), by=OPERATOR)
    print(f"{arguments.name} is {role} now.")


def _reset(database: Database, arguments: argparse.Namespace) -> None:
    password = new_password()
    password_hash = hash_password(password)
    with database.write() as session:
        now = SystemClock().utc()
        set_password(session, arguments.name, password_hash, now, by=OPERATOR, must_change=True)
    print(password)


def _disable(database: Database, arguments: argparse.Namespace) -> None:
    with database.write() as session:
        now = SystemClock().utc()
        set_disabled(session, arguments.name, now, is_disabled=True, by=OPERATOR)
    print(f"{arguments.name} is shut out.")


def _enable(database: Database, arguments: argparse.Namespace) -> None:
    with database.write() as session:
        now = SystemClock().utc()
        set_disabled(session, arguments.name, now, is_disabled=False, by=OPERATOR)
    print(f"{arguments.name} is let in again.")
