"""Drives the GA protocol with the OpenAI agents package for Python: URL, then a PCM16 file."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from agents import function_tool, set_tracing_disabled
from agents.realtime import RealtimeAgent, RealtimeRunner
from agents.realtime.model_inputs import RealtimeModelSendRawMessage

set_tracing_disabled(True)
calls: list[str] = []


@function_tool  # type: ignore[untyped-decorator, unused-ignore]  # not installed where types are checked
def find_order(number: str) -> str:
    """Find an order."""
    calls.append(number)
    return "shipped"


def last_words(history: list[Any]) -> str:
    said = [item for item in history if getattr(item, "role", "") == "assistant"]
    if not said:
        return ""
    parts = said[-1].content
    return "".join(part.transcript or "" for part in parts if part.type == "audio")


async def main(url: str, recording: bytes) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    agent = RealtimeAgent(name="Support", instructions="Be brief.", tools=[find_order])
    socket = url.replace("http", "ws", 1) + "/v1/realtime?model=gpt-realtime"
    runner = RealtimeRunner(agent)
    session = await runner.run(model_config={"url": socket, "api_key": "any"})
    history: list[Any] = []
    async with session:
        events = session.__aiter__()

        async def until(kind: str, wanted: str = "") -> Any:
            """Take events until one of this kind, and until the assistant said the words."""
            async for event in events:
                if event.type == "error" and kind != "error":
                    raise RuntimeError(str(event.error))
                if event.type == "history_updated":
                    history[:] = event.history
                if event.type == "history_added":
                    history[:] = [i for i in history if i.item_id != event.item.item_id]
                    history.append(event.item)
                if event.type == kind and wanted in last_words(history):
                    return event
            raise RuntimeError("the session ended")

        await session.send_message("Hello there")
        await until("agent_end")
        seen["typed"] = await settled_words(until, history, "Hello there")

        await session.send_audio(recording)
        await until("agent_end")
        seen["spoken"] = await settled_words(until, history, "hello by voice")

        await session.send_message("Please find it")
        await until("tool_end")
        said = await settled_words(until, history, "The tool")
        seen["tool"] = f"find_order {json.dumps({'number': calls[0]})}: {said}"

        await session.send_message("Tell me a story")
        await until("audio")
        await session.interrupt()
        await until("audio_interrupted")
        seen["interrupted"] = "cancelled"

        await session.model.send_event(raw({"type": "conversation.item.delete", "item_id": "x"}))
        error = (await until("error")).error
        seen["error"] = getattr(error, "code", None) or str(error)
    return seen


async def settled_words(until: Any, history: list[Any], wanted: str) -> str:
    while wanted not in last_words(history):
        await until("history_updated", wanted)
    return last_words(history)


def raw(event: dict[str, Any]) -> Any:
    kind = event.pop("type")
    return RealtimeModelSendRawMessage(message={"type": kind, "other_data": event})


result = asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_bytes()))
sys.stdout.write(json.dumps(result) + "\n")
