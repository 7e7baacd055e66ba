"""Calls over WebRTC: who may begin and end one, what an offer may be, and lines that are silent."""

import asyncio
import json
import sys
from typing import Any

import httpx
import numpy as np
import pytest
from aiortc import RTCSessionDescription
from openai import AsyncOpenAI
from sqlalchemy import select
from webrtc_line import TONE, WebRtcLine

from agent_service.audio import samples
from agent_service.conversation.records import Caller
from agent_service.errors import SettingsError
from agent_service.store.tables import Conversation
from agent_service.web.server import run
from agent_service.web.tickets import Grant
from agent_service.web.webrtc import door
from agent_service.web.webrtc.door import Patience

NO_SOUND = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


def ticket(lines: Any, **grant: Any) -> str:
    minted: str = lines.tickets.mint(Grant("support", Caller(), **grant))
    return minted


def new_line(lines: Any, **more: Any) -> WebRtcLine:
    line = WebRtcLine(lines.port, **more)
    lines.sockets.append(line)
    return line


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def until(is_so: Any) -> None:
    while not is_so():  # noqa: ASYNC110 - nothing in it is there for a test to wait for
        await asyncio.sleep(0)


def end_reasons(lines: Any) -> list[str | None]:
    with lines.database.read() as session:
        return list(session.scalars(select(Conversation.end_reason)))


def test_what_is_refused_says_why_and_leaves_the_ticket_as_it_was(open_lines: Any) -> None:
    async def scenario() -> Any:
        async with open_lines(server={"origins": ["https://shop.example"]}) as lines:
            line, good = new_line(lines), ticket(lines)
            sdp = await line.sdp()
            kind = {"Content-Type": "application/sdp"}
            sent: dict[str, Any] = {"content": sdp, "headers": kind}

            async def refused(token: str = good, **more: Any) -> tuple[int, str]:
                return problem(await line.request("POST", line.path, token, **(sent | more)))

            found = [
                await refused(""),
                await refused("no.ticket.atall"),
                await refused(ticket(lines, call="twilio CA1")),
                await refused(params={"model": "sales"}),
                await refused(params={"mode": "video"}),
                await refused(params={"last_seq": "x", "resume": "no"}),
                await refused(params={"resume": "true"}),
                await refused(headers=kind | {"Origin": "https://evil.example"}),
                await refused(headers={"Content-Type": "text/plain"}),
                await refused(content=NO_SOUND),
                await refused(content=sdp + 9 * sdp[sdp.index("m=audio") :]),
                await refused(content="x" * 70_000),
                await refused(content=sdp.replace("a=fingerprint", "a=nothing")),
            ]
            return found, len(lines.engines)

    found, engines = run(scenario())
    assert found == [
        (401, "not_authorised"),
        (401, "bad_ticket"),
        (401, "bad_ticket"),
        (400, "unknown_agent"),
        (400, "bad_query"),
        (400, "bad_query"),
        (410, "resume_failed"),
        (403, "origin_not_allowed"),
        (415, "not_sdp"),
        (400, "bad_offer"),
        (400, "bad_offer"),
        (413, "body_too_large"),
        (400, "bad_offer"),
    ]
    assert engines == 0


def test_a_call_takes_a_place_and_a_ticket_and_is_ended_by_who_has_it(open_lines: Any) -> None:
    async def scenario() -> Any:
        async with open_lines(webrtc={"enabled": True, "max_calls": 1}) as lines:
            line, other = new_line(lines), new_line(lines)
            first = await line.offer(ticket(lines))
            await line.opened()
            spare = ticket(lines)
            refused = await other.offer(spare)
            location = first.headers["location"]
            stranger = await line.request("DELETE", location, spare)
            ended = await line.request("DELETE", location, line.ticket)
            code = await line.closed()
            await lines.all_ended()
            await line.close()
            again = await line.request("DELETE", location, line.ticket)
            used = await new_line(lines).offer(line.ticket)
            third = new_line(lines)
            while (
                answer := await third.ask_for_answer(
                    spare, content=await third.sdp(), headers={"Content-Type": "application/sdp"}
                )
            ).status_code == 503:
                """The place is free in a moment."""
            await third.opened()
            third.send(type="end")
            await third.closed()
            return lines, [refused, stranger, ended, again, used, answer], code

    lines, answers, code = run(scenario())
    refused, stranger, ended, again, used, answer = answers
    assert problem(refused) == (503, "overloaded")
    assert refused.headers["retry-after"]
    assert [problem(stranger), problem(again)] == [(404, "unknown_call")] * 2
    assert (ended.status_code, code) == (204, 1000)
    assert problem(used) == (401, "ticket_used")
    assert (answer.status_code, end_reasons(lines)) == (201, ["caller_ended"] * 2)


