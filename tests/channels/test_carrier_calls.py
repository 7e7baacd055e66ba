"""A whole call by a carrier: the webhook, the media socket that it names, the agent, the record."""

import re
from typing import Any

import httpx
import websockets.asyncio.client as client
from carrier_line import TwilioLine

from agent_service.web.phone.twilio import signature
from agent_service.web.server import run


def test_a_call_is_answered_and_greeted(open_lines: Any) -> None:
    form = {"CallSid": TwilioLine.carrier_call_id, "From": "+15550100", "To": "+49301"}
    signed = signature("12345", "https://voice.example/phone/twilio", [*form.items()])

    async def scenario() -> tuple[Any, int]:
        async with open_lines() as lines:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{lines.port}") as http:
                headers = {"X-Twilio-Signature": signed}
                answer = await http.post("/phone/twilio", data=form, headers=headers)
                other = await http.post("/phone/nobody", data=form, headers=headers)
            (path,) = re.findall(r'url="wss://voice\.example([^"]+)"', answer.text)
            socket = await client.connect(f"ws://127.0.0.1:{lines.port}{path}")
            lines.sockets.append(socket)
            line = TwilioLine(socket)
            await line.ask("")
            call = await lines.greeted(line)
            await call.line.hang_up()
            await lines.all_ended()
        return lines.turns(), other.status_code

    assert run(scenario()) == ([("agent", "Hello there.", 480, False)], 404)
