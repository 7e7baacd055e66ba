"""Calls an agent with pydantic-ai."""

import asyncio
import json
import sys
from typing import Any

from pydantic_ai import Agent
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.realtime import RealtimeTurnCompleteEvent
from pydantic_ai.realtime.openai import OpenAIRealtimeModel


async def main(url: str, ticket: str) -> dict[str, Any]:
    provider = OpenAIProvider(base_url=f"{url}/v1", api_key=ticket)
    model = OpenAIRealtimeModel("support", provider=provider)
    seen: dict[str, Any] = {}
    async with Agent().realtime(model).session() as session:
        await session.send("Where is my order 1004?")
        async for event in session:
            said = str(session.all_messages())
            if isinstance(event, RealtimeTurnCompleteEvent) and "Courier" in said:
                break
        seen["answer"] = said
    return seen


sys.stdout.write(json.dumps(asyncio.run(main(*sys.argv[1:3]))) + "\n")
