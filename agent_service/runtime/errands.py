"""What a conversation waits for without standing still: its tools and proofs, each in a task.

Each ends in exactly one event, whatever the tool, the database or the clock does.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog

from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Caller, ToolCallStatus
from agent_service.errors import AgentServiceError, StoreError
from agent_service.runtime.bookkeeping import Bookkeeping
from agent_service.runtime.ports import Identity, Pictures, Tools
from agent_service.store.identity import Claimant

_NOT_RECORDED = '{"status":"retry_later","say":"I cannot reach our system, so nothing was done."}'
_BROKEN = '{"status":"failed","say":"Something went wrong on our side, and I cannot do that now."}'
_STUCK = '{"status":"unknown","say":"I do not know whether that went through."}'
_SHORTENED = "The result of {} was longer than tools.output_characters: it was cut."
_TRY_AGAIN = ev.ProofRefused("storage", "That cannot be checked at the moment. Please try again.")
_NO_PICTURE = ev.ProofRefused(
    "unknown_picture", "There is no such picture, or it was shown before."
)
_LOOK_AGAIN = ev.ProofRefused("storage", "The picture cannot be looked at now. Please try again.")

PICTURE: Final = "[picture {number}]"
"""What a turn says that is a picture, on record and to the model."""
RECORD_WAIT_S: Final = 5.0
"""How long a tool or a proof waits for what it depends on to be on record."""

# Beyond the limits that tools and the database have themselves: for one that hangs.
PROOF_S: Final = 10.0
TOOL_S: Final = 1800.0


class Errands:
    """One conversation's; ``tell`` hears how each ended, ``fail`` of a defect while handling it."""

    def __init__(
        self,
        tools: Tools,
        identity: Identity,
        books: Bookkeeping,
        *,
        pictures: Pictures | None,
        caller: Caller,
        claimant: Claimant,
        tell: Callable[[ev.Event], None],
        fail: Callable[[], None],
    ) -> None:
        self._tools = tools
        self._identity = identity
        self._books = books
        self._pictures = pictures
        self._shown: set[int] = set()
        """Pictures that the agent was shown."""
        self._caller = caller
        self._claimant = claimant
        self._tell = tell
        self._fail = fail
        self._tasks: asyncio.TaskGroup | None = None
        self._early: list[Coroutine[Any, Any, None]] = []
        """What was ordered before ``run_until``."""
        self._is_stopped = False
        self._log = structlog.get_logger().bind(conversation_id=claimant.conversation_id)

    async def run_until(self, ended: "asyncio.Future[str]") -> None:
        """Own the tasks; what still runs when the conversation has ended is waited for."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for work in self._early:
                tasks.create_task(self._guarded(work))
            self._early.clear()
            await asyncio.shield(ended)
            self._is_stopped = True

    @property
    def caller(self) -> Caller:
        """Who is calling, as far as it is proven by now."""
        return self._caller

    def stop(self) -> None:
        """Begin nothing more, nor what was never begun."""
        self._is_stopped = True
        for work in self._early:
            work.close()
        self._early.clear()

    def prepare(self, command: cmd.PrepareTool) -> None:
        """Have a tool's arguments checked; answered by ToolPrepared or ToolFinished."""
        self.start(self._prepare(command))

    def run(self, command: cmd.RunTool) -> None:
        """Run a tool; answered by ToolFinished."""
        self.start(self._run_tool(command))

    def show(self, number: int) -> None:
        """Show the agent a picture that was sent; answered by CallerTyped or ProofRefused."""
        self.start(self._show(number))

    def prove(self, proof: ev.CallerEnteredCode | ev.CallerAnsweredCheck) -> None:
        """Check what the caller entered; answered by CallerProven or ProofRefused."""
        self.start(self._prove(proof))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do other work beside the conversation."""
        if self._is_stopped:
            work.close()
        elif self._tasks is None:
            self._early.append(work)
        else:
            self._tasks.create_task(self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            self._fail()

    async def _prepare(self, command: cmd.PrepareTool) -> None:
        if not await self._is_recorded(command.tool_call_id):
            return
        try:
            async with asyncio.timeout(TOOL_S):
                prepared = await self._tools.prepare(
                    command, self._caller, self._claimant.conversation_id
                )
        except Exception:
            self._tool_broke(command.tool_call_id, command.name)
        else:
            self._tell(prepared)

    async def _run_tool(self, command: cmd.RunTool) -> None:
        needed = () if command.confirmation_id is None else (command.confirmation_id,)
        if not await self._is_recorded(command.tool_call_id, *needed):
            return
        try:
            async with asyncio.timeout(TOOL_S):
                finished = await self._tools.run(
                    command, self._caller, self._claimant.conversation_id, report=self._tell
                )
        except TimeoutError:
            self._log.error("tool_stuck", tool=command.name)
            self._tell(ev.ToolFinished(command.tool_call_id, ToolCallStatus.FAILED, _STUCK))
        except Exception:
            self._tool_broke(command.tool_call_id, command.name)
        else:
            if finished.is_shortened:
                self._books.incident("tool_output_shortened", _SHORTENED.format(command.name))
            self._tell(finished)

    async def _is_recorded(self, tool_call_id: str, *keys: str) -> bool:
        """Wait for what the tool depends on; give its call a result if that takes too long."""
        try:
            async with asyncio.timeout(RECORD_WAIT_S):
                await self._books.until_on_disk(*keys)
        except TimeoutError:
            self._tell(ev.ToolFinished(tool_call_id, ToolCallStatus.RETRY_LATER, _NOT_RECORDED))
            return False
        return True

    def _tool_broke(self, tool_call_id: str, name: str) -> None:
        """The seam to the tools: whatever they raise becomes a result, and the call goes on."""
        self._log.exception("tool_failed", tool=name)
        self._tell(ev.ToolFinished(tool_call_id, ToolCallStatus.FAILED, _BROKEN))

    async def _show(self, number: int) -> None:
        if self._pictures is None or number in self._shown:
            self._tell(_NO_PICTURE)
            return
        try:
            async with asyncio.timeout(PROOF_S):
                picture = await self._pictures.find(self._claimant.conversation_id, number)
        except (TimeoutError, StoreError) as error:
            self._log.error("picture_not_found", code=getattr(error, "code", "timed_out"))
            self._tell(_LOOK_AGAIN)
            return
        if picture is None or number in self._shown:
            self._tell(_NO_PICTURE)
            return
        self._shown.add(number)
        self._tell(ev.CallerTyped(PICTURE.format(number=number), picture))

    async def _prove(self, proof: ev.CallerEnteredCode | ev.CallerAnsweredCheck) -> None:
        caller = self._caller
        try:
            async with asyncio.timeout(RECORD_WAIT_S):
                await self._books.until_on_disk()
            async with asyncio.timeout(PROOF_S):
                proven = await self._proven(proof)
        except (TimeoutError, StoreError) as error:
            self._log.error("proof_not_checked", code=getattr(error, "code", "timed_out"))
            self._tell(_TRY_AGAIN)
        except AgentServiceError as error:
            self._tell(ev.ProofRefused(error.code, error.message))
        else:
            if proven == caller:
                self._tell(ev.ProofRefused("proof_wrong", "That does not match. Please try again."))
            else:
                self._caller = proven
                self._tell(ev.CallerProven(proven))

    async def _proven(self, proof: ev.CallerEnteredCode | ev.CallerAnsweredCheck) -> Caller:
        match proof:
            case ev.CallerEnteredCode(code):
                return await self._identity.enter_code(self._caller, self._claimant, code)
            case ev.CallerAnsweredCheck(name, answers):
                return await self._identity.answer_check(
                    self._caller, self._claimant, name, answers
                )
