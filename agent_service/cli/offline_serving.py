"""What ``agent-service offline`` runs: loads the models, serves, and puts them away."""

from collections.abc import Callable

import uvicorn

from agent_service.offline.chat_responder import ChatResponder
from agent_service.offline.faults.plan import FaultPlan
from agent_service.offline.options import OfflineOptions
from agent_service.offline.responder.engine import LocalResponder
from agent_service.offline.scripts.script import read_script
from agent_service.offline.server import build, serve
from agent_service.offline.speech.engine import LocalSpeech


def run_offline_server(
    options: OfflineOptions,
    *,
    on_ready: Callable[[str, uvicorn.Server], None],
    progress: Callable[[str], None] = lambda step: None,
) -> None:
    """Serve until a signal or ``server.should_exit``; ``on_ready`` gets the URL."""
    # What can be wrong in the options is found before the models take their seconds.
    scripts = [read_script(path) for path in options.scripts]
    FaultPlan(options.faults)
    speech = LocalSpeech(progress=progress)
    responder = _responder(options, progress)

    async def close() -> None:
        await speech.aclose()
        await responder.aclose()

    app = build(
        speech,
        responder,
        api_keys=options.api_keys,
        limits=options.limits,
        scripts=scripts,
        faults=options.faults,
        fault_seed=options.fault_seed,
        close=close,
    )
    serve(
        app,
        host=options.host,
        port=options.port,
        certificate=options.certificate,
        on_ready=on_ready,
    )


def _responder(
    options: OfflineOptions, progress: Callable[[str], None]
) -> LocalResponder | ChatResponder:
    if options.chat is None:
        return LocalResponder.load(progress)
    return ChatResponder(options.chat.url, options.chat.model, options.chat.key)
