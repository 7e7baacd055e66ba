"""``agent-service doctor``: looks at everything the service depends on and says what to do."""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from agent_service.cli.checks import Finding, Verdict, check_data_dir, check_database
from agent_service.cli.options import add_config, add_data_dir
from agent_service.cli.outbox_checks import check_outbox
from agent_service.cli.provider_checks import check_choice, check_provider
from agent_service.cli.recording_checks import check_recordings
from agent_service.cli.tool_checks import check_tools
from agent_service.cli.webrtc_checks import check_webrtc
from agent_service.errors import SettingsError
from agent_service.settings import Settings, find_config, load_explained

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
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object: all checks, and the dates on which something in use ends",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each finding, or all of them as one JSON object."""
    findings = []
    for finding in _findings(arguments):
        findings.append(finding)
        if not arguments.json:
            print(f"{_MARKS[finding.verdict]}  {finding.line}", flush=True)
    is_well = all(finding.verdict is not Verdict.BAD for finding in findings)
    if arguments.json:
        checks = [_as_json(finding) for finding in findings]
        dates = [check for check in checks if check["date"]]
        print(json.dumps({"ok": is_well, "checks": checks, "dates": dates}, indent=2))
    return 0 if is_well else 1


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.subject,
        "status": finding.verdict.value,
        "code": finding.code,
        "message": finding.text,
        "remedy": finding.remedy,
        "date": finding.ends.isoformat() if finding.ends else None,
    }


def _findings(arguments: argparse.Namespace) -> Iterator[Finding]:
    try:
        folder = find_config(arguments.config)
        explained = load_explained(folder, overrides={"data_dir": arguments.data_dir})
    except SettingsError as error:
        for problem in error.problems:
            yield Finding(Verdict.BAD, "settings", problem, code=error.code)
        return
    agents = ", ".join(explained.settings.agents)
    yield Finding(Verdict.GOOD, "settings", f"{folder.absolute()}, agents: {agents}")
    yield from check_choice(explained)
    yield from _check(explained.settings)


def _check(settings: Settings) -> Iterator[Finding]:
    yield check_data_dir(settings.data_dir)
    database = check_database(settings.database_url)
    yield database
    yield check_recordings(settings)
    yield from check_outbox(settings)
    yield from check_webrtc(settings)
    yield from check_tools(settings, has_database=database.verdict is Verdict.GOOD)
    yield from check_provider(settings)
