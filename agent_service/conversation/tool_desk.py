"""Everything between the model's request for a tool and its result: checks, read-back, answer, run.

A call that changes something is held until the caller has heard what will be done and has agreed.
"""

from collections.abc import Mapping
from datetime import datetime

from agent_service.conversation.answers import Answer, read_answer
from agent_service.conversation.commands import (
    AddNote,
    PrepareTool,
    RunTool,
    ShowConfirmation,
    ShowError,
    ShowTool,
    SubmitToolResult,
    WithdrawConfirmation,
)
from agent_service.conversation.confirmation import Confirmation, ConfirmationState
from agent_service.conversation.events import (
    ToolCallRequested,
    ToolDelayed,
    ToolFinished,
    ToolPrepared,
    ToolProgressed,
)
from agent_service.conversation.output import Output
from agent_service.conversation.phrases import (
    LATE_RESULT,
    SAY,
    read_back,
    refusal,
    spoken_part,
    unknown_tool,
)
from agent_service.conversation.records import (
    ConfirmationStatus,
    DecidedBy,
    ToolCallStatus,
)
from agent_service.conversation.response import ResponseMachine, Wish
from agent_service.conversation.spec import HistoryToolRound, ToolPolicy
from agent_service.conversation.tool_calls import (
    ToolCall,
    ToolCalls,
    ToolCallState,
    without_secrets,
)

MAX_ROUNDS = 8
"""Responses in a row that only call tools before the model must speak."""


