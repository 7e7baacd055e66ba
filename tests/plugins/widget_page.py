"""A page of somebody else's that holds nothing but the widget's client, in Chromium."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from agent_service.audio import write_wav
from agent_service.web import qr_codes, widget_files

PAGE: Final = """<!doctype html><meta charset="utf-8"><title>A page</title>
<link rel="icon" href="data:,"><button id="tap">Tap</button>"""

Samples = NDArray[np.float64]


def page_routes(service: Any) -> Sequence[BaseRoute]:
    """Return the routes of the empty page, of its ticket and of the widget's files."""

    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE)

    async def ticket(request: Request) -> Response:
        return Response(service.ticket(origin=f"http://127.0.0.1:{service.port}"))

    async def conversation_of(token: str) -> str | None:
        known = [each for each in service.host.sessions if each.resume_token == token]
        return known[0].conversation_id if known else None

    return [
        Route("/", page),
        Route("/ticket", ticket, methods=["POST"]),
        *widget_files.routes(widget_files.WidgetFiles()),
        *qr_codes.routes(conversation_of),
    ]


def tone(hz: float, rate_hz: int, seconds: float = 1.0, level: float = 0.5) -> Samples:
    wave: Samples = level * np.sin(2 * np.pi * hz * np.arange(int(rate_hz * seconds)) / rate_hz)
    return wave


@pytest.fixture
def microphone(tmp_path: Any) -> Callable[[Samples], list[str]]:
    """Chromium's flags for a microphone that hears these samples at 48 kHz, over and over."""

    def flags(heard: Samples) -> list[str]:
        path = tmp_path / "microphone.wav"
        write_wav(path, np.round(heard * 32767).astype("<i2").tobytes(), 48_000)
        return [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={path}",
            "--autoplay-policy=user-gesture-required",
        ]

    return flags