def test_what_the_caller_says_is_heard(open_lines: Any) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            call = await lines.dial(WebRtcLine)
            await call.line.say(TONE * 400)
            sound = call.provider.engine.audio
            await until(lambda: loud_ms(sound) >= 380)
            call.line.messages.send(b'{"type":"ping"}')  # as good as text
            call.line.send(type="played", item_id="out-1", played_ms=1)  # it is known better
            call.line.send(type="format", format="mulaw")
            await call.line.until(lambda: "pong" in call.line.kinds)
            await call.line.say(TONE * 400)
            await until(lambda: loud_ms(sound) >= 760)
            await call.line.hang_up()
            return lines, loud_ms(sound)

    def loud_ms(sound: Any) -> int:
        pcm = b"".join(bytes(getattr(each, "audio", each)) for each in sound)
        return int(np.count_nonzero(np.abs(samples(pcm).astype(np.int32)) > 2000)) // 21

    lines, ms = run(scenario())
    assert ms <= 1000
    assert lines.turns() == [("agent", "Hello there.", 480, False)]


def test_a_line_without_messages_is_heard_and_shown_nothing(open_lines: Any) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            line = new_line(lines, has_messages=False)
            answer = await line.offer(ticket(lines))
            call = await lines.greeted(line)
            await call.line.request("POST", answer.headers["location"] + "/hangup", line.ticket)
            await lines.all_ended()
        return lines

    lines = run(scenario())
    assert lines.turns() == [("agent", "Hello there.", 480, False)]
    assert end_reasons(lines) == ["caller_ended"]


def test_a_line_that_brings_nothing_is_lost(
    open_lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", Patience(silent_s=1.0))

    async def scenario() -> Any:
        async with open_lines(conversation={"grace_s": 0.1}) as lines:
            line = new_line(lines)
            line.microphone.is_open.clear()
            await line.offer(ticket(lines))
            code = await line.closed()
            await lines.all_ended()
        return lines, code, line.shown

    lines, code, shown = run(scenario())
    assert (code, shown[-1]["reason"]) == (4408, "no_sound")
    assert end_reasons(lines) == ["caller_lost"]


def test_a_call_that_never_connects_is_given_up(
    open_lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", Patience(connect_s=0.1))

    async def scenario() -> Any:
        async with open_lines(webrtc={"enabled": True, "max_calls": 1}) as lines:
            line, other = new_line(lines), new_line(lines)
            headers = {"Content-Type": "application/sdp"}
            sent = {"content": await line.sdp(), "headers": headers}
            first = await line.request("POST", line.path, ticket(lines), **sent)
            sent["content"] = await other.sdp()
            second, spare = first, ticket(lines)
            while (second := await other.request("POST", other.path, spare, **sent)).is_error:
                assert problem(second) == (503, "overloaded")
            return first.status_code, second.status_code, len(lines.engines)

    assert run(scenario()) == (201, 201, 0)


def test_openais_client_names_the_agent_and_nothing_that_is_the_agents_own(open_lines: Any) -> None:
    async def scenario() -> Any:
        async with open_lines() as lines:
            line, spare = new_line(lines), ticket(lines)
            sdp, answers = await line.sdp(), []
            for session in (
                "[]",
                "{",
                json.dumps({"type": "realtime", "model": "support", "instructions": "obey"}),
                json.dumps({"type": "realtime", "model": "sales"}),
            ):
                files = {
                    "sdp": (None, sdp, "application/sdp"),
                    "session": (None, session, "application/json"),
                }
                answers.append(await line.ask_for_answer(spare, files=files))
            async with AsyncOpenAI(base_url=f"{line.url}/v1", api_key=spare) as client:
                begun = await client.realtime.calls.create(
                    sdp=sdp, session={"type": "realtime", "model": "support"}
                )
            await line.peer.setRemoteDescription(RTCSessionDescription(begun.text, "answer"))
            await line.opened()
            line.send(type="end")
            await line.until(lambda: "closed" in line.kinds)
            return answers

    refused = run(scenario())
    codes = ["bad_request", "bad_json", "not_allowed", "unknown_agent"]
    assert [problem(each) for each in refused] == [(400, code) for code in codes]


def test_servers_that_help_are_told_before_the_call_and_with_it(open_lines: Any) -> None:
    section = {
        "enabled": True,
        "turn_urls": ["turn:127.0.0.1:9?transport=tcp"],
        "turn_secret": "north",
    }

    async def scenario() -> Any:
        async with open_lines(webrtc=section) as lines:
            line, other = new_line(lines), ticket(lines)
            told = await line.request("GET", line.path, other)
            return told.json(), await line.request("GET", line.path, "")

    told, refused = run(scenario())
    (server,) = told["iceServers"]
    assert server["urls"] == section["turn_urls"]
    assert server["credential"]
    assert problem(refused) == (401, "not_authorised")


def test_where_there_are_to_be_no_calls_there_is_no_address(open_lines: Any) -> None:
    async def scenario() -> Any:
        async with open_lines(webrtc={}) as lines:
            line = new_line(lines)
            return await line.offer(ticket(lines))

    assert problem(run(scenario())) == (404, "not_found")


def test_without_the_extra_calls_cannot_be_switched_on(
    open_lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with open_lines():
            """It does not open."""

    monkeypatch.delitem(sys.modules, "agent_service.web.webrtc.line", raising=False)
    monkeypatch.setitem(sys.modules, "aiortc", None)
    with pytest.raises(SettingsError, match=r"agent-service\[webrtc\]"):
        run(scenario())
