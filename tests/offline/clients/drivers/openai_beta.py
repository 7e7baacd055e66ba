"""Drives the beta protocol with the official ``openai`` package: URL, PCM16 file, service."""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

from openai import AsyncAzureOpenAI, AsyncOpenAI

TOOL = {
    "type": "function",
    "name": "find_order",
    "parameters": {"type": "object", "properties": {"number": {"type": "string"}}},
}


def connect(url: str, service: str) -> Any:
    socket = url.replace("http", "ws", 1)
    if service == "azure":
        client: AsyncOpenAI = AsyncAzureOpenAI(
            azure_endpoint=url,
            websocket_base_url=f"{socket}/openai",
            api_key="any",
            api_version="2024-10-01-preview",
            azure_deployment="rt-demo",
        )
    else:
        client = AsyncOpenAI(base_url=f"{url}/v1", websocket_base_url=f"{socket}/v1", api_key="any")
    return client.beta.realtime.connect(model="rt-demo")


async def answer(connection: Any) -> Any:
    async for event in connection:
        if event.type == "response.done":
            return event.response
    raise RuntimeError("the connection ended")


async def ask(connection: Any, text: str) -> None:
    content = [{"type": "input_text", "text": text}]
    item = {"type": "message", "role": "user", "content": content}
    await connection.conversation.item.create(item=item)
    await connection.response.create()


async def main(url: str, recording: bytes, service: str) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    async with connect(url, service) as connection:
        session: Any = {"tools": [TOOL], "input_audio_transcription": {"model": "whisper-1"}}
        await connection.session.update(session=session)
        await ask(connection, "Hello there")
        response = await answer(connection)
        seen["typed"] = response.output[0].content[0].transcript

        audio = base64.b64encode(recording).decode()
        await connection.input_audio_buffer.append(audio=audio)
        response = await answer(connection)
        seen["spoken"] = response.output[0].content[0].transcript

        await ask(connection, "Please find it")
        call = (await answer(connection)).output[0]
        output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "shipped"}
        await connection.conversation.item.create(item=output)
        await connection.response.create()
        response = await answer(connection)
        seen["tool"] = f"{call.name} {call.arguments}: {response.output[0].content[0].transcript}"

        await ask(connection, "Tell me a story")
        async for event in connection:
            if event.type == "response.audio.delta":
                break
        await connection.response.cancel()
        seen["interrupted"] = (await answer(connection)).status

        await connection.conversation.item.delete(item_id="item_unknown")
        async for event in connection:
            if event.type == "error":
                seen["error"] = event.error.code
                break
    return seen


result = asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_bytes(), sys.argv[3]))
sys.stdout.write(json.dumps(result) + "\n")
