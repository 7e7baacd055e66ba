"""``agent-service retention``: takes out what is kept for too long."""

import argparse
import json
import sys
from collections import Counter

from rich.console import Console
from rich.table import Table

from agent_service.cli.log_output import WIDTH_OF_FILES
from agent_service.cli.options import add_action
from agent_service.cli.progress import bar
from agent_service.clock import SystemClock
from agent_service.company.loading import load_company
from agent_service.from_settings import keeping_of
from agent_service.settings import load
from agent_service.store.database import Database
from agent_service.store.migrating import ensure_current
from agent_service.store.retention import Rule


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "retention",
        help="take out what is kept for too long",
        description="Take out what is kept for longer than the settings allow. The service does it"
        " by itself while it runs.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    running = add_action(actions, "run", "take out what is too old")
    running.add_argument(
        "--dry-run", action="store_true", help="only count what would be taken out"
    )
    running.add_argument("--json", action="store_true", help="print one JSON object a line")
    running.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Keep to the rules of the settings, once."""
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    database = Database(settings.database_url)
    try:
        company = load_company(settings)
        ensure_current(database, company.tables)
        clock = SystemClock()
        retention, _ = keeping_of(settings, company, database, clock)
        now = clock.utc()
        due = retention.due(now)
        removed: dict[Rule, Counter[str]] = {rule: Counter() for rule in due}
        if not arguments.dry_run:
            with bar("Taking out", sum(due.values())) as shown:
                for rule, counts in retention.run(now):
                    removed[rule] += counts
                    shown.advance(counts["seen"] or sum(counts.values()))
        _show(due, removed, is_dry=arguments.dry_run, as_json=arguments.json)
    finally:
        database.close()
    return 0


def _show(
    due: dict[Rule, int], removed: dict[Rule, Counter[str]], *, is_dry: bool, as_json: bool
) -> None:
    if as_json:
        for rule, count in due.items():
            facts = {"agent": rule.agent or None, "kind": rule.kind.value, "days": rule.days}
            done = {} if is_dry else {"removed": {k: v for k, v in removed[rule].items() if v}}
            print(json.dumps({**facts, "due": count, **done}))
        return
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES, highlight=False)
    if not due:
        console.print("The settings keep everything for ever: see docs/privacy.md.")
        return
    table = Table(box=None)
    for head in ("agent", "what", "days", "too old"):
        table.add_column(head, no_wrap=True)
    table.add_column("" if is_dry else "taken out")
    for rule, count in due.items():
        taken = ", ".join(
            f"{n} {name}" for name, n in removed[rule].items() if n and name != "seen"
        )
        row = (rule.agent or "-", rule.kind.value, str(rule.days), str(count))
        table.add_row(*row, "" if is_dry else taken or "nothing")
    console.print(table)
