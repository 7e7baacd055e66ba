"""One Realtime session: what each client event does, and what the caller's audio brings about."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import msgspec

from agent_service.offline.answering import Answering, ResponseRequest
from agent_service.offline.caller_audio import SHORTEST_COMMIT_MS, CallerActions, CallerAudio
from agent_service.offline.context import build_prompt
from agent_service.offline.faults.plan import FaultError, FaultPlan
from agent_service.offline.faults.wire import Wire
from agent_service.offline.idling import Wait
from agent_service.offline.outbox import CloseFrame, Outbox
from agent_service.offline.ports import Recognition, Responder, Speech
from agent_service.offline.protocol.conversation import Conversation
from agent_service.offline.protocol.dialects import Dialect
from agent_service.offline.protocol.errors import ProtocolError, invalid_value, server_error
from agent_service.offline.protocol.ids import new_id
from agent_service.offline.protocol.item_fields import client_id, read_item
from agent_service.offline.protocol.items import Item, render_item
from agent_service.offline.protocol.members import Members, integer, nullable, string
from agent_service.offline.protocol.response_fields import read_response_request
from agent_service.offline.protocol.session import SessionConfig
from agent_service.offline.protocol.session_fields import (
    SessionRules,
    read_session,
    read_transcription_session,
)
from agent_service.offline.protocol.session_render import render_session
from agent_service.offline.scripts.run import ScriptRun

_Handler: TypeAlias = Callable[[Members], None]


class RealtimeSession:
    """State and behaviour of one connection, apart from its socket."""

    def __init__(
        self,
        *,
        session_id: str,
        dialect: Dialect,
        config: SessionConfig,
        speech: Speech,
        responder: Responder,
        outbox: Outbox,
        tasks: asyncio.TaskGroup,
        faults: FaultPlan,
        life_s: float,
        wait: Wait,
        script: ScriptRun | None = None,
    ) -> None:
        self._dialect = dialect
        self._config = config
        self._speech = speech
        self._outbox = outbox
        self._script = script
        self._responder: Responder = script or responder
        self._faults = faults
        self._wire = Wire(outbox, faults)
        self._id = session_id
        self._expires_at = int(time.time() + life_s)
        self._conversation = Conversation(new_id("conv_"))
        self._audio = CallerAudio(
            dialect=dialect,
            config=config,
            conversation=self._conversation,
            speech=speech,
            recognise=self._recognise,
            actions=CallerActions(
                place=self._add,
                interrupt=lambda: self._answering.interrupt(),
                answer=self._answer_by_itself,
                expected_words=self._expected_words,
            ),
            emit=self.emit,
            tasks=tasks,
            faults=faults,
            wait=wait,
        )
        self._answering = Answering(
            dialect=dialect,
            conversation=self._conversation,
            responder=self._responder,
            speech=speech,
            hearing=self._audio.hearing,
            outbox=outbox,
            emit=self.emit,
            announce=self._announce,
            on_start=self._audio.answering,
            on_done=self._audio.answered,
            tasks=tasks,
            faults=faults,
        )
        if script is not None:
            tasks.create_task(script.follow(self))
        self._handlers: dict[str, _Handler] = {
            "session.update": self._update,
            "transcription_session.update": self._update_transcription,
            "input_audio_buffer.commit": self._audio.commit,
            "input_audio_buffer.clear": self._audio.clear,
            "conversation.item.create": self._create_item,
            "conversation.item.delete": self._delete_item,
            "conversation.item.truncate": self._truncate_item,
            "conversation.item.retrieve": self._retrieve_item,
            "response.create": self._create_response,
            "response.cancel": self._cancel_response,
            "output_audio_buffer.clear": self._clear_output,
        }

    def emit(self, event_type: str, **members: Any) -> None:
        """Send a server event, given by its beta name."""
        if event_type != "error" and self._faults.fires("server_error", at=event_type):
            self.refuse(server_error())
        event = {"type": self._dialect.event_name(event_type), "event_id": new_id("event_")}
        self._wire.send(event_type, msgspec.json.encode(event | members).decode())

    def refuse(self, error: ProtocolError, event_id: str | None = None) -> None:
        """Send an error event."""
        self.emit("error", error=error.body(event_id))

    def close(self, code: int, reason: str) -> None:
        """End the connection once everything emitted so far is sent."""
        self._outbox.put(CloseFrame(code, reason))

    def open(self) -> None:
        """Send what a new connection is greeted with."""
        self.emit(f"{self._session_event()}.created", session=self._shown())
        if self._dialect.announces_conversation and self._config.kind == "realtime":
            conversation = {"id": self._conversation.id, "object": "realtime.conversation"}
            self.emit("conversation.created", conversation=conversation)
        self._list_mcp_tools(self._config)

    async def handle(self, event: Any) -> None:
        """Do what a client event asks for, or send the documented error."""
        event_id = event.get("event_id") if isinstance(event, dict) else None
        event_id = event_id if isinstance(event_id, str) else None
        if self._script is not None:
            await self._script.client_did(event)
        try:
            members = Members(event, "")
            members.optional("event_id", nullable(_event_id), None)
            kind = self._kind(members)
            if kind == "input_audio_buffer.append":
                await self._audio.append(members)
            else:
                self._handlers[kind](members)
        except ProtocolError as error:
            self.refuse(error, event_id)

    def _kind(self, members: Members) -> str:
        if not members.has("type"):
            raise ProtocolError("invalid_event", "The event has no 'type'.", param="type")
        kind = members.required("type", string)
        if kind not in self._dialect.client_events:
            raise ProtocolError(
                "invalid_event", f"The event type '{kind}' is not known.", param="type"
            )
        return kind

    # Session.

    def _session_event(self) -> str:
        is_flat_transcription = self._config.kind == "transcription" and not self._dialect.is_nested
        return "transcription_session" if is_flat_transcription else "session"

    def _shown(self) -> dict[str, Any]:
        return render_session(
            self._config, self._dialect, session_id=self._id, expires_at=self._expires_at
        )

    def _rules(self) -> SessionRules:
        return SessionRules(
            has_spoken=self._answering.has_spoken,
            is_answering=self._answering.active_id is not None,
        )

    def _update(self, members: Members) -> None:
        def read(value: Any, path: str) -> SessionConfig:
            return read_session(self._config, value, self._dialect, self._rules())

        self._change(members.required("session", read), members)
        self._list_mcp_tools(self._config)

    def _update_transcription(self, members: Members) -> None:
        def read(value: Any, path: str) -> SessionConfig:
            return read_transcription_session(self._config, value, self._dialect)

        changed = replace(members.required("session", read), kind="transcription")
        self._change(changed, members)

    def _arm_traced_faults(self, config: SessionConfig) -> None:
        """Faults may come with the session: in the metadata of its tracing."""
        match config.tracing:
            case {"metadata": {"offline_faults": str(wanted)}} if (
                config.tracing != self._config.tracing
            ):
                try:
                    self._faults.arm(wanted)
                except FaultError as error:
                    path = "session.tracing.metadata.offline_faults"
                    raise invalid_value(path, error.message) from None

    def _change(self, config: SessionConfig, members: Members) -> None:
        members.finish()
        self._arm_traced_faults(config)
        has_new_tools = config.tools != self._config.tools
        self._config = config
        self._audio.configure(config)
        self.emit(f"{self._session_event()}.updated", session=self._shown())
        if has_new_tools:
            # A responder that has to learn its tools does so now, before the caller speaks.
            self._expected_words()

    def _list_mcp_tools(self, config: SessionConfig) -> None:
        """Say honestly that remote tool servers cannot be reached from here."""
        listed = {item.extra.get("server_label") for item in self._conversation}
        for tool in config.tools:
            if tool["type"] == "mcp" and tool["server_label"] not in listed:
                item = Item(new_id("mcpl_"), "mcp_list_tools")
                item.extra = {"server_label": tool["server_label"], "tools": []}
                self._add(item)
                self.emit("mcp_list_tools.in_progress", item_id=item.id)
                self.emit("mcp_list_tools.failed", item_id=item.id)

    # Caller's audio.

    async def _recognise(self, item_id: str, pcm: bytes, prompt: str | None) -> Recognition:
        if self._script is not None and self._script.hears:
            return await self._script.hear(item_id)
        return await self._speech.recognise(pcm, prompt=prompt)

    def _answer_by_itself(self) -> None:
        try:
            self._answering.start(ResponseRequest(self._config))
        except ProtocolError as error:
            self.refuse(error)

    def _expected_words(self) -> str | None:
        given = self._config.transcription.prompt if self._config.transcription else None
        prompt = build_prompt(
            replace(self._config, truncation="auto"),
            tuple(self._conversation),
            limit=self._dialect.context_tokens,
        )
        expected = self._responder.expected_words(prompt.context)
        return " ".join(filter(None, (given, expected))) or None

    def _clear_output(self, members: Members) -> None:
        raise ProtocolError(
            "invalid_event",
            "'output_audio_buffer.clear' is only supported on WebRTC and SIP connections.",
            param="type",
        )

    # Items.

    def _announce(self, item: Item) -> None:
        shown = render_item(item, self._dialect)
        before = self._conversation.previous_id(item)
        if not self._dialect.announces_in_two_steps:
            self.emit("conversation.item.created", previous_item_id=before, item=shown)
            return
        self.emit("conversation.item.added", previous_item_id=before, item=shown)
        if item.status != "in_progress":
            self.emit("conversation.item.done", previous_item_id=before, item=shown)

    def _add(self, item: Item, after: str | None = None) -> None:
        self._conversation.add(item, after)
        self._announce(item)

    def _create_item(self, members: Members) -> None:
        after = members.optional("previous_item_id", nullable(string), None)
        item = members.required("item", self._read_item)
        members.finish()
        if after == "root" and not self._dialect.describes_responses:
            raise ProtocolError(
                "item_create_invalid_item_id",
                "Error adding item: the previous item with id 'root' does not exist.",
                param="previous_item_id",
            )
        is_output = item.type == "function_call_output"
        if is_output and not self._conversation.has_call(item.call_id):
            raise ProtocolError(
                "invalid_tool_call_id",
                f"Tool call ID '{item.call_id}' not found in conversation.",
                param="item.call_id",
            )
        self._add(item, after)
        self._audio.recognise_parts((item,))

    def _read_item(self, value: Any, path: str) -> Item:
        return read_item(value, path, self._dialect, self._config.input_format)

    def _delete_item(self, members: Members) -> None:
        item_id = members.required("item_id", client_id)
        members.finish()
        self._conversation.delete(item_id)
        self.emit("conversation.item.deleted", item_id=item_id)

    def _truncate_item(self, members: Members) -> None:
        item_id = members.required("item_id", client_id)
        index = members.required("content_index", integer(0, 1_000))
        end_ms = members.required("audio_end_ms", integer(0, 24 * 3600 * 1000))
        members.finish()
        self._conversation.truncate(item_id, index, end_ms)
        self.emit(
            "conversation.item.truncated",
            item_id=item_id,
            content_index=index,
            audio_end_ms=end_ms,
        )

    def _retrieve_item(self, members: Members) -> None:
        item_id = members.required("item_id", client_id)
        members.finish()
        item = self._conversation.retrieve(item_id)
        self.emit(
            "conversation.item.retrieved", item=render_item(item, self._dialect, with_audio=True)
        )

    # Responses.

    def _create_response(self, members: Members) -> None:
        if self._config.kind == "transcription":
            raise ProtocolError(
                "invalid_event",
                "A transcription session has no responses.",
                param="type",
            )
        asked = read_response_request(
            members, self._config, self._dialect, self._rules(), self._conversation
        )
        self._list_mcp_tools(asked.config)
        if asked.cancels_previous and self._answering.active_id is not None:
            self._answering.cancel(None)
        if asked.commits and self._audio.buffered_ms >= SHORTEST_COMMIT_MS:
            self._audio.commit_pending()
        self._audio.recognise_parts((*(asked.input or ()), *asked.extra))
        self._answering.start(
            ResponseRequest(
                asked.config, asked.is_out_of_band, asked.input, asked.extra, asked.metadata
            )
        )

    def _cancel_response(self, members: Members) -> None:
        response_id = members.optional("response_id", nullable(string), None)
        members.finish()
        self._answering.cancel(response_id)

    def fail(self) -> None:
        """Tell the client that something here went wrong; the connection stays."""
        self.refuse(server_error())


def _event_id(value: Any, path: str) -> str:
    given = string(value, path)
    if len(given) > 512:
        raise ProtocolError(
            "string_above_max_length",
            "Invalid 'event_id': string too long. Expected a string with maximum length 512.",
            param=path,
        )
    return given
