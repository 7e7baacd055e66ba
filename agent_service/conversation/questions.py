"""The tool calls that need the caller's yes: they are asked about one at a time, in their order."""

from collections.abc import Callable

from agent_service.conversation.confirmation import Confirmation
from agent_service.conversation.confirming import Confirming
from agent_service.conversation.output import Output
from agent_service.conversation.owed import Owed
from agent_service.conversation.phrases import refusal, taken_over
from agent_service.conversation.records import ConfirmationStatus, ToolCallStatus
from agent_service.conversation.response import ResponseMachine
from agent_service.conversation.spec import DialogueSettings
from agent_service.conversation.tool_calls import ToolCall, ToolCallEvent, ToolCalls, ToolCallState

_STATUS = {
    ConfirmationStatus.DECLINED: ToolCallStatus.DECLINED,
    ConfirmationStatus.EXPIRED: ToolCallStatus.EXPIRED,
    ConfirmationStatus.VOIDED: ToolCallStatus.VOIDED,
}


class Questions:
    def __init__(
        self,
        output: Output,
        calls: ToolCalls,
        response: ResponseMachine,
        settings: DialogueSettings,
        owed: Owed,
        *,
        agreed: Callable[[ToolCall], None],
        refused: Callable[[ToolCall, ToolCallStatus, str], None],
    ) -> None:
        """``agreed`` and ``refused`` are told what became of a call; of a refusal, what to say."""
        self._output = output
        self._calls = calls
        self.is_taken_over = False
        """A representative speaks with the caller: nothing of the agent's is asked."""
        self._agreed = agreed
        self._refused = refused
        self.confirming = Confirming(output, response, settings, owed, decided=self._decided)

    def is_asked_already(self, call: ToolCall) -> bool:
        """The caller is answering a question, or is being asked this very thing."""
        return self.confirming.awaits_answer() or any(
            (other.name, other.arguments) == (call.name, call.arguments)
            for other in self._of_earlier_responses(call)
        )

    def add(self, call: ToolCall) -> None:
        """Ask the caller about this call when its turn comes."""
        call.move(ToolCallEvent.NEEDS_YES)
        held = ToolCallStatus.AWAITING_CONFIRMATION
        self._output.keep(call.record(self._output.conversation_id, held, "", None))
        if call.is_persons is not self.is_taken_over:
            self._withdraw(call)
        else:
            self.go_on()

    def go_on(self) -> None:
        """Ask about the next call, if none is being asked about."""
        call = self._calls.next_queued()
        if call is None:
            return
        assert call.prepared is not None
        call.move(ToolCallEvent.OFFERED)
        self.confirming.offer(
            call,
            call.prepared.summary,
            call.prepared.arguments_hash,
            is_persons=call.is_persons,
        )
        self._output.order(call.shown(ToolCallStatus.AWAITING_CONFIRMATION))

    def void_earlier(self, call: ToolCall) -> None:
        """The model moved on: what it asked for in an earlier response is no longer on offer."""
        earlier = self._of_earlier_responses(call)
        self._void_queued(earlier)
        if any(other.state is ToolCallState.HELD for other in earlier):
            self.confirming.supersede()

    def withdraw_all(self) -> None:
        """Another one speaks with the caller from now on: what is open is not asked any more."""
        for call in self._calls.awaiting_caller():
            if call.state is ToolCallState.QUEUED:
                self._withdraw(call)
        confirmation = self.confirming.withdraw()
        asked = None if confirmation is None else self._calls.find(confirmation.tool_call_id)
        if asked is not None:
            self._withdraw(asked)

    def void_all(self) -> None:
        """The caller stopped the agent: what is still to be asked is not wanted either."""
        self._void_queued(self._calls.awaiting_caller())
        self.confirming.stop()

    def _of_earlier_responses(self, call: ToolCall) -> list[ToolCall]:
        waiting = self._calls.awaiting_caller()
        return [other for other in waiting if other.response_id != call.response_id]

    def _void_queued(self, calls: list[ToolCall]) -> None:
        """Refuse those that wait for their turn, before the end of the open one offers them."""
        for call in calls:
            if call.state is ToolCallState.QUEUED:
                self._refuse(call, ConfirmationStatus.VOIDED)

    def _decided(self, confirmation: Confirmation) -> None:
        call = self._calls.find(confirmation.tool_call_id)
        assert call is not None
        if confirmation.status is ConfirmationStatus.ACCEPTED:
            self._agreed(call)
        else:
            self._refuse(call, confirmation.status, caller_said=confirmation.answer)

    def _withdraw(self, call: ToolCall) -> None:
        call.is_told = True
        self._refused(call, ToolCallStatus.VOIDED, taken_over())

    def _refuse(
        self, call: ToolCall, decision: ConfirmationStatus, *, caller_said: str | None = None
    ) -> None:
        status = _STATUS[decision]
        # What the caller said instead of a yes or a no is for the model to answer.
        call.is_told = status is not ToolCallStatus.VOIDED or caller_said is None
        said = caller_said if status is ToolCallStatus.VOIDED else None
        self._refused(call, status, refusal(status, caller_said=said))
