"""``agent-service offline`` as a process: ready line, a typed turn, an orderly end."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from agent_service.__main__ import main


def test_provider_starts_says_so_answers_and_ends_with_its_parent(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    command = ["-m", "agent_service", "offline", "--port", "0", "--exit-with-parent"]
    command += ["--ready-file", str(ready_file), "--key", "k1"]

    async def scenario() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            ready = json.loads(await process.stdout.readline())
            assert ready["event"] == "ready"
            assert json.loads(ready_file.read_text()) == ready
            assert await typed_turn(ready["url"])
        finally:
            process.stdin.close()
            _, log = await process.communicate()
        assert process.returncode == 0, log.decode()
        assert "Traceback" not in log.decode()

    async def guarded() -> None:
        async with asyncio.timeout(60):
            await scenario()

    asyncio.run(guarded())


async def typed_turn(url: str) -> str:
    """Ask something and return what was said."""
    address = url.replace("http", "ws", 1) + "/v1/realtime?model=any"
    async with connect(address, additional_headers={"api-key": "k1"}, max_size=None) as socket:
        content = [{"type": "input_text", "text": "Hello"}]
        item = {"type": "message", "role": "user", "content": content}
        await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
        await socket.send(json.dumps({"type": "response.create"}))
        while (event := json.loads(await socket.recv()))["type"] != "response.done":
            pass
        transcript: str = event["response"]["output"][0]["content"][0]["transcript"]
        return transcript


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tls-key", "key.pem"], "give --tls-certificate and --tls-key"),
        (["--chat-url", "http://127.0.0.1:1"], "give --chat-url and --chat-model"),
        (["--faults", "latencyy"], "Did you mean 'latency'?"),
        (["--script", "missing.toml"], "missing.toml cannot be read"),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_loaded(
    options: list[str], message: str
) -> None:
    async def scenario() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "agent_service", "offline", *options, stdout=PIPE, stderr=PIPE
        )
        out, log = await process.communicate()
        assert process.returncode == 1
        assert out == b""
        assert message in log.decode()
        assert "loading" not in log.decode()

    asyncio.run(scenario())


def test_faults_of_a_provider_that_does_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["offline", "faults", "list", "--url", "http://127.0.0.1:9"]) == 1
    assert "No offline provider answers" in capsys.readouterr().err
