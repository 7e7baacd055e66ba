"""What ``doctor`` looks at on the provider's side: network, handshake, session, dates, models."""

import asyncio
import socket
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from agent_service.agent import AgentSettings
from agent_service.cli.checks import Finding, Verdict
from agent_service.clock import Clock, SystemClock
from agent_service.conversation.events import EngineEvent
from agent_service.conversation.records import Modality
from agent_service.conversation.spec import SessionSpec
from agent_service.engines.dialects import Dialect
from agent_service.engines.endings import ListedModel, endings, uses
from agent_service.engines.extras import Extra, incident_code
from agent_service.engines.line import Line
from agent_service.engines.model_list import listed_models
from agent_service.engines.provider import ProviderChoice
from agent_service.engines.realtime import RealtimeEngine
from agent_service.errors import AgentServiceError
from agent_service.from_settings import provider_choice, provider_line
from agent_service.settings import Explained, Settings

_DEFAULT_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
_INSTRUCTIONS = "Be brief."


def check_provider(settings: Settings, clock: Clock | None = None) -> Iterator[Finding]:
    """Look whether conversations could be held with the configured provider, and for how long."""
    if settings.provider.chosen_kind == "offline":
        yield _check_models()
        if settings.offline.chat_url is not None:
            yield check_network(settings.offline.chat_url, settings.provider.connect_timeout_s)
        return
    try:
        choice = provider_choice(settings)
        line = provider_line(settings, choice, clock or SystemClock())
        yield from check_detection(settings.agents, line.dialect)
        network = check_network(choice.endpoint, settings.provider.connect_timeout_s)
        yield network
        engine = RealtimeEngine(line)
        listed = None
        if network.verdict is Verdict.GOOD:
            yield from asyncio.run(_check_session(engine, settings))
            listed = asyncio.run(listed_models(line))
        yield from check_dates(line, engine.reported_model, settings, listed)
    except AgentServiceError as error:
        yield Finding(Verdict.BAD, "provider", error.message, code=error.code)


def check_choice(explained: Explained) -> Iterator[Finding]:
    """Tell which provider was chosen by what, and which of the variables set have no effect."""
    provider, origin = explained.settings.provider, explained.origin

    def by(setting: str, default: str) -> str:
        is_set = getattr(provider, setting) is not None
        return origin(("provider", setting)) if is_set else default

    kind = provider.chosen_kind
    if kind == "offline":
        text = "offline, which needs no key: " + (
            "provider.kind" if provider.kind == "offline" else "no endpoint and no key is set"
        )
    else:
        deployment = "AZURE_OPENAI_DEPLOYMENT is not set" if kind == "azure" else "the default"
        key = by("api_key", "none, OPENAI_API_KEY is not set")
        if provider.uses_entra:
            why = "provider.keyless" if provider.keyless else "AZURE_OPENAI_API_KEY is not set"
            key = f"Microsoft Entra ID ({why})"
        text = (
            f"{kind}; endpoint: {by('endpoint', 'its own')}; model {provider.chosen_model}:"
            f" {by('model', deployment)}; key: {key}"
        )
    yield Finding(Verdict.GOOD, "settings", text)
    for reason in explained.unused:
        yield Finding(Verdict.NOTE, "settings", reason, code="variable_unused")


def check_detection(agents: Mapping[str, AgentSettings], dialect: Dialect) -> Iterator[Finding]:
    """Look whether callers of every agent are heard when they interrupt."""
    for name, agent in agents.items():
        if agent.turn_detection.kind == "semantic_vad" and not dialect.hears_with_semantic_vad:
            text = (
                f"agent {name} uses semantic_vad, with which {dialect.name} was seen not to tell "
                "when callers begin to speak, so that they cannot interrupt"
            )
            remedy = 'set turn_detection.kind = "server_vad", or try it out'
            yield Finding(Verdict.NOTE, "agents", text, remedy, "semantic_vad_deaf")


