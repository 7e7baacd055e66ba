"""Calls an agent with the OpenAI agents package for Python."""

import asyncio
import json
import sys
from typing import Any

from agents import set_tracing_disabled
from agents.realtime import RealtimeAgent, RealtimeRunner
from agents.realtime.model_inputs import RealtimeModelSendRawMessage

set_tracing_disabled(True)


def words_of(history: list[Any]) -> str:
    said = [item for item in history if getattr(item, "role", "") == "assistant"]
    parts = [part for item in said for part in item.content]
    return " ".join(getattr(part, "transcript", None) or "" for part in parts)


async def main(url: str, ticket: str) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    runner = RealtimeRunner(RealtimeAgent(name="Support"))
    socket = f"{url.replace('http', 'ws', 1)}/v1/realtime?model=support"
    session = await runner.run(model_config={"url": socket, "api_key": ticket})
    history: dict[str, Any] = {}
    async with session:
        events = session.__aiter__()

        async def until(kind: str, words: str = "") -> Any:
            async for event in events:
                if event.type == "error" and kind != "error":
                    raise RuntimeError(str(event.error))
                if event.type == "history_updated":
                    history.clear()
                    history.update({item.item_id: item for item in event.history})
                if event.type == "history_added":
                    history[event.item.item_id] = event.item
                if event.type == kind and words in words_of([*history.values()]):
                    return event
            raise RuntimeError("the session ended")

        await session.send_message("Where is my order 1004?")
        await until("history_updated", "1004")
        await until("agent_end", "1004")
        seen["answer"] = words_of([*history.values()])

        await session.send_message("Where is my order 1004?")
        await until("audio")
        await session.interrupt()
        await until("audio_interrupted")
        seen["interrupted"] = "cancelled"

        refused = {"type": "input_audio_buffer.clear"}
        await session.model.send_event(RealtimeModelSendRawMessage(message=refused))
        seen["error"] = (await until("error")).error.code
    return seen


sys.stdout.write(json.dumps(asyncio.run(main(*sys.argv[1:3]))) + "\n")
