"""``agent-service notices``: shows, and records, what is said to callers without the provider."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import msgspec
from rich.console import Console
from rich.table import Table

from agent_service.agent import AgentSettings
from agent_service.audio import bytes_to_ms
from agent_service.cli.log_output import WIDTH_OF_FILES, plain
from agent_service.cli.offline_process import offline_provider
from agent_service.cli.options import add_config, add_data_dir
from agent_service.clock import SystemClock
from agent_service.engines.choosing import engine_factory
from agent_service.engines.line import EngineLimits
from agent_service.errors import AudioError, SettingsError
from agent_service.from_settings import notice_speaker, provider_choice
from agent_service.notices.finding import FoundNotice, find_notices, recordings
from agent_service.notices.recording import Engine, studio
from agent_service.notices.shelf import Shelf
from agent_service.notices.texts import texts_in
from agent_service.settings import Settings, load

OFFLINE_LANGUAGE = "en"
"""The only one in which the offline provider has a voice."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "notices",
        help="show and record what is said without the provider",
        description="Show and record the sentences that callers hear when the provider is busy, "
        "away or silent.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser(
        "list",
        help="show which are recorded, shipped or missing",
        description="Show every agent's notices, and where their sounds come from.",
    )
    listing.add_argument("--json", action="store_true", help="print one JSON object a line")
    listing.set_defaults(run=run_list)
    recording = actions.add_parser(
        "record",
        help="have the provider say them in the agent's voice",
        description="Have the configured provider say every notice once, in the agent's voice. A "
        "service that runs takes them when it is started again.",
    )
    recording.set_defaults(run=run_record)
    for action in (listing, recording):
        add_config(action)
        add_data_dir(action)
        action.add_argument("--agent", metavar="NAME", help="only this agent's (default: all)")


def run_list(arguments: argparse.Namespace) -> int:
    """Print each agent's notices."""
    settings, agents = _chosen(arguments)
    found = [
        (agent.name, each)
        for agent in agents
        for each in find_notices(
            recordings(settings.data_dir, agent.name), notice_speaker(settings, agent)
        )
    ]
    if arguments.json:
        for name, notice in found:
            print(msgspec.json.encode(_as_json(name, notice)).decode())
    else:
        _show(found)
    return 0


def run_record(arguments: argparse.Namespace) -> int:
    """Record each agent's notices; 1 when some of them are as they were before."""
    settings, agents = _chosen(arguments)
    return asyncio.run(_record(settings, agents))


def _chosen(arguments: argparse.Namespace) -> tuple[Settings, Sequence[AgentSettings]]:
    settings = load(arguments.config, overrides={"data_dir": arguments.data_dir})
    if arguments.agent is None:
        return settings, list(settings.agents.values())
    if arguments.agent not in settings.agents:
        there = ", ".join(settings.agents)
        raise SettingsError([f"--agent: there is no agent {arguments.agent}; there are {there}"])
    return settings, [settings.agents[arguments.agent]]


def _as_json(agent: str, found: FoundNotice) -> dict[str, object]:
    return {
        "agent": agent,
        "notice": found.notice.value,
        "source": found.source.value,
        "ms": bytes_to_ms(len(found.audio)),
        "text": found.text,
        "problems": found.problems,
    }


def _show(found: Sequence[tuple[str, FoundNotice]]) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES, highlight=False)
    table = Table(box=None)
    for head in ("agent", "notice", "sound", "s"):
        table.add_column(head, no_wrap=True)
    table.add_column("text")
    for agent, each in found:
        seconds = f"{bytes_to_ms(len(each.audio)) / 1000:.1f}"
        table.add_row(agent, each.notice.value, each.source.value, seconds, plain(each.text))
    console.print(table)
    for problem in sorted({problem for _, each in found for problem in each.problems}):
        console.print(plain(problem))


async def _record(settings: Settings, agents: Sequence[AgentSettings]) -> int:
    is_all_said = True
    async with _provider_url(settings) as url:
        choice = provider_choice(settings, url)
        limits = EngineLimits(connect_s=settings.provider.connect_timeout_s)
        new_engine = engine_factory(choice, clock=SystemClock(), limits=limits)
        for agent in agents:
            if url is not None and notice_speaker(settings, agent).language != OFFLINE_LANGUAGE:
                print(f"{agent.name}: not recorded: the offline provider only speaks English")
                is_all_said = False
                continue
            is_all_said &= await _record_agent(settings, agent, new_engine())
    return 0 if is_all_said else 1


async def _record_agent(settings: Settings, agent: AgentSettings, engine: Engine) -> bool:
    speaker, is_all_said = notice_speaker(settings, agent), True
    shelf = Shelf(recordings(settings.data_dir, agent.name))
    async with studio(
        engine,
        voice=agent.voice,
        language=speaker.language,
        transcription_model=settings.provider.transcription_model,
    ) as recording:
        for notice, text in texts_in(speaker.language).items():
            label = f"{agent.name}: {notice.value}"
            try:
                sound = await recording.record(text, partial(_say_again, label))
            except AudioError as error:
                _say(f"{label}: not recorded: {error.message}")
                is_all_said = False
                continue
            shelf.put(speaker, notice, text, sound)
            _say(f"{label}: recorded, {bytes_to_ms(len(sound)) / 1000:.1f} s")
    return is_all_said


@asynccontextmanager
async def _provider_url(settings: Settings) -> AsyncIterator[str | None]:
    """Run the offline provider for the block, where that is the one; else there is no URL."""
    if settings.provider.chosen_kind != "offline":
        yield None
        return
    # Beside one that a running service may have on the port of the settings.
    elsewhere = settings.offline.model_copy(update={"port": 0})
    async with offline_provider(elsewhere, _say) as provider:
        yield provider.url


def _say_again(label: str, why: str) -> None:
    _say(f"{label}: once more: {why}")


def _say(text: str) -> None:
    sys.stdout.write(f"{plain(text)}\n")
    sys.stdout.flush()
