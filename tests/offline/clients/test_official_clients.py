"""Official clients against the provider, unchanged: a typed and a spoken turn, a tool round, an
interruption and an error each.

Most live in environments of their own: ``python tests/offline/clients/install.py`` makes them.
"""

import asyncio
import json
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from agent_service.offline.options import Certificate
from agent_service.offline.ports import (
    CallTool,
    ContextMessage,
    ContextToolOutput,
    ResponseContext,
    ResponsePart,
    Say,
)

Provide = Callable[..., AbstractAsyncContextManager[Any]]
Sound = Callable[[int], bytes]

HERE = Path(__file__).parent
INSTALLED = HERE.parents[2] / "build" / "clients"
GUARD_S = 60


class RuleResponder:
    """Answers by rule, so that a client in another process can count on it."""

    async def respond(self, context: ResponseContext) -> AsyncIterator[ResponsePart]:
        match context.items[-1]:
            case ContextToolOutput(output=output):
                yield Say(f"The tool says {output.strip(chr(34))}")
            case ContextMessage(text=text) if "find" in text and context.tools:
                yield CallTool(context.tools[0]["name"], '{"number": "1004"}')
            case ContextMessage(text=text) if "story" in text:
                for number in range(10):
                    yield Say(f"Chapter {number} was long and full of words.\n")
                await asyncio.Event().wait()
            case ContextMessage(text=text):
                yield Say(f"You said: {text}")

    def expected_words(self, context: ResponseContext) -> str | None:
        return None


def installed(*path: str) -> str:
    found = INSTALLED.joinpath(*path)
    if not found.exists():
        pytest.fail(
            f"{found} is missing: run 'python tests/offline/clients/install.py' first, "
            "or leave these tests out with -m 'not clients'."
        )
    return str(found)


@pytest.fixture
def recording(tmp_path: Path, tone: Sound, silence: Sound) -> Path:
    """A file with something that counts as speech."""
    path = tmp_path / "speech.pcm"
    path.write_bytes(silence(300) + tone(600) + silence(900))
    return path


async def drive(
    provide: Provide,
    command: list[str],
    recording: Path,
    *,
    service: str = "",
    certificate: Certificate | None = None,
) -> dict[str, Any]:
    """Run a driver against a provider and return what it saw."""
    async with provide(
        responder=RuleResponder(), certificate=certificate, guard_s=GUARD_S
    ) as provider:
        provider.speech.by_length = lambda ms: "hello by voice"
        arguments = [*command, provider.url, str(recording), *filter(None, [service])]
        environment = {"PATH": "/usr/bin:/bin", "NODE_NO_WARNINGS": "1"}
        if certificate is not None:
            environment["NODE_EXTRA_CA_CERTS"] = str(certificate.chain)
        process = await asyncio.create_subprocess_exec(
            *arguments, stdout=PIPE, stderr=PIPE, env=environment, cwd=INSTALLED.parent.parent
        )
        try:
            out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, err.decode()
        seen: dict[str, Any] = json.loads(out.decode().strip().splitlines()[-1])
        return seen


EXPECTED = {
    "typed": "You said: Hello there",
    "spoken": "You said: hello by voice",
    "tool": 'find_order {"number": "1004"}: The tool says shipped',
    "interrupted": "cancelled",
    "error": "item_delete_invalid_item_id",
}


def compact(seen: dict[str, Any]) -> dict[str, Any]:
    """JavaScript writes JSON without the space."""
    return seen | {"tool": seen["tool"].replace('":"', '": "')}


def test_openai_python(provide: Provide, recording: Path) -> None:
    command = [sys.executable, str(HERE / "drivers" / "openai_ga.py")]
    assert asyncio.run(drive(provide, command, recording)) == EXPECTED


@pytest.mark.parametrize("service", ["openai", "azure"])
def test_openai_python_with_its_beta_interface(
    provide: Provide, recording: Path, service: str
) -> None:
    command = [sys.executable, str(HERE / "drivers" / "openai_beta.py")]
    assert asyncio.run(drive(provide, command, recording, service=service)) == EXPECTED


@pytest.mark.clients
@pytest.mark.parametrize("service", ["openai", "azure"])
def test_openai_python_1(provide: Provide, recording: Path, service: str) -> None:
    python = installed("openai-1", "bin", "python")
    command = [python, str(HERE / "drivers" / "openai_beta.py")]
    assert asyncio.run(drive(provide, command, recording, service=service)) == EXPECTED


@pytest.mark.clients
def test_openai_agents_python(provide: Provide, recording: Path) -> None:
    command = [installed("agents", "bin", "python"), str(HERE / "drivers" / "agents_python.py")]
    assert asyncio.run(drive(provide, command, recording)) == EXPECTED


def node(program: Callable[[str], str], driver: str) -> list[str]:
    """Return the command of a driver; it is copied to where its packages are found."""
    folder = Path(installed("node", "node_modules")).parent
    copy = folder / driver
    copy.write_text((HERE / "drivers" / driver).read_text(encoding="utf-8"), encoding="utf-8")
    return [program("node"), str(copy)]


@pytest.mark.clients
@pytest.mark.parametrize(
    "driver", ["agents_realtime.mjs", "openai_realtime_api.mjs", "rt_client.mjs"]
)
def test_node_clients(
    provide: Provide, recording: Path, program: Callable[[str], str], driver: str
) -> None:
    seen = asyncio.run(drive(provide, node(program, driver), recording))
    assert compact(seen) == EXPECTED


@pytest.mark.clients
def test_openai_node(
    provide: Provide, recording: Path, program: Callable[[str], str], tmp_path: Path
) -> None:
    certificate = Certificate(tmp_path / "chain.pem", tmp_path / "key.pem")
    make = [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    make += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    make += ["-keyout", str(certificate.key), "-out", str(certificate.chain)]
    subprocess.run(make, check=True, capture_output=True)
    command = node(program, "openai_node.mjs")
    seen = asyncio.run(drive(provide, command, recording, certificate=certificate))
    assert compact(seen) == EXPECTED
