"""What ``doctor`` looks at on the provider's side: the network, the handshake, or the models."""

import asyncio
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from agent_service.app import provider_choice
from agent_service.cli.checks import Finding, Verdict
from agent_service.clock import SystemClock
from agent_service.conversation.events import EngineEvent
from agent_service.conversation.records import Modality
from agent_service.conversation.spec import SessionSpec
from agent_service.engines.choosing import engine_factory
from agent_service.engines.line import EngineLimits
from agent_service.engines.provider import ProviderChoice
from agent_service.errors import AgentServiceError
from agent_service.settings import Settings

_DEFAULT_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}


def check_provider(settings: Settings) -> Iterator[Finding]:
    """Look whether conversations could be held with the configured provider."""
    if settings.provider.chosen_kind == "offline":
        yield _check_models()
        if settings.offline.chat_url is not None:
            yield check_network(settings.offline.chat_url, settings.provider.connect_timeout_s)
        return
    try:
        choice = provider_choice(settings)
        network = check_network(choice.endpoint, settings.provider.connect_timeout_s)
        yield network
        if network.verdict is Verdict.GOOD:
            yield asyncio.run(_check_session(choice, settings.provider.connect_timeout_s))
    except AgentServiceError as error:
        yield Finding(Verdict.BAD, "provider", error.message)


def check_network(url: str, limit_s: float) -> Finding:
    """Look whether the URL's host has an address and takes connections."""
    parts = urlsplit(url)
    host, port = str(parts.hostname), parts.port or _DEFAULT_PORTS[parts.scheme]
    started = time.monotonic()
    try:
        with socket.create_connection((host, port), timeout=limit_s) as connection:
            address = connection.getpeername()[0]
    except (socket.gaierror, UnicodeError):  # the latter for names that no DNS could hold
        advice = f"{host} has no address: check its spelling, and name resolution on this machine"
        return Finding(Verdict.BAD, "network", advice)
    except OSError as error:
        reason = error.strerror or f"no answer within {limit_s:g} s"
        advice = f"{host}:{port} takes no connection ({reason}): check port and firewall"
        return Finding(Verdict.BAD, "network", advice)
    took_ms = round(1000 * (time.monotonic() - started))
    return Finding(Verdict.GOOD, "network", f"{host}:{port} at {address}, {took_ms} ms")


async def _check_session(choice: ProviderChoice, limit_s: float) -> Finding:
    """Open a session, as a conversation would, and close it before anything is generated."""
    proof = "Microsoft Entra ID" if choice.is_keyless else "an API key"
    what = f"{choice.name}, model {choice.model}, with {proof}"
    engine = engine_factory(choice, clock=SystemClock(), limits=EngineLimits(connect_s=limit_s))()
    started = time.monotonic()
    try:
        await engine.open(SessionSpec("Be brief.", "alloy", Modality.TEXT), _ignore)
    except AgentServiceError as error:
        return Finding(Verdict.BAD, "provider", f"{what}: {error.message}")
    finally:
        await engine.close()
    took_ms = round(1000 * (time.monotonic() - started))
    return Finding(Verdict.GOOD, "provider", f"{what}: session set up in {took_ms} ms")


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
        return Finding(Verdict.BAD, "provider", error.message)
    took_s = time.monotonic() - started

    async def close() -> None:
        await speech.aclose()
        await responder.aclose()

    asyncio.run(close())
    return Finding(
        Verdict.GOOD, "provider", f"offline, models checked and loaded in {took_s:.1f} s"
    )
