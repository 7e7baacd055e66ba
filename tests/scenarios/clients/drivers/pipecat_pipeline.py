"""Calls an agent from a pipecat pipeline."""

import asyncio
import json
import sys
from typing import Any

from pipecat.frames.frames import Frame, LLMRunFrame, TTSAudioRawFrame, TTSTextFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService


class Ear(FrameProcessor):  # type: ignore[misc, unused-ignore]  # not installed where types are checked
    """Keeps what the agent says, and ends the call once it is enough."""

    def __init__(self, task: Any) -> None:
        super().__init__()
        self.text, self.sound = "", 0
        self.enough = asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSTextFrame):
            self.text += frame.text
        if isinstance(frame, TTSAudioRawFrame):
            self.sound += len(frame.audio)
        if "Courier" in self.text and self.sound:
            self.enough.set()
        await self.push_frame(frame, direction)


async def main(url: str, ticket: str) -> dict[str, Any]:
    service = OpenAIRealtimeLLMService(
        api_key=ticket,
        base_url=f"{url.replace('http', 'ws', 1)}/v1/realtime",
        settings=OpenAIRealtimeLLMService.Settings(model="support"),
    )
    context = LLMContext([{"role": "user", "content": "Where is my order 1004?"}])
    pair = LLMContextAggregatorPair(context)
    ear = Ear(None)
    pipeline = Pipeline([pair.user(), service, ear, pair.assistant()])
    task = PipelineTask(pipeline, params=PipelineParams())
    runner = PipelineRunner(handle_sigint=False)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(runner.run(task))
        await task.queue_frames([LLMRunFrame()])
        await ear.enough.wait()
        await task.cancel()
    return {"answer": ear.text}


sys.stdout.write(json.dumps(asyncio.run(main(*sys.argv[1:3]))) + "\n")