class ToolDesk:
    def __init__(
        self,
        output: Output,
        response: ResponseMachine,
        policies: Mapping[str, ToolPolicy],
        *,
        language: str | None,
        confirmation_s: float,
    ) -> None:
        self._output = output
        self._response = response
        self._policies = policies
        self._language = language
        self._confirmation_s = confirmation_s
        self._calls = ToolCalls()
        self._confirmation: Confirmation | None = None
        self._rounds = 0
        self._is_engine_live = False
        self._unsent: list[SubmitToolResult | AddNote] = []

    # --- what the model asks for ---

    def request(self, event: ToolCallRequested) -> None:
        known = self._calls.find(event.tool_call_id)
        if known is not None:
            if (known.name, known.arguments) != (event.name, event.arguments):
                self._output.incident(
                    "contradictory_tool_call",
                    f"tool call {event.tool_call_id} came again with other arguments",
                )
            return
        policy = self._policies.get(event.name)
        call = ToolCall(
            id=self._output.new_id(),
            tool_call_id=event.tool_call_id,
            response_id=event.response_id,
            name=event.name,
            title=policy.title if policy else event.name,
            arguments=event.arguments,
            shown_arguments=without_secrets(event.arguments, policy.redacted if policy else ()),
            requested_at=self._output.utc(),
            state=ToolCallState.PREPARING,
        )
        self._calls.add(call)
        if policy is None:
            self._end(
                call,
                ToolCallStatus.NOT_ALLOWED,
                unknown_tool(event.name),
            )
        elif policy.is_write:
            self._void_earlier(call)
            self._output.order(PrepareTool(call.id, call.tool_call_id, call.name, call.arguments))
        else:
            self._run(call)

    def response_finished(self, response_id: str) -> None:
        """Ask for the model's next response once every result of this one is in."""
        if self._calls.of_response(response_id):
            self._rounds += 1
            self._continue(response_id)

    # --- what the runtime answers ---

    def prepared(self, event: ToolPrepared) -> None:
        call = self._calls.find(event.tool_call_id)
        if call is None or call.state is not ToolCallState.PREPARING:
            return
        call.prepared = event
        call.title = event.title
        if not event.needs_confirmation:
            self._run(call)
            return
        call.move(ToolCallState.QUEUED)
        self._offer_next()

    def finished(self, event: ToolFinished) -> None:
        call = self._calls.find(event.tool_call_id)
        if call is None or call.is_ended:
            return
        if event.status is ToolCallStatus.AWAITING_APPROVAL:
            self._suspend(call, event.status.value, event.output)
        else:
            self._end(call, event.status, event.output)

    def progressed(self, event: ToolProgressed) -> None:
        """Tell the caller that a slow tool runs on."""
        call = self._calls.find(event.tool_call_id)
        if call is not None and call.state is ToolCallState.RUNNING:
            self._response.want(Wish(SAY.format(text=event.say), uses_tools=False))

    def delayed(self, event: ToolDelayed) -> None:
        """Give the model something to go on with; the outcome comes later."""
        call = self._calls.find(event.tool_call_id)
        if call is not None and call.state is ToolCallState.RUNNING:
            self._suspend(call, ToolCallStatus.RUNNING.value, event.output)

    def note(self, text: str) -> None:
        """Tell the model something, and let it speak of it when the floor is open."""
        self._submit(AddNote(text))
        self._response.want(Wish())

    # --- what the caller hears and says ---

    def reading_began(self, confirmation_id: str, response_id: str) -> None:
        if self._confirmation and self._confirmation.confirmation_id == confirmation_id:
            self._confirmation.response_id = response_id

    def reads_in(self, response_id: str) -> bool:
        """The response is the read-back of the confirmation that is open."""
        confirmation = self._confirmation
        return (
            confirmation is not None
            and confirmation.response_id == response_id
            and confirmation.state is ConfirmationState.OFFERED
        )

    def read_back_heard(self) -> None:
        """The read-back has been played to its end: from now on the caller can answer."""
        confirmation, call = self._open_question()
        confirmation.hear(self._output.utc())
        self._keep_confirmation(confirmation)
        self._output.order(
            ShowConfirmation(
                confirmation_id=confirmation.confirmation_id,
                title=call.title,
                summary=confirmation.summary,
                arguments=call.shown_arguments,
                expires_at=confirmation.expires_at,
            )
        )

    def caller_began(self, item_id: str) -> None:
        """The caller starts to speak: it may be the answer, or it interrupts the read-back."""
        self._rounds = 0
        confirmation = self._confirmation
        if confirmation is not None and confirmation.is_heard:
            confirmation.answering_item_id = confirmation.answering_item_id or item_id
        else:
            self.void_all()

    def awaits_transcript(self) -> bool:
        """The caller's spoken answer is not in words yet: until then nobody else may speak."""
        return self._confirmation is not None and self._confirmation.answering_item_id is not None

    def transcribed(self, item_id: str, text: str) -> None:
        """The words of a caller's item are known; sound without words is not an answer."""
        confirmation = self._confirmation
        if confirmation is None or confirmation.answering_item_id != item_id:
            return
        if text.strip():
            self._answer(text, DecidedBy.VOICE)
        else:
            confirmation.answering_item_id = None

    def transcript_lost(self, item_id: str | None) -> None:
        """What the caller answered will never be known, so it was not a yes."""
        confirmation = self._confirmation
        if confirmation is not None and confirmation.answering_item_id == item_id:
            self.void_all()

    def typed(self, text: str) -> bool:
        """Take typed words; True if they were the answer to a read-back."""
        self._rounds = 0
        if self._confirmation is not None and self._confirmation.is_heard:
            self._answer(text, DecidedBy.TEXT)
            return True
        self.void_all()
        return False

    def tapped(self, confirmation_id: str, *, is_accepted: bool) -> None:
        confirmation = self._confirmation
        if confirmation is None or confirmation.confirmation_id != confirmation_id:
            self._output.order(
                ShowError("confirmation_closed", "This question is no longer open.", False)
            )
        elif not is_accepted:
            self._decline(DecidedBy.TAP, None)
        elif confirmation.is_heard:
            self._accept(DecidedBy.TAP, None)
        else:
            self._output.order(
                ShowError("confirmation_not_heard", "Listen to the question first.", True)
            )

    def void_all(self) -> None:
        """The read-back was interrupted or could not be spoken."""
        for call in self._calls.awaiting_caller():
            self._close_confirmation_of(call, ConfirmationStatus.VOIDED)
            self._refuse(call, ToolCallStatus.VOIDED)

    # --- the provider session ---

    def engine_is_live(self) -> None:
        self._is_engine_live = True
        for result in self._unsent:
            self._output.order(result)
        self._unsent.clear()

    def engine_is_lost(self) -> None:
        self._is_engine_live = False
        self._unsent.clear()

    def history(self) -> list[tuple[datetime, HistoryToolRound]]:
        return [
            (
                call.requested_at,
                HistoryToolRound(call.tool_call_id, call.name, call.arguments, call.output),
            )
            for call in self._calls.all()
        ]

    # --- time and end ---

    def deadline(self) -> float | None:
        return self._confirmation.due_at if self._confirmation else None

    @property
    def is_busy(self) -> bool:
        """A call runs, or waits for the caller's answer."""
        return bool(self._calls.open())

    def expire(self, now: float) -> None:
        if self._confirmation is not None and now >= self._confirmation.due_at:
            _, call = self._open_question()
            self._close_confirmation_of(call, ConfirmationStatus.EXPIRED)
            self._refuse(call, ToolCallStatus.EXPIRED)

    def abandon(self) -> None:
        """The conversation ends: every open call gets its one recorded end."""
        for call in self._calls.open():
            self._close_confirmation_of(call, ConfirmationStatus.VOIDED)
            call.move(ToolCallState.ENDED)
            self._keep_call(call, ToolCallStatus.ENDED, "")

    # --- inside ---

    def _open_question(self) -> tuple[Confirmation, ToolCall]:
        """Return the confirmation that is open and the call that it holds."""
        confirmation = self._confirmation
        assert confirmation is not None
        held = self._calls.awaiting_caller()
        return confirmation, next(
            call for call in held if call.confirmation_id == confirmation.confirmation_id
        )

    def _void_earlier(self, call: ToolCall) -> None:
        """The model moved on: what it asked for in an earlier response is no longer on offer."""
        for other in self._calls.awaiting_caller():
            if other.response_id != call.response_id:
                self._close_confirmation_of(other, ConfirmationStatus.VOIDED)
                self._refuse(other, ToolCallStatus.VOIDED)

    def _offer_next(self) -> None:
        call = self._calls.next_queued()
        if call is None or call.prepared is None:
            return
        now = self._output.now
        confirmation = Confirmation(
            confirmation_id=self._output.new_id(),
            tool_call_id=call.tool_call_id,
            summary=read_back(call.prepared.summary, self._language),
            arguments_hash=call.prepared.arguments_hash,
            offered_at=self._output.utc(),
            expires_at=self._output.utc(now + self._confirmation_s),
            due_at=now + self._confirmation_s,
        )
        self._confirmation = confirmation
        call.confirmation_id = confirmation.confirmation_id
        call.move(ToolCallState.HELD)
        self._keep_confirmation(confirmation)
        self._show(call, "awaiting_confirmation")
        self._response.want(
            Wish(
                instructions=SAY.format(text=confirmation.summary),
                uses_tools=False,
                confirmation_id=confirmation.confirmation_id,
            )
        )

    def _answer(self, text: str, by: DecidedBy) -> None:
        confirmation, call = self._open_question()
        match read_answer(text, language=self._language, summary=confirmation.summary):
            case Answer.YES:
                self._accept(by, text)
            case Answer.NO:
                self._decline(by, text)
            case _:
                self._close_confirmation_of(call, ConfirmationStatus.VOIDED, by=by, answer=text)
                self._refuse(call, ToolCallStatus.VOIDED, caller_said=text)

    def _accept(self, by: DecidedBy, answer: str | None) -> None:
        _, call = self._open_question()
        self._close_confirmation_of(call, ConfirmationStatus.ACCEPTED, by=by, answer=answer)
        self._run(call)

    def _decline(self, by: DecidedBy, answer: str | None) -> None:
        _, call = self._open_question()
        self._close_confirmation_of(call, ConfirmationStatus.DECLINED, by=by, answer=answer)
        self._refuse(call, ToolCallStatus.DECLINED)

    def _close_confirmation_of(
        self,
        call: ToolCall,
        status: ConfirmationStatus,
        *,
        by: DecidedBy | None = None,
        answer: str | None = None,
    ) -> None:
        confirmation = self._confirmation
        if confirmation is None or confirmation.tool_call_id != call.tool_call_id:
            return
        confirmation.decide(status, self._output.utc(), by=by, answer=answer)
        self._keep_confirmation(confirmation)
        self._output.order(WithdrawConfirmation(confirmation.confirmation_id, status.value))
        self._response.withdraw(confirmation.confirmation_id)
        self._confirmation = None

    def _run(self, call: ToolCall) -> None:
        call.move(ToolCallState.RUNNING)
        self._show(call, ToolCallStatus.RUNNING.value)
        self._output.order(
            RunTool(call.id, call.tool_call_id, call.name, call.arguments, call.confirmation_id)
        )

    def _refuse(
        self, call: ToolCall, status: ToolCallStatus, *, caller_said: str | None = None
    ) -> None:
        self._end(call, status, refusal(status, caller_said=caller_said))

    def _end(self, call: ToolCall, status: ToolCallStatus, output: str) -> None:
        is_late = call.has_result
        call.move(ToolCallState.ENDED)
        call.output = output
        if is_late:
            self._submit(AddNote(LATE_RESULT.format(title=call.title, output=output)))
        else:
            self._submit(SubmitToolResult(call.tool_call_id, output))
        self._show(call, status.value, output)
        self._keep_call(call, status, output)
        self._offer_next()
        if is_late and (say := spoken_part(output)) is not None:
            # Whatever the model makes of the note: the caller was promised to hear the outcome.
            self._response.want(Wish(SAY.format(text=say), uses_tools=False))
        else:
            self._continue(call.response_id)

    def _suspend(self, call: ToolCall, status: str, output: str) -> None:
        """Give the call its result now, although the outcome comes later."""
        call.move(ToolCallState.PENDING)
        call.output = output
        self._submit(SubmitToolResult(call.tool_call_id, output))
        self._show(call, status, output)
        self._offer_next()
        self._continue(call.response_id)

    def _submit(self, result: SubmitToolResult | AddNote) -> None:
        if self._is_engine_live:
            self._output.order(result)
        else:
            self._unsent.append(result)

    def _continue(self, response_id: str) -> None:
        if self._response.response_id != response_id and self._calls.are_settled(response_id):
            self._response.want(Wish(uses_tools=self._rounds < MAX_ROUNDS))

    def _show(self, call: ToolCall, status: str, output: str | None = None) -> None:
        self._output.order(
            ShowTool(call.tool_call_id, call.name, call.title, status, call.shown_arguments, output)
        )

    def _keep_call(self, call: ToolCall, status: ToolCallStatus, output: str) -> None:
        record = call.record(self._output.conversation_id, status, output, self._output.utc())
        self._output.keep(record)

    def _keep_confirmation(self, confirmation: Confirmation) -> None:
        self._output.keep(confirmation.record(self._output.conversation_id))
