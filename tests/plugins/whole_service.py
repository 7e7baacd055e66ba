"""The whole service around the shop's tools, with the provider's part played by hand."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from an_agent import AGENT, LIMITS
from hand_provider import HandProvider
from shop_desk import ShopDesk

from agent_service.channels.widget import TRAITS
from agent_service.clock import SystemClock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Modality
from agent_service.demo_shop.seed import DEMO_CALLER
from agent_service.engines.scripted import ScriptedEngine
from agent_service.runtime.host import AgentProfile, Host
from agent_service.runtime.identity_desk import IdentityDesk
from agent_service.runtime.ports import StartRequest
from agent_service.runtime.recorder import Recorder
from agent_service.runtime.session import Session
from agent_service.runtime.tool_runner import ToolRunner
from agent_service.tools.registry import Registry
from agent_service.tools.tool import Tool

Make = Callable[[Iterable[Tool]], ShopDesk]
CENT = json.dumps({"order_number": 1002, "reason": "test", "amount_cents": 1})


class ShopClock(SystemClock):
    """Real seconds, on the day for which the shop was filled; ``jump`` is how far it was put on."""

    def __init__(self, day: datetime) -> None:
        self._day = day
        self.jump = timedelta()

    def utc(self) -> datetime:
        return self._day + self.jump


@dataclass
class Caller:
    """A client that keeps what it is sent."""

    traits = TRAITS

    sent: list[cmd.CallerCommand] = field(default_factory=list)

    def send(self, command: cmd.CallerCommand) -> None:
        self.sent.append(command)

    def on_congestion(self, report: Callable[[bool], None]) -> None:
        """Never congested."""

    def close(self, reason: str) -> None:
        """Nothing to close."""


@dataclass(kw_only=True)
class Talk(HandProvider):
    """One conversation, with the provider's part played by hand."""

    session: Session
    caller: Caller

    def says(self, text: str, *, is_heard: bool = True) -> None:
        item_id, ms = self.generates(text)
        if is_heard:
            self.session.receive(ev.CallerPlayed(item_id, ms))


@asynccontextmanager
async def service(
    desk: ShopDesk, tools: Iterable[Tool], clock: ShopClock | None = None
) -> AsyncIterator[Callable[[], Any]]:
    database, clock = desk.database, clock or ShopClock(desk.clock.utc())
    registry = Registry(tools)
    names = [tool.name for tool in registry]
    engines: list[ScriptedEngine] = []

    def new_engine() -> ScriptedEngine:
        engines.append(ScriptedEngine())
        return engines[-1]

    async def nothing(token: str, live: Collection[str]) -> None:
        return None

    profile = AgentProfile(
        settings=AGENT,
        disclosure=None,
        transcription_model="whisper-1",
        tools=registry.specs(names),
        policies={policy.name: policy for policy in registry.policies(names)},
        notices={},
    )
    runner = ToolRunner(registry, database, clock)
    recorder = Recorder(database, clock=clock)
    recorder.open()
    async with Host(
        [profile],
        process_id="me",
        new_engine=new_engine,
        tools=runner,
        identity=IdentityDesk(database, clock, recorder, source_limit=30),
        records=recorder,
        find_interrupted=nothing,
        clock=clock,
        limits=LIMITS,
        can_record=lambda: recorder.healthy,
    ) as host:

        async def begin() -> Talk:
            caller = Caller()
            start = StartRequest("support", DEMO_CALLER, Modality.AUDIO)
            session = await host.begin(start, caller)
            await asyncio.sleep(0)  # the provider session is ready
            await asyncio.sleep(0)
            return Talk(session=session, engine=engines[-1], caller=caller)

        yield begin
    runner.close()
    await recorder.close()
