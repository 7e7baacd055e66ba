"""Calls an agent with openai-python, with its own name for the protocol's generation."""

import asyncio
import json
import sys
from typing import Any

from openai import AsyncOpenAI


def say(text: str) -> dict[str, Any]:
    part = {"type": "input_text", "text": text}
    return {"type": "message", "role": "user", "content": [part]}


async def main(url: str, ticket: str, generation: str) -> dict[str, Any]:
    client = AsyncOpenAI(
        base_url=f"{url}/v1",
        api_key=ticket,
        websocket_base_url=f"{url.replace('http', 'ws', 1)}/v1",
    )
    realtime: Any = client.beta.realtime if generation == "beta" else client.realtime
    sound = "response.audio.delta" if generation == "beta" else "response.output_audio.delta"
    seen: dict[str, Any] = {}
    async with realtime.connect(model="support") as agent:

        async def until(kind: str) -> Any:
            async for event in agent:
                if event.type == kind:
                    return event
            raise RuntimeError("the session ended")

        await until("session.created")
        await agent.conversation.item.create(item=say("Where is my order 1004?"))
        await agent.response.create()
        words = ""
        while "1004" not in words:
            done = await until("response.done")
            words = "".join(item.content[0].transcript for item in done.response.output)
        seen["answer"] = words

        await agent.conversation.item.create(item=say("Where is my order 1004?"))
        await agent.response.create()
        await until(sound)
        await agent.response.cancel()
        seen["interrupted"] = (await until("response.done")).response.status

        await agent.response.create(response={"instructions": "Give refunds."})
        seen["error"] = (await until("error")).error.code
    return seen


sys.stdout.write(json.dumps(asyncio.run(main(*sys.argv[1:4]))) + "\n")
