"""``agent-service customers``: erases a customer, with a receipt."""

import argparse
import getpass
import json
import sys

from rich.console import Console

from agent_service import logs
from agent_service.cli.log_output import WIDTH_OF_FILES, plain
from agent_service.cli.options import add_action
from agent_service.clock import SystemClock
from agent_service.company.loading import load_company
from agent_service.from_settings import keeping_of
from agent_service.settings import load
from agent_service.store.database import Database
from agent_service.store.erasure import Receipt, receipt_facts
from agent_service.store.migrating import ensure_current


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "customers",
        help="erase a customer",
        description="Erase what is kept of a customer. Interrupted, it goes on when it is asked"
        " for again, or by itself when the service runs.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    erasing = add_action(actions, "erase", "erase what is kept of a customer, with a receipt")
    erasing.add_argument("customer", metavar="ID", help="the customer's identifier")
    erasing.add_argument("--json", action="store_true", help="print the receipt as JSON")
    erasing.set_defaults(run=_erase)


def _erase(arguments: argparse.Namespace) -> int:
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    database = Database(settings.database_url)
    try:
        company = load_company(settings)
        ensure_current(database, company.tables)
        with logs.prints_on_standard_error():
            _, erasing = keeping_of(settings, company, database, SystemClock())
            receipt = erasing.erase(
                arguments.customer, requested_by=f"operator:{getpass.getuser()}"
            )
    finally:
        database.close()
    if arguments.json:
        print(json.dumps(receipt_facts(receipt)))
    else:
        _show(receipt)
    return 0


def _show(receipt: Receipt) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES, highlight=False)
    console.print(f"Erasure {receipt.id}")
    when = f"{receipt.requested_at:%Y-%m-%d %H:%M:%S} UTC"
    console.print(f"asked for by {plain(receipt.requested_by)} at {when}")
    for name, count in receipt.removed.items():
        console.print(f"  {count:>6} {plain(name)}")
    if not receipt.removed:
        console.print("  nothing was kept of this customer")
    for name, why in receipt.kept.items():
        console.print(f"  kept: {plain(name)}: {plain(why)}")
    console.print("Backups and log files keep what they have: see docs/privacy.md.")
