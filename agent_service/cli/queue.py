"""``agent-service queue``: lists what callers were promised, marks it done, decides approvals."""

import argparse
import getpass
import sys
from datetime import datetime, timedelta

import msgspec
from rich.console import Console
from rich.table import Table

from agent_service import logs
from agent_service.cli.log_output import WIDTH_OF_FILES, plain
from agent_service.cli.opening import add_settings_action
from agent_service.clock import SystemClock
from agent_service.company.loading import load_company
from agent_service.from_settings import tool_registry
from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.policies import Policies, policies_of
from agent_service.store.promise_keeping import mark_done
from agent_service.store.promises import MOST, Promise, PromiseKind, list_promises, listed
from agent_service.tools.deciding import Decisions
from agent_service.tools.outcomes import said


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "queue",
        help="list what callers were promised, and mark it done",
        description="List what callers were promised and is open: handovers, callbacks, tickets, "
        "outcomes that nobody knows, messages that cannot be delivered, and approvals. Mark it "
        "done, or decide.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = add_settings_action(actions, "list", _list, "list what is open, the oldest first")
    listing.add_argument("--json", action="store_true", help="print one JSON object a line")
    listing.add_argument(
        "--kind", choices=[kind.value for kind in PromiseKind], help="only promises of this kind"
    )
    listing.add_argument("--all", action="store_true", help="also what is done, the latest first")
    doing = add_settings_action(actions, "done", _done, "mark a promise as done")
    deciding = add_settings_action(actions, "decide", _decide, "decide what waits for approval")
    choice = deciding.add_mutually_exclusive_group(required=True)
    choice.add_argument("--approve", action="store_true", help="do it, and tell the caller")
    choice.add_argument("--decline", action="store_true", help="leave it, and tell the caller")
    for one in (doing, deciding):
        one.add_argument("id", metavar="ID", help="as the list has it, for example ticket-12")
        one.add_argument("--note", default="", help="kept on record")


def _list(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    kind = PromiseKind(arguments.kind) if arguments.kind else None
    now = SystemClock().utc()
    with database.read() as session:
        found = list_promises(session, now, kind=kind, is_all=arguments.all, limit=MOST)
    if arguments.json:
        for promise in found:
            print(msgspec.json.encode(listed(promise, now)).decode())
    else:
        _show(found, now)
    if len(found) == MOST:
        sys.stderr.write(f"Only the first {MOST} are shown: choose with --kind.\n")


def _show(promises: list[Promise], now: datetime) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES, highlight=False)
    table = Table(box=None)
    for head in ("id", "age", "due", "state"):
        table.add_column(head, no_wrap=True)
    table.add_column("caller")
    table.add_column("what was promised")
    for each in promises:
        who = " ".join(part for part in (each.caller_name, each.customer_id) if part)
        by = f" by {each.done_by}" if each.done_by else ""
        note = f" [{each.note}]" if each.note else ""
        table.add_row(
            each.id,
            _spoken(_age(each, now)),
            _due(each, now),
            plain(f"{each.state}{by}"),
            plain(who or "unknown"),
            plain(f"{each.what}{note} (conversation {each.conversation_id})"),
        )
    console.print(table if promises else "Nothing is open.")


def _done(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    with database.write() as session:
        mark_done(
            session,
            arguments.id,
            done_by=_operator(),
            note=arguments.note[:500],
            now=SystemClock().utc(),
            settlements=load_company(settings).settlements,
        )
    print(f"{arguments.id} is done.")


def _decide(settings: Settings, database: Database, arguments: argparse.Namespace) -> None:
    company = load_company(settings)
    registry = tool_registry(settings, company)
    customers = Customers(database, company.directory)
    policies = Policies(policies_of(settings.agents.values()))
    # The process that holds the conversation, if one does, tells the caller.
    with logs.prints_on_standard_error():
        decided = Decisions(registry, database, SystemClock(), customers, policies=policies).decide(
            arguments.id.removeprefix(f"{PromiseKind.APPROVAL}-"),
            is_approved=arguments.approve,
            decided_by=_operator(),
            note=arguments.note[:500],
        )
    outcome = f": {said(decided.outcome)}" if decided.outcome else ""
    print(f"{arguments.id} is {decided.status.value}{outcome}")


def _operator() -> str:
    return f"operator:{getpass.getuser()}"


def _age(promise: Promise, now: datetime) -> timedelta:
    return max(now - promise.promised_at, timedelta())


def _due(promise: Promise, now: datetime) -> str:
    if promise.due_at is None:
        return ""
    late = ", overdue" if promise.is_overdue(now) else ""
    return f"{promise.due_at:%Y-%m-%d %H:%M}{late}"


def _spoken(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
