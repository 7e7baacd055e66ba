"""An address becomes a QR code for who shows the token of a conversation."""

import asyncio
import json
import re
from typing import Any

import httpx
import numpy as np
import pytest
import zxingcpp

from agent_service.web import qr_codes
from agent_service.web.application import application
from agent_service.web.qr_codes import QrAnswer, drawing

ADDRESS = "https://shop.example/mugs?size=large#support-conversation=A-token_of-24-bytes"
LINE = re.compile(r"M(\d+) (\d+)\.5h(\d+)")


def ask(body: Any, token: str = "token", **headers: str) -> httpx.Response:
    async def conversation_of(token: str) -> str | None:
        return "conversation-1" if token == "token" else None

    async def scenario() -> httpx.Response:
        transport = httpx.ASGITransport(application(qr_codes.routes(conversation_of)))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.post(
                "/api/conversations/conversation-1/qr",
                json=body,
                headers={"Authorization": f"Bearer {token}", **headers},
            )

    return asyncio.run(scenario())


def seen(drawn: QrAnswer) -> str:
    """Return what a camera reads."""
    picture = np.full((drawn.size, drawn.size), 255, np.uint8)
    for x, y, length in (map(int, found) for found in LINE.findall(drawn.path)):
        picture[y, x : x + length] = 0
    assert LINE.sub("", drawn.path) == ""
    return zxingcpp.read_barcodes(np.kron(picture, np.ones((4, 4), np.uint8)))[0].text


@pytest.mark.parametrize("address", [ADDRESS, "http://a", "https://a/" + 990 * "b"])
def test_a_camera_reads_the_address(address: str) -> None:
    assert seen(drawing(address)) == address


def test_a_page_of_any_site_gets_it_with_the_token_of_the_conversation() -> None:
    answer = ask({"address": ADDRESS}, Origin="https://shop.example")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert seen(QrAnswer(**answer.json())) == ADDRESS


def test_nobody_else_does() -> None:
    answer = ask({"address": ADDRESS}, "another")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authorised")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://a b", "https://a/" + 1000 * "b", 7, "https://ä"]
)
def test_what_is_no_address_of_the_web_is_refused(address: Any) -> None:
    answer = ask({"address": address})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert "$.address" in json.dumps(answer.json())