def check_dates(
    line: Line, model: str, settings: Settings, listed: Mapping[str, ListedModel] | None
) -> Iterator[Finding]:
    """Look what of the provider's is in use and will be switched off."""
    transcriber = settings.provider.transcription_model
    today = line.clock.utc().date()
    for ending in endings(line.choice, uses(line.choice, model, transcriber), listed, today):
        text = f"{ending.message} ({ending.source})"
        yield Finding(Verdict.NOTE, "dates", text, ending.remedy, ending.code, ending.ends)


def check_network(url: str, limit_s: float) -> Finding:
    """Look whether the URL's host has an address and takes connections."""
    parts = urlsplit(url)
    host, port = str(parts.hostname), parts.port or _DEFAULT_PORTS[parts.scheme]
    started = time.monotonic()
    try:
        with socket.create_connection((host, port), timeout=limit_s) as connection:
            address = connection.getpeername()[0]
    except (socket.gaierror, UnicodeError):  # the latter for names that no DNS could hold
        remedy = "check its spelling, and name resolution on this machine"
        return Finding(Verdict.BAD, "network", f"{host} has no address", remedy, "no_address")
    except OSError as error:
        reason = error.strerror or f"no answer within {limit_s:g} s"
        text = f"{host}:{port} takes no connection ({reason})"
        return Finding(Verdict.BAD, "network", text, "check port and firewall", "no_connection")
    took_ms = round(1000 * (time.monotonic() - started))
    return Finding(Verdict.GOOD, "network", f"{host}:{port} at {address}, {took_ms} ms")


async def _check_session(engine: RealtimeEngine, settings: Settings) -> list[Finding]:
    """Open a session, as a conversation would, and close it before anything is generated."""
    choice = provider_choice(settings)
    what = f"{choice.name}, model {choice.model}, {_proof(choice)}"
    started = time.monotonic()
    try:
        await engine.open(_spec(settings), _ignore)
    except AgentServiceError as error:
        return [Finding(Verdict.BAD, "provider", f"{what}: {error.message}", code=error.code)]
    finally:
        await engine.close()
    took_ms = round(1000 * (time.monotonic() - started))
    return [
        Finding(Verdict.GOOD, "provider", f"{what}: session set up in {took_ms} ms"),
        *(_left_out(extra, words) for extra, words in engine.left_out.items()),
    ]


def _proof(choice: ProviderChoice) -> str:
    if choice.is_keyless:
        return "with Microsoft Entra ID"
    return "without a key" if choice.api_key is None else "with an API key"


def _spec(settings: Settings) -> SessionSpec:
    """Return what the default agent's conversations begin with, but nothing that is said."""
    agent = settings.agents.get(settings.default_agent)
    if agent is None:
        agent = AgentSettings(name="doctor", title="Doctor", instructions=_INSTRUCTIONS)
    return SessionSpec(
        agent.model_copy(update={"instructions": _INSTRUCTIONS}),
        Modality.TEXT,
        settings.provider.transcription_model,
    )


def _left_out(extra: Extra, words: str) -> Finding:
    code = incident_code(extra)
    if extra is Extra.TRANSCRIPTION:
        text = (
            "the provider does not transcribe, so that there are no captions and a spoken yes "
            f"cannot be read: {words}"
        )
        return Finding(Verdict.NOTE, "provider", text, "set provider.transcription_model", code)
    text = f"sessions go on without a field that the provider refuses: {words}"
    return Finding(Verdict.NOTE, "provider", text, code=code)


def _ignore(event: EngineEvent) -> None:
    """Nothing is asked, so nothing that is answered matters."""


def _check_models() -> Finding:
    """Load all models of the offline provider, as it does when it starts."""
    # The offline extra may be missing, and it is slow to import.
    from agent_service.offline.responder.engine import LocalResponder  # noqa: PLC0415
    from agent_service.offline.speech.engine import LocalSpeech  # noqa: PLC0415

    started = time.monotonic()
    try:
        speech = LocalSpeech()
        responder = LocalResponder.load()
    except AgentServiceError as error:
        return Finding(Verdict.BAD, "provider", error.message, code=error.code)
    took_s = time.monotonic() - started

    async def close() -> None:
        await speech.aclose()
        await responder.aclose()

    asyncio.run(close())
    return Finding(
        Verdict.GOOD, "provider", f"offline, models checked and loaded in {took_s:.1f} s"
    )
