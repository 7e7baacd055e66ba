"""The desk's socket: a person of the team listens to a conversation, whispers, takes it over.

Who may what is looked at again every few seconds. A client that reads too slowly loses sound, and
nobody else waits for it.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Protocol, assert_never

import structlog
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from agent_service.audio import BYTES_PER_MS
from agent_service.channels import representative as codec
from agent_service.channels.representative import SUBPROTOCOL
from agent_service.clock import Clock
from agent_service.conversation import commands as cmd
from agent_service.conversation import events as ev
from agent_service.conversation.records import Modality
from agent_service.errors import AgentServiceError, CallerError
from agent_service.runtime.representatives import Representatives
from agent_service.store.approvals import TOOL_ASKED
from agent_service.store.auditing import HANDED_BACK, TAKEN_OVER, WHISPERED, audit
from agent_service.store.briefings import answer_handoffs
from agent_service.store.database import Database
from agent_service.store.members import Member, Right
from agent_service.store.switches import switches
from agent_service.tools.for_people import offers
from agent_service.tools.registry import Registry
from agent_service.web.admin_access import AdminAccess
from agent_service.web.json_body import error_response
from agent_service.web.sockets.close_codes import (
    BAD_MESSAGES,
    INTERNAL,
    NOT_PERMITTED,
    REPLACED,
    end_code,
)
from agent_service.web.sockets.direct_lane import best_lane
from agent_service.web.sockets.lane import Frame, Lane
from agent_service.web.sockets.pace import AudioPace

PATH: Final = "/ws/desk"
CHECK_S: Final = 5.0
"""How often it is looked whether somebody may still do what they do."""
MOST_SOCKETS: Final = 64
MAX_BAD_MESSAGES: Final = 20
BYTES_PER_MS_OF_BOTH: Final = 2 * BYTES_PER_MS


_STATUS: Final = {"not_authorised": 401, "not_permitted": 403, "origin_not_allowed": 403}
_log = structlog.get_logger()


class DeskSession(Protocol):
    """A running conversation."""

    conversation_id: str
    modality: Modality
    """Whether the agent is heard now, or read."""
    representatives: Representatives

    async def wait_ended(self) -> str: ...


class DeskSocket:
    """The ASGI application behind the path; ``find`` looks for a conversation that goes on here."""

    def __init__(
        self,
        find: Callable[[str], DeskSession | None],
        access: AdminAccess,
        registry: Registry,
        database: Database,
        clock: Clock,
        *,
        check_s: float = CHECK_S,
    ) -> None:
        self._find = find
        self._access = access
        self._registry = registry
        self._database = database
        self._clock = clock
        self._check_s = check_s
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        try:
            member = await self._access.permit(HTTPConnection(scope), Right.LISTEN)
            session = self._asked_for(socket)
        except CallerError as error:
            status = _STATUS.get(error.code, 400)
            await socket.send_denial_response(error_response(status, error.code, error.message))
            return
        refusal = self._refusal(scope, session)
        if refusal is not None or session is None:
            assert refusal is not None
            await socket.send_denial_response(refusal)
            return
        await socket.accept(subprotocol=SUBPROTOCOL)
        self._open += 1
        try:
            lane = best_lane(scope, receive, send, self._clock)
            attachment = _Attachment(
                lane, session, member, self._registry, self._database, self._clock
            )
            await attachment.run(
                partial(self._access.permit, HTTPConnection(scope), Right.LISTEN), self._check_s
            )
        finally:
            self._open -= 1

    def _asked_for(self, socket: WebSocket) -> DeskSession | None:
        names = set(socket.query_params) - {"conversation"}
        if names or "conversation" not in socket.query_params:
            raise CallerError("Name the conversation, and nothing else.", code="bad_request")
        return self._find(socket.query_params["conversation"])

    def _refusal(self, scope: Scope, session: DeskSession | None) -> Response | None:
        if SUBPROTOCOL not in scope["subprotocols"]:
            words = f"Ask for the WebSocket subprotocol {SUBPROTOCOL}."
            return error_response(400, "bad_request", words)
        if session is None:
            words = "No such conversation goes on in this process."
            return error_response(404, "unknown_conversation", words)
        if self._open >= MOST_SOCKETS:
            words = f"{self._open} people are in conversations already: try again later."
            return error_response(503, "overloaded", words)
        return None


class _Attachment:
    """One socket of one person in one conversation."""

    def __init__(
        self,
        lane: Lane,
        session: DeskSession,
        member: Member,
        registry: Registry,
        database: Database,
        clock: Clock,
    ) -> None:
        self._lane = lane
        self._session = session
        self._desk = session.representatives
        self._member = member
        self._registry = registry
        self._database = database
        self._clock = clock
        self._pace = AudioPace(clock)
        self._is_congested = False
        self._lost_ms = 0
        self._bad_messages = 0
        self._tasks: asyncio.TaskGroup | None = None
        lane.on_congestion = self._congested

    async def run(self, permit: Callable[[], Any], check_s: float) -> None:
        """Serve the socket until it is gone, or the conversation is."""
        self._lane.send(
            codec.encode(
                codec.DeskReadyNotice(
                    self._session.conversation_id,
                    self._member.name,
                    sorted(self._member.rights),
                    self._desk.who,
                    self._desk.since,
                    self._desk.is_ringing,
                )
            )
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                others = (
                    tasks.create_task(self._watch(permit, check_s)),
                    tasks.create_task(self._end()),
                )
                try:
                    await self._lane.run(self.receive)
                finally:
                    for task in others:
                        task.cancel()
                    self._leave()
        finally:
            self._tasks = None

    def _leave(self) -> None:
        self._desk.ear.close(self)
        self._desk.detach(self)

    async def _end(self) -> None:
        reason = await self._session.wait_ended()
        self._lane.send(codec.encode(codec.DeskEndedNotice(reason)))
        self._lane.close(end_code(reason), reason)

    async def _watch(self, permit: Callable[[], Any], check_s: float) -> None:
        """Look now and then whether they may still do what they do."""
        while True:
            await asyncio.sleep(check_s)
            try:
                self._member = await permit()
            except CallerError as error:
                self._lane.send(codec.refusal(error))
                self._give_up()
                self._lane.close(NOT_PERMITTED, error.code)
                return
            except AgentServiceError:
                continue  # the database is away: nobody knows better than before
            if not self._member.may(Right.SPEAK):
                self._give_up()

    def _give_up(self) -> None:
        if self._desk.holds(self):
            self._desk.hand_back(self, is_cut_off=True)

    # --- what they send ---

    def receive(self, frame: Frame) -> None:
        try:
            self._do(codec.decode(frame))
        except CallerError as error:
            self._lane.send(codec.refusal(error))
            self._bad_messages += 1
            if self._bad_messages >= MAX_BAD_MESSAGES:
                self._lane.close(BAD_MESSAGES, "too_many_bad_messages")
        except Exception:
            # The seam between a client's bytes and the conversation, which goes on without them.
            _log.exception("desk_message_failed")
            self._lane.close(INTERNAL, "internal_error")

    def _do(self, message: codec.DeskMessage | codec.Microphone) -> None:
        desk = self._desk
        match message:
            case codec.Microphone(audio):
                if desk.holds(self):  # what is on its way after a hand-back is nobody's any more
                    self._pace.check(len(audio))
                    desk.say(self, ev.RepresentativeSpoke(audio))
            case codec.DeskCommitMessage():
                desk.say(self, ev.RepresentativeFellSilent())
            case codec.DeskTextMessage(text=text):
                self._check_speak()
                desk.say(self, ev.RepresentativeTyped(text))
            case codec.ListenMessage(is_on=is_on):
                self._listen(is_on)
            case codec.WhisperMessage(text=text):
                self._check_speak()
                desk.whisper(self._member.name, text)
                self._note(WHISPERED)
            case codec.TakeOverMessage(when=when):
                self._check_speak()
                desk.take_over(self, self._member.name, is_patient=when == "after_sentence")
                self._note(TAKEN_OVER)
            case codec.ListToolsMessage():
                self._check_speak()
                if self._tasks is not None:
                    self._tasks.create_task(self._tell_tools())
            case codec.RunToolMessage(name=name):
                self._check_speak()
                tool_call_id = desk.run_tool(self, name, codec.arguments_of(message))
                self._lane.send(codec.encode(codec.ToolAskedNotice(tool_call_id, name)))
                self._note(TOOL_ASKED, {"tool": name, "tool_call_id": tool_call_id})
            case codec.HandBackMessage():
                desk.hand_back(self)
                self._note(HANDED_BACK)
            case codec.DeclineMessage():
                self._check_speak()
                desk.decline(self._member.name)
                self._note("conversation.declined")
            case codec.DeskPingMessage():
                self._lane.send(codec.encode(codec.DeskPongNotice()))
            case _:
                assert_never(message)

    def _listen(self, is_on: bool) -> None:
        self._desk.ear.close(self)
        if is_on:
            self._desk.ear.open(self)
            self._note("conversation.listened")

    async def _tell_tools(self) -> None:
        """Say which tools they may have run, as things stand."""
        try:
            rows = await self._database.run(switches)
        except AgentServiceError as error:
            self._lane.send(codec.refusal(error))
            return
        off = [row.tool for row in rows if row.is_off]
        found = offers(self._registry, self._desk.tools, self._desk.caller, off)
        items = [codec.OfferedTool(o.name, o.title, o.arguments, o.refusal) for o in found]
        self._lane.send(codec.encode(codec.ToolsNotice(items)))

    def _check_speak(self) -> None:
        if not self._member.may(Right.SPEAK):
            raise CallerError("You have not the right to speak with callers.", code="not_permitted")

    def _note(self, action: str, detail: dict[str, str] | None = None) -> None:
        """Put in the audit log what somebody did."""
        if self._tasks is not None:
            self._tasks.create_task(self._audit(action, detail or {}))

    async def _audit(self, action: str, detail: dict[str, str]) -> None:
        actor, conversation_id = self._member.actor, self._session.conversation_id
        _log.info("desk_act", actor=actor, action=action, conversation_id=conversation_id)
        work = partial(
            audit,
            actor=actor,
            action=action,
            conversation_id=conversation_id,
            detail=detail,
            now=self._clock.utc(),
        )
        try:
            await self._database.run(work, is_write=True)
            if action == TAKEN_OVER:
                answer = partial(
                    answer_handoffs,
                    conversation_id=conversation_id,
                    done_by=actor,
                    now=self._clock.utc(),
                )
                await self._database.run(answer, is_write=True)
        except AgentServiceError as error:
            _log.warning("desk_act_not_audited", actor=actor, action=action, code=error.code)

    # --- what they are told ---

    def tell(self, status: cmd.DeskStatus) -> None:
        self._lane.send(codec.status(status, self._session.modality))

    def show(self, command: cmd.CallerCommand) -> None:
        frame = codec.shown(command)
        if frame is not None:
            self._lane.send(frame)

    def hear(self, at_ms: int, sound: bytes) -> None:
        if self._is_congested:
            self._lost_ms += len(sound) // BYTES_PER_MS_OF_BOTH
        else:
            self._lane.send(codec.sound(at_ms, sound))

    def close(self, reason: str) -> None:
        self._lane.close(REPLACED, reason)

    def _congested(self, is_congested: bool) -> None:
        self._is_congested = is_congested
        if not is_congested and self._lost_ms:
            self._lane.send(codec.encode(codec.GapNotice(self._lost_ms)))
            self._lost_ms = 0


def routes(socket: DeskSocket) -> list[BaseRoute]:
    """Return the socket's route."""
    return [WebSocketRoute(PATH, socket)]
