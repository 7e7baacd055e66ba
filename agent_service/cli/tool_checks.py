"""What ``doctor`` looks at on the tools' side: modules, declarations, agents, tables."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, Table

from agent_service.app import agent_profiles
from agent_service.cli.checks import Finding, Verdict
from agent_service.company.loading import load_company
from agent_service.errors import SettingsError, StoreError
from agent_service.from_settings import tool_registry
from agent_service.settings import Settings
from agent_service.store.branches import Branch
from agent_service.store.database import Database
from agent_service.store.own_tables import lacking, own_tables


def check_tools(settings: Settings, *, has_database: bool) -> Iterator[Finding]:
    """Look whether the service could start with these tools, and whether they could run."""
    try:
        company = load_company(settings)
        registry = tool_registry(settings, company)
        agent_profiles(settings, registry)
    except SettingsError as error:
        for problem in error.problems:
            yield Finding(Verdict.BAD, "tools", problem)
        return
    yield Finding(Verdict.GOOD, "tools", f"{len(list(registry))} declared")
    if has_database:
        yield from _check_tables(settings.database_url, company.tables)
    elif company.tables is not None:
        yield from _check_revisions(company.tables)


def _check_revisions(branch: Branch) -> Iterator[Finding]:
    try:
        branch.scripts()
    except StoreError as error:
        yield Finding(Verdict.BAD, "tables", error.message, code=error.code)


def _check_tables(url: str, branch: Branch | None) -> Iterator[Finding]:
    database = Database(url)
    try:
        with database.read() as session:
            connection = session.connection()
            if branch is not None:
                branch.ensure_current(connection)
                yield _there(branch.tables)
            yield from _check_unmigrated(connection, own_tables())
    except StoreError as error:
        yield Finding(Verdict.BAD, "tables", error.message, code=error.code)
    finally:
        database.close()


def _check_unmigrated(connection: Connection, tables: Mapping[str, Table]) -> Iterator[Finding]:
    missing = list(lacking(connection, tables.values()))
    for one in missing:
        words = f"the database lacks the {one}, which is not one of this service's"
        remedy = "whoever wrote the tools that use it has to create it"
        yield Finding(Verdict.BAD, "tables", words, remedy)
    if tables and not missing:
        yield _there(tables)


def _there(tables: Mapping[str, Table]) -> Finding:
    return Finding(Verdict.GOOD, "tables", ", ".join(sorted(tables)))
