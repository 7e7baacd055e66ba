"""What ``agent-service offline`` runs: loads the models, serves, and puts them away."""

import asyncio
from collections.abc import Callable

import uvicorn

from agent_service.offline.limits import OfflineOptions
from agent_service.offline.responder.engine import LocalResponder
from agent_service.offline.server import build, serve
from agent_service.offline.speech.engine import LocalSpeech


def run_offline_server(
    options: OfflineOptions,
    *,
    on_ready: Callable[[str, uvicorn.Server], None],
    progress: Callable[[str], None] = lambda step: None,
) -> None:
    """Serve until a signal or ``server.should_exit``; ``on_ready`` gets the URL."""
    speech = LocalSpeech(progress=progress)
    responder = LocalResponder.load(progress)
    app = build(speech, responder, api_keys=options.api_keys, limits=options.limits)

    async def close() -> None:
        await speech.aclose()
        await responder.aclose()

    try:
        serve(
            app,
            host=options.host,
            port=options.port,
            certificate=options.certificate,
            on_ready=on_ready,
        )
    finally:
        asyncio.run(close())
