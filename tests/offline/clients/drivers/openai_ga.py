"""Drives the GA protocol with the official ``openai`` package: URL, then a file of PCM16."""

import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI

TOOL = {
    "type": "function",
    "name": "find_order",
    "parameters": {"type": "object", "properties": {"number": {"type": "string"}}},
}


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


async def main(url: str, recording: bytes) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    client = AsyncOpenAI(base_url=f"{url}/v1", api_key="any")
    async with client.realtime.connect(model="gpt-realtime") as connection:
        session: Any = {
            "type": "realtime",
            "tools": [TOOL],
            "audio": {"input": {"transcription": {"model": "whisper-1"}}},
        }
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
            if event.type == "response.output_audio.delta":
                break
        await connection.response.cancel()
        seen["interrupted"] = (await answer(connection)).status

        await connection.conversation.item.delete(item_id="item_unknown")
        async for event in connection:
            if event.type == "error":
                seen["error"] = event.error.code
                break
    return seen


result = asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_bytes()))
sys.stdout.write(json.dumps(result) + "\n")
