"""A service that is told to stop lets conversations come to a turn's end; Ctrl-C does not."""

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from typist import Typist, begin

GUARD_S = 90


async def asked_to_confirm(url: str) -> tuple[Typist, str]:
    """Begin a conversation that is in the middle of a question."""
    caller = await begin(url)
    await caller.send(type="text", text="Please cancel order 1007")
    asked = await caller.until("confirm")
    return caller, str(asked["confirmation_id"])


def test_sigterm_lets_a_question_be_answered_and_carried_out(
    start_up: Callable[..., Any],
) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(GUARD_S):
            up = start_up()
            caller, question = await asked_to_confirm(up.url)
            os.kill(up.provider_pid, signal.SIGTERM)  # as systemd stops a whole group
            up.process.send_signal(signal.SIGTERM)
            await caller.until("incident", code="service_stopping")
            await caller.send(type="confirm", confirmation_id=question, accepted=True)
            await caller.until("tool", name="cancel_order", status="succeeded")
            await caller.until("transcript", role="agent", is_final=True)
            await caller.until("ended", reason="service_stopping")
            await caller.socket.wait_closed()
            assert caller.socket.close_code == 1012
            assert await asyncio.to_thread(up.process.wait) == 0
            assert not any("ended unexpectedly" in line for line in up.said)

    asyncio.run(scenario())


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGTERM, signal.SIGTERM]])
def test_ctrl_c_and_a_second_signal_wait_for_no_answer(
    start_up: Callable[..., Any], signals: list[signal.Signals]
) -> None:
    async def scenario() -> None:
        async with asyncio.timeout(GUARD_S):
            up = start_up()
            caller, _ = await asked_to_confirm(up.url)
            up.process.send_signal(signals[0])
            if signals[1:]:
                await caller.until("incident", code="service_stopping")
                up.process.send_signal(signals[1])
            async with asyncio.timeout(10):  # server.drain_s is 20
                await caller.socket.wait_closed()
                expected = 130 if signals[0] == signal.SIGINT else 0
                assert await asyncio.to_thread(up.process.wait) == expected

    asyncio.run(scenario())
