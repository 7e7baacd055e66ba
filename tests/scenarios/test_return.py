"""Callers come back: after a broken line, and after the process that held their call was killed."""

import asyncio
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx
from typist import Typist, begin, dial


async def return_to(url: str, caller: Typist, *, has_kept: bool = True) -> Typist:
    again = await dial(url)
    resume = {"token": caller.token} | ({"last_seq": caller.last_seq} if has_kept else {})
    await again.send(type="start", resume=resume)
    ready = await again.until("ready")
    assert ready["is_resumed"]
    assert again.token != caller.token
    return again


async def said(caller: Typist, words: str) -> str:
    """Wait until the agent has said that; return the whole of it."""
    text = ""
    while words not in text:
        text = (await caller.until("transcript", role="agent", is_final=True))["text"]
    return text


async def greeting(again: Typist) -> str:
    """Return what the caller is told first after the process was killed."""
    return await said(again, "cut off")


def test_a_killed_process_loses_nothing_that_was_final_and_the_caller_goes_on(
    start_up: Callable[..., Any],
) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(150):
            first = start_up()
            caller = await begin(first.url)
            assert "Blue Courier" in await caller.ask("Where is order 1004?")
            first.process.kill()
            first.process.wait()
            await caller.socket.close()

            second = start_up(first.data_dir)
            again = await return_to(second.url, caller)
            await greeting(again)
            assert caller.finals.keys() <= again.finals.keys()
            (known,) = [t for t in caller.finals.values() if "Blue Courier" in t["text"]]
            same = again.finals[known["turn_id"]]
            assert same | {"seq": known["seq"]} == known
            assert "1004" in await again.ask("When will it arrive?")
            await again.send(type="text", text="What are your opening hours?")
            tool = await again.until("tool", status="succeeded")
            assert tool["arguments"] == "{}"
            assert "output" in tool
            await again.send(type="end")
            await again.until("ended", reason="caller_ended")
            await again.socket.close()

            conversations = second.ask("/api/conversations")["items"]
            assert [entry["end_reason"] for entry in conversations] == ["caller_ended"]
            record = second.ask(f"/api/conversations/{conversations[0]['id']}")
            assert [turn["seq"] for turn in record["turns"]] == list(
                range(1, len(record["turns"]) + 1)
            )

    asyncio.run(scenario())


def test_who_comes_back_after_the_end_is_told_what_was_said_and_how_it_ended(up: Any) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(150):
            caller = await begin(up.url)
            await caller.ask("Where is order 1004?")
            await caller.send(type="end")
            await caller.until("ended")
            await caller.socket.close()

            address = f"{up.url}/api/conversations/{caller.conversation_id}/ended"
            async with httpx.AsyncClient() as http:
                refused = await http.get(address, headers={"Authorization": "Bearer another"})
                assert refused.status_code == 401
                bearer = {"Authorization": f"Bearer {caller.token}", "Origin": "https://a.example"}
                answer = await http.get(address, headers=bearer)
            assert answer.headers["access-control-allow-origin"] == "*"
            messages = answer.json()["messages"]
            told = {m["turn_id"]: m["text"] for m in messages if m["type"] == "transcript"}
            assert told == {id: turn["text"] for id, turn in caller.finals.items()}
            assert [m["status"] for m in messages if m["type"] == "tool"] == ["succeeded"]
            assert messages[-1] == {"type": "ended", "seq": 0, "reason": "caller_ended"}

    asyncio.run(scenario())


LEFT_OUT = ("seq", "arguments", "notice")
SHOWN = ("transcript", "tool", "confirm_closed", "level")


def shown(caller: Typist) -> list[dict[str, Any]]:
    """Return what was shown of what is over, but for the numbers of the socket and for what the
    record has not: personal data of arguments, and which notice it was."""
    told = [message for message in caller.seen if message["type"] in SHOWN]
    return [{n: value for n, value in each.items() if n not in LEFT_OUT} for each in told]


def test_a_loaded_page_is_shown_the_same_after_its_process_was_killed(
    start_up: Callable[..., Any],
) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(100):
            first = start_up()
            caller = await begin(first.url, "?unknown")
            await caller.send(type="text", text="Where is order 1004?")
            await caller.until("tool", needs="identified")
            await said(caller, "check who you are")
            entered = {"order_number": "1004", "postcode": "01101"}
            await caller.send(type="check", proof="order", fields=entered)
            await said(caller, "Blue Courier")
            await caller.send(type="text", text="Book a callback about order 1004 to 555 0100")
            question = (await caller.until("confirm"))["confirmation_id"]
            await caller.send(type="confirm", confirmation_id=question, accepted=True)
            await caller.until("tool", name="book_callback", status="succeeded")
            await said(caller, "call")
            await caller.socket.close()
            before = await return_to(first.url, caller, has_kept=False)
            await before.until("floor")
            known = shown(before)
            # What is final is on record, and with it what the page returns with.
            await before.send(type="text", text="What are your opening hours?")
            await before.until("tool", arguments="{}", status="succeeded")
            await before.until("transcript", role="agent", is_final=True)
            first.process.kill()
            first.process.wait()
            await before.socket.close()

            second = start_up(first.data_dir)
            after = await return_to(second.url, before, has_kept=False)
            await greeting(after)
            await after.socket.close()
            again = shown(after)[: len(known)]
            kinds = [each["type"] for each in again]
            assert kinds.count("tool") == 3
            assert kinds.count("level") == kinds.count("confirm_closed") == 1
            assert again == known

    asyncio.run(scenario())


def test_who_returns_after_a_kill_behind_their_yes_hears_what_came_of_it(
    start_up: Callable[..., Any],
) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(150):
            first = start_up()
            caller = await begin(first.url)
            await caller.send(type="text", text="Please cancel order 1007")
            question = (await caller.until("confirm"))["confirmation_id"]
            await caller.send(type="confirm", confirmation_id=question, accepted=True)
            await caller.until("tool", name="cancel_order", status="succeeded")
            first.process.kill()
            first.process.wait()
            await caller.socket.close()

            second = start_up(first.data_dir)
            again = await return_to(second.url, caller)
            told = await greeting(again)
            assert "Order 1007 is cancelled" in told
            assert "not done" not in told
            await again.socket.close()

    asyncio.run(scenario())


def test_a_broken_line_is_taken_up_where_it_was(up: Any) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(150):
            caller = await begin(up.url)
            caller.socket.transport.abort()
            await caller.socket.wait_closed()
            again = await return_to(up.url, caller)
            assert "Blue Courier" in await again.ask("Where is order 1004?")
            await again.send(type="end")
            await again.until("ended")
            await again.socket.close()

    asyncio.run(scenario())


def test_who_hangs_up_right_behind_their_yes_has_it_done(start_up: Callable[..., Any]) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(150):
            up = start_up()
            for order in (1007, 1010):
                caller = await begin(up.url)
                await caller.send(type="text", text=f"Please cancel order {order}")
                question = (await caller.until("confirm"))["confirmation_id"]
                await caller.send(type="confirm", confirmation_id=question, accepted=True)
                await caller.send(type="end")
                await caller.until("ended", reason="caller_ended")
                await caller.socket.close()
            up.process.send_signal(signal.SIGTERM)  # waits for the tools
            assert await asyncio.to_thread(up.process.wait) == 0
            with closing(sqlite3.connect(up.data_dir / "agent_service.db")) as database:
                calls = database.execute("SELECT status FROM tool_calls").fetchall()
            assert [status for (status,) in calls] == ["succeeded"] * 2

    asyncio.run(scenario())
