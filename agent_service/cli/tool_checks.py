"""What ``doctor`` looks at on the tools' side: modules, declarations, agents, tables."""

from collections.abc import Iterator

from agent_service.app import agent_profiles, tool_registry
from agent_service.cli.checks import Finding, Verdict
from agent_service.errors import SettingsError
from agent_service.settings import Settings
from agent_service.store.database import Database
from agent_service.store.own_tables import lacking, own_tables


def check_tools(settings: Settings, *, has_database: bool) -> Iterator[Finding]:
    """Look whether the service could start with these tools, and whether they could run."""
    try:
        registry = tool_registry(settings)
        agent_profiles(settings, registry)
    except SettingsError as error:
        for problem in error.problems:
            yield Finding(Verdict.BAD, "tools", problem)
        return
    yield Finding(Verdict.GOOD, "tools", f"{len(list(registry))} declared")
    if own_tables() and has_database:
        yield from _check_tables(settings.database_url)


def _check_tables(url: str) -> Iterator[Finding]:
    database = Database(url)
    try:
        with database.read() as session:
            missing = list(lacking(session.connection()))
    finally:
        database.close()
    for one in missing:
        yield Finding(
            Verdict.BAD,
            "tables",
            f"the database lacks the {one}, which is not one of this service's: whoever wrote the"
            " tools that use it has to create it",
        )
    if not missing:
        yield Finding(Verdict.GOOD, "tables", ", ".join(sorted(own_tables())))
