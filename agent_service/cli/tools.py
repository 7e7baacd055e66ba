"""``agent-service tools``: shows what is declared, runs a tool, switches one off or on."""

import argparse
import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from agent_service.cli.options import add_action
from agent_service.cli.tool_run import rehearse, run_tool
from agent_service.clock import SystemClock
from agent_service.company.declaration import Company
from agent_service.company.loading import load_company
from agent_service.conversation.records import Caller, CallerLevel
from agent_service.errors import SettingsError
from agent_service.from_settings import tool_registry
from agent_service.settings import Settings, load
from agent_service.store.database import Database
from agent_service.store.directory import Customers
from agent_service.store.migrating import ensure_current
from agent_service.store.switches import switch_tool
from agent_service.testing import ToolTester
from agent_service.tools.catalogue import declaration, markdown_table
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Tool


@dataclass(frozen=True, slots=True)
class _Given:
    """What every action works with."""

    settings: Settings
    company: Company
    registry: Registry


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "tools",
        help="show, run and switch support tools",
        description="Show, run and switch the support tools that agents may use.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = _add(actions, "list", "name every tool, its effect and who may use it", _list)
    listing.add_argument("--markdown", action="store_true", help="as the table of docs/tools.md")
    describe = _add(actions, "describe", "show all that is declared of a tool", _describe)
    describe.add_argument("tool")
    running = _add(actions, "run", "run a tool as a customer; a write asks first", _run)
    running.add_argument("tool")
    running.add_argument("arguments", nargs="?", default="{}", help="JSON (default: {})")
    running.add_argument(
        "--dry-run", action="store_true", help="do all of it, show the outcome, keep nothing"
    )
    running.add_argument(
        "--customer",
        metavar="ID",
        help="whose rows (default: the customer of the company's demo page)",
    )
    running.add_argument(
        "--level",
        choices=[level.value for level in CallerLevel],
        default=CallerLevel.VERIFIED.value,
        help="how sure the service is of who the caller is (default: %(default)s); of a caller who"
        " is anonymous or claimed it knows no customer",
    )
    for name, summary in (
        ("off", "switch a tool off in every conversation, at once"),
        ("on", "switch a tool on again"),
    ):
        switching = _add(actions, name, summary, partial(_switch, is_off=name == "off"))
        switching.add_argument("tool")
        switching.add_argument("--reason", default="", help="kept in the audit log")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for."""
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    company = load_company(settings)
    given = _Given(settings, company, tool_registry(settings, company))
    return int(arguments.act(given, arguments))


def _add(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    summary: str,
    act: Callable[..., int],
) -> argparse.ArgumentParser:
    parser = add_action(actions, name, summary)
    parser.set_defaults(run=run, act=act)
    return parser


def _list(given: _Given, arguments: argparse.Namespace) -> int:
    if arguments.markdown:
        print(markdown_table(given.registry), end="")
        return 0
    width = max((len(tool.name) for tool in given.registry), default=0)
    for tool in given.registry:
        print(f"{tool.name:<{width}}  {tool.effect:<5}  {tool.audience.value:<10}  {tool.title}")
    return 0


def _describe(given: _Given, arguments: argparse.Namespace) -> int:
    shown = declaration(_known(given.registry, arguments.tool))
    print(json.dumps(shown, indent=2, ensure_ascii=False))
    return 0


def _run(given: _Given, arguments: argparse.Namespace) -> int:
    name = _known(given.registry, arguments.tool).name
    caller = _caller(given.company, CallerLevel(arguments.level), arguments.customer)
    start = rehearse if arguments.dry_run else run_tool
    with _opened(given) as database:
        customers = Customers(database, given.company.directory)
        tester = ToolTester(given.registry, database, customers, raises=False)
        try:
            return start(tester, caller, name, arguments.arguments)
        finally:
            tester.close()


def _caller(company: Company, level: CallerLevel, customer_id: str | None) -> Caller:
    """Return who the tool is run as; who is not identified is no customer."""
    if level.rank < CallerLevel.IDENTIFIED.rank:
        if customer_id is not None:
            raise SettingsError([f"--customer: a caller of level {level.value} is no customer"])
        return Caller(None, None, level)
    if customer_id is not None and not customer_id.strip():
        raise SettingsError(["--customer: name one, or leave it out"])
    if customer_id is None and company.demo is not None:
        customer_id = company.demo.caller.customer_id
    if customer_id is None:
        raise SettingsError(["--customer: say whose rows, or give --level anonymous"])
    return Caller(customer_id, None, level)


def _switch(given: _Given, arguments: argparse.Namespace, *, is_off: bool) -> int:
    name = _known(given.registry, arguments.tool).name
    with _opened(given) as database, database.write() as session:
        switch_tool(
            session,
            name,
            is_off=is_off,
            reason=arguments.reason,
            changed_by=f"operator:{getpass.getuser()}",
            now=SystemClock().utc(),
        )
    print(f"{name} is {'off' if is_off else 'on'}.")
    return 0


def _known(registry: Registry, name: str) -> Tool:
    tool = registry.get(name)
    if tool is None:
        known = ", ".join(tool.name for tool in registry)
        raise SettingsError([f"there is no tool {name!r}; known are {known}"])
    return tool


@contextmanager
def _opened(given: _Given) -> Iterator[Database]:
    database = Database(given.settings.database_url)
    try:
        ensure_current(database, given.company.tables)
        yield database
    finally:
        database.close()
