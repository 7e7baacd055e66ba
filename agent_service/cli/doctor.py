"""``agent-service doctor``: looks at everything the service depends on and says what to do."""

import argparse
from collections.abc import Iterator

from agent_service.cli.checks import Finding, Verdict, check_data_dir, check_database
from agent_service.cli.options import add_config, add_data_dir
from agent_service.cli.provider_checks import check_provider
from agent_service.cli.tool_checks import check_tools
from agent_service.errors import SettingsError
from agent_service.settings import Settings, find_config, load

_MARKS = {Verdict.GOOD: "ok  ", Verdict.NOTE: "note", Verdict.BAD: "BAD "}


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help="check settings, database, tools and provider, and say what to do",
        description="Check settings, database, tools and provider, and say what to do. "
        "The exit status is 1 if anything stands in the way of serving calls.",
    )
    add_config(parser)
    add_data_dir(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each finding."""
    verdicts = set()
    for finding in _findings(arguments):
        print(f"{_MARKS[finding.verdict]}  {finding.subject}: {finding.text}", flush=True)
        verdicts.add(finding.verdict)
    return 1 if Verdict.BAD in verdicts else 0


def _findings(arguments: argparse.Namespace) -> Iterator[Finding]:
    try:
        folder = find_config(arguments.config)
        settings = load(folder, overrides={"data_dir": arguments.data_dir})
    except SettingsError as error:
        for problem in error.problems:
            yield Finding(Verdict.BAD, "settings", problem)
        return
    agents = ", ".join(settings.agents)
    yield Finding(Verdict.GOOD, "settings", f"{folder.absolute()}, agents: {agents}")
    yield from _check(settings)


def _check(settings: Settings) -> Iterator[Finding]:
    yield check_data_dir(settings.data_dir)
    database = check_database(settings.database_url)
    yield database
    yield from check_tools(settings, has_database=database.verdict is Verdict.GOOD)
    yield from check_provider(settings)
