"""Calls an agent with the Realtime model of livekit-agents."""

import asyncio
import json
import sys
from typing import Any

from livekit.agents import llm
from livekit.plugins.openai import realtime


async def main(url: str, ticket: str) -> dict[str, Any]:
    model = realtime.RealtimeModel(
        model="support", api_key=ticket, base_url=f"{url.replace('http', 'ws', 1)}/v1/realtime"
    )
    session = model.session()
    words: list[str] = []
    enough = asyncio.Event()
    errors: list[str] = []
    session.on("error", lambda error: errors.append(str(error)))

    async def read(generation: Any) -> None:
        async for message in generation.message_stream:
            async for text in message.text_stream:
                words.append(str(text))
                if "Courier" in "".join(words):
                    enough.set()

    readers = []
    loop = asyncio.get_running_loop()
    session.on("generation_created", lambda made: readers.append(loop.create_task(read(made))))
    context = llm.ChatContext.empty()
    context.add_message(role="user", content="Where is my order 1004?")
    await session.update_chat_ctx(context)
    session.generate_reply()
    async with asyncio.timeout(60):
        await enough.wait()
    await session.aclose()
    if errors:
        raise RuntimeError(errors)
    return {"answer": "".join(words)}


sys.stdout.write(json.dumps(asyncio.run(main(*sys.argv[1:3]))) + "\n")
