"""``agent-service up``: everything on one command, with a company to look at and no key."""

import argparse
import importlib.util
import sys
from collections.abc import Callable
from typing import Final

from agent_service import logs
from agent_service.app import agent_profiles
from agent_service.cli.options import ADMIN_TOKEN_FILE, add_listening, service_settings
from agent_service.cli.serving import serve
from agent_service.clock import Clock, SystemClock
from agent_service.company.declaration import Company, Demo, Seed
from agent_service.company.loading import company_module, load_company
from agent_service.conversation.records import Caller
from agent_service.foreign_code import reason_of
from agent_service.from_settings import provider_choice, tool_registry
from agent_service.line_writer import EXIT_LIMIT_S, LineWriter
from agent_service.private_files import make_folder, read_file, write_file
from agent_service.runtime.receivers import FileReceiver
from agent_service.settings import Settings
from agent_service.store.admin_tokens import create_token, has_tokens
from agent_service.store.database import Database
from agent_service.store.members import UserRole
from agent_service.store.migrating import upgrade
from agent_service.store.outbox import LETTERS
from agent_service.store.passwords import hash_password, new_password
from agent_service.store.users import add_user, has_users
from agent_service.web import server

DEMO_COMPANY: Final = "agent_service.demo_shop"
"""Whom ``up`` shows when no company is named, unless it was taken out."""
MADE_BEFORE: Final = "(made before, and not kept here)"
FIRST_USER: Final = "admin"

LISTED_STEPS: Final = 5
"""More are those of a new database, or of one left alone for long: nobody reads them."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "up",
        help="run everything: database, company, offline provider, service",
        description="Run everything on one command: migrate the database, fill the tables of the "
        "company (without one: of the demo shop) once, start the offline provider unless "
        "another one is configured, serve, and say where. "
        "SIGTERM lets conversations end first, Ctrl-C does not.",
    )
    add_listening(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal."""
    settings = _with_company(service_settings(arguments))
    # On standard error: standard output is the log. It too may have a reader that stands still.
    writer = LineWriter(sys.stderr)
    try:
        return _run(settings, writer.write)
    finally:
        writer.close(EXIT_LIMIT_S)


def _run(settings: Settings, say: Callable[[str], None]) -> int:
    company = load_company(settings)
    agent_profiles(settings, tool_registry(settings, company))  # mistakes come before tables
    make_folder(settings.data_dir)
    say(f"database: {_shown(settings)}")
    steps: list[str] = []
    upgrade(settings.database_url, steps.append, company.tables)
    for line in _summary(steps):
        say(f"database: {line}")
    token, login = _prepare(settings, company, say)
    demo = company.demo or Demo(caller=Caller(), question="What can you do for me?")
    files = FileReceiver(settings.outbox_folder)
    with logs.prints_as_lines():
        status = server.run(
            serve(
                settings,
                progress=lambda text: say(f"offline provider: {text}"),
                on_ready=lambda url: say(_announcement(settings, demo, url, token, login)),
                demo=demo,
                receivers=dict.fromkeys((LETTERS, *demo.kinds), files),
            )
        )
    say("ended")
    return status


def _with_company(settings: Settings) -> Settings:
    """Return the settings with the demo shop, if no company and no tools of one are named."""
    has_own = company_module(settings) or any(a.tool_modules for a in settings.agents.values())
    if has_own or importlib.util.find_spec(DEMO_COMPANY) is None:
        return settings
    return settings.model_copy(update={"company": DEMO_COMPANY})


def _prepare(settings: Settings, company: Company, say: Callable[[str], None]) -> tuple[str, str]:
    """Fill the company's tables, make the first token and the first user, once; return these."""
    database = Database(settings.database_url)
    clock = SystemClock()
    path = settings.data_dir / ADMIN_TOKEN_FILE
    try:
        if company.seed is not None:
            _fill(database, company.title or "company", company.seed, say)
        login = _first_login(database, clock)
        with database.write() as session:
            if has_tokens(session):
                return (read_file(path).strip() if path.exists() else MADE_BEFORE), login
            token = create_token(session, "first", clock.utc())
            write_file(path, token + "\n")
            return token, login
    finally:
        database.close()


def _first_login(database: Database, clock: Clock) -> str:
    """Make the first user of the desk and return how to sign in; it is shown this once."""
    with database.read() as session:
        if has_users(session):
            return f"as before (forgotten: agent-service users reset {FIRST_USER})"
    password = new_password()
    password_hash = hash_password(password)
    with database.write() as session:
        # Nobody but who runs this sees it, and it is as good as any: it may stay.
        add_user(
            session,
            FIRST_USER,
            UserRole.ADMIN,
            password_hash,
            clock.utc(),
            by="operator",
            must_change=False,
        )
    return f"name {FIRST_USER}, password {password}"


def _fill(database: Database, title: str, seed: Seed, say: Callable[[str], None]) -> None:
    try:
        with database.write() as session:
            if seed(session, SystemClock().utc()):
                say(f"{title}: filled")
    except (Exception, SystemExit) as error:
        # The seam to the company's seed: what it began is taken back, and the service goes on.
        say(f"{title}: not filled, its seed failed: {reason_of(error)}")


def _announcement(settings: Settings, demo: Demo, url: str, token: str, login: str) -> str:
    if settings.provider.chosen_kind == "offline":
        provider = "offline: no key, no network"
        advice = "set AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY and AZURE_OPENAI_DEPLOYMENT"
    else:
        choice = provider_choice(settings)
        provider = f"{choice.name}, {choice.model} at {choice.endpoint}"
        advice = "agent-service doctor looks at the connection"
    return f"""
  Talk to the agent   {url}/
  Desk                {url}/admin
  First login         {login}
  Admin token         {token}
  From the terminal   agent-service call question.wav --url {url}
                      agent-service call --text "{demo.question}" --url {url}
  Log                 agent-service logs tail --data-dir {settings.data_dir}
  Provider            {provider}
  Azure OpenAI        {advice}

  Ctrl-C ends it; what was said stays in {settings.data_dir}.
"""


def _summary(steps: list[str]) -> list[str]:
    """Return what is said of the steps by which the tables came to this version."""
    return steps if len(steps) <= LISTED_STEPS else [f"{len(steps)} steps to this version's tables"]


def _shown(settings: Settings) -> str:
    return str(settings.database_file) if settings.database.url is None else "as configured"
