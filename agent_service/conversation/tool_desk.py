"""Everything between the model's request for a tool and its result: check, run, outcome.

A call that changes something waits meanwhile for the caller's yes (``questions``).
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from agent_service.conversation.briefing import Briefing
from agent_service.conversation.commands import PrepareTool, RunTool
from agent_service.conversation.confirming import Confirming
from agent_service.conversation.events import (
    RepresentativeAskedTool,
    ToolCallRequested,
    ToolDelayed,
    ToolFinished,
    ToolPrepared,
    ToolProgressed,
)
from agent_service.conversation.output import Output
from agent_service.conversation.owed import Owed
from agent_service.conversation.phrases import (
    LATE_RESULT,
    REPRESENTATIVE_DID,
    SAY,
    Phrase,
    asked_already,
    contradictory_call,
    must_speak,
    not_prepared,
    phrase,
    spoken_part,
    still_running,
    taken_over,
    unknown_tool,
)
from agent_service.conversation.questions import Questions
from agent_service.conversation.recorded import CONSENT, NOTE, Recorded
from agent_service.conversation.records import ToolCallStatus
from agent_service.conversation.response import ResponseMachine
from agent_service.conversation.spec import (
    DialogueSettings,
    HistoryToolRound,
    HistoryTurn,
    PendingCall,
    ToolPolicy,
)
from agent_service.conversation.tool_calls import (
    ToolCall,
    ToolCallEvent,
    ToolCalls,
    ToolCallState,
    activity_of,
    without_secrets,
)
from agent_service.conversation.wishes import Wish

PREPARE_S = 30.0
"""How long the runtime may take to check a call's arguments."""

RUN_S = 60.0
"""How long a tool may run before the model goes on without its outcome."""

OWN = "service"
"""The response of the service's own question to the caller."""

PERSON = "person"
"""The response of what a representative wants to have done."""

BEFORE = ""
"""The response of a call from before this process took the conversation over."""


class ToolDesk:
    def __init__(
        self,
        output: Output,
        response: ResponseMachine,
        policies: Mapping[str, ToolPolicy],
        settings: DialogueSettings,
        owed: Owed,
        briefing: Briefing,
        recorded: Recorded,
        *,
        ring: Callable[[str, Callable[[], None]], None],
    ) -> None:
        """``ring`` is told that the caller asks for a person, why, and how the agent goes on."""
        self._ring = ring
        self._settings = settings
        self._recorded = recorded
        self._owed = owed
        self._briefing = briefing
        self._output = output
        self._response = response
        self._policies = policies
        self._max_rounds = settings.agent.limits.tool_rounds
        self._calls = ToolCalls()
        for call in settings.pending:
            self._calls.add(_taken_over(call, policies.get(call.name)))
        self._questions = Questions(
            output,
            self._calls,
            response,
            settings,
            owed,
            agreed=partial(self._run, ToolCallEvent.AGREED),
            refused=partial(self._give, ToolCallEvent.REFUSED),
        )
        self._rounds = 0
        self._greets = False
        self._person = ""
        """Who of the team wanted a tool to be run last."""

    @property
    def confirming(self) -> Confirming:
        """The question that is open."""
        return self._questions.confirming

    # --- what the model asks for ---

    def request(self, event: ToolCallRequested) -> None:
        known = self._calls.find(event.tool_call_id)
        if known is not None:
            self._request_again(known, event)
            return
        policy = self._policies.get(event.name)
        call = self._new_call(event, event.response_id, policy)
        if self._questions.is_taken_over:
            call.is_told = True
            self._finish(call, ToolCallStatus.VOIDED, taken_over())
        elif self.must_speak:
            call.is_told = True  # whoever asked for words sees to it that the caller hears some
            self._finish(call, ToolCallStatus.NOT_ALLOWED, must_speak())
        elif policy is None:
            self._finish(call, ToolCallStatus.NOT_ALLOWED, unknown_tool(event.name))
        elif policy.is_write and self._questions.is_asked_already(call):
            call.is_told = True
            self._finish(call, ToolCallStatus.VOIDED, asked_already())
        elif policy.is_write:
            self._questions.void_earlier(call)
            call.due_at = self._output.now + PREPARE_S
            self._output.order(PrepareTool(call.id, call.tool_call_id, call.name, call.arguments))
        else:
            self._run(ToolCallEvent.CLEARED, call)

    # --- what a representative asks for ---

    def take_over(self, name: str) -> None:
        """A representative speaks with the caller: what the agent wanted a yes to is withdrawn."""
        self._person = name
        self._questions.is_taken_over = True
        self._questions.withdraw_all()

    def give_back(self) -> None:
        """The agent goes on: what the representative wanted a yes to is withdrawn."""
        self._questions.withdraw_all()
        self._questions.is_taken_over = False

    def request_for_person(self, event: RepresentativeAskedTool) -> None:
        """Run a tool as for the agent: checked, on the caller's rows, with the caller's yes."""
        if self._calls.find(event.tool_call_id) is not None:
            return  # each has an identifier of its own
        policy = self._policies.get(event.name)
        call = self._new_call(event, PERSON, policy)
        call.is_persons = call.is_told = True
        if policy is None:
            self._finish(call, ToolCallStatus.NOT_ALLOWED, unknown_tool(event.name))
        elif policy.is_write:
            call.due_at = self._output.now + PREPARE_S
            self._output.order(PrepareTool(call.id, call.tool_call_id, call.name, call.arguments))
        else:
            self._run(ToolCallEvent.CLEARED, call)

    def ask_to_record(self, *, greets: bool) -> None:
        """Ask the caller whether the conversation may be recorded, as about a tool call.

        The greeting follows the answer if it ``greets``; else a yes is answered by saying so.
        """
        self._greets = greets
        self._recorded.asked()
        language = self._settings.agent.language
        title = phrase(Phrase.RECORD_TITLE, language)
        call = ToolCall(
            id=self._output.new_id(),
            tool_call_id=CONSENT,
            response_id=OWN,
            name=CONSENT,
            title=title,
            activity=title,
            arguments="{}",
            shown_arguments="{}",
            requested_at=self._output.utc(),
            state=ToolCallState.PREPARING,
            after=self._output.turn_id,
        )
        summary = phrase(Phrase.RECORD, language)
        call.prepared = ToolPrepared(CONSENT, "", title, summary, needs_confirmation=True)
        self._calls.add(call)
        self._questions.add(call)

    def _new_call(
        self,
        event: ToolCallRequested | RepresentativeAskedTool,
        response_id: str,
        policy: ToolPolicy | None,
    ) -> ToolCall:
        call = ToolCall(
            id=self._output.new_id(),
            tool_call_id=event.tool_call_id,
            response_id=response_id,
            name=event.name,
            title=policy.title if policy else event.name,
            activity=activity_of(policy, event.arguments) if policy else event.name,
            arguments=event.arguments,
            shown_arguments=without_secrets(event.arguments, policy.redacted if policy else ()),
            requested_at=self._output.utc(),
            state=ToolCallState.PREPARING,
            after=self._output.turn_id,
        )
        self._calls.add(call)
        if policy is not None and policy.pauses_recording:
            self._recorded.hold(call.tool_call_id, is_held=True)
        return call

    def _request_again(self, call: ToolCall, event: ToolCallRequested) -> None:
        """A call takes effect once, however often it is made; each time it gets its result."""
        is_same = (call.name, call.arguments) == (event.name, event.arguments)
        if not is_same:
            self._output.incident(
                "contradictory_tool_call",
                f"tool call {event.tool_call_id} came again with other arguments",
            )
        if event.response_id == call.response_id:
            return  # the provider repeats itself
        call.response_id = event.response_id
        call.is_told = self.must_speak and call.has_result
        if call.has_result:
            output = call.output if is_same and call.output is not None else contradictory_call()
            self._briefing.result(call.tool_call_id, output)

    def has_called(self, response_id: str) -> bool:
        """The response asked for a tool."""
        return bool(self._calls.of_response(response_id))

    @property
    def must_speak(self) -> bool:
        """The model has called tools so often in a row that it may call none before it speaks."""
        return self._rounds >= self._max_rounds

    def response_finished(self, response_id: str) -> None:
        """Ask for the model's next response once every result of this one is in."""
        if self._calls.of_response(response_id):
            self._rounds += 1
            self._continue(response_id)

    # --- what the runtime answers ---

    def prepared(self, event: ToolPrepared) -> None:
        call = self._calls.find(event.tool_call_id)
        if call is None or not call.may(ToolCallEvent.NEEDS_YES):
            return
        call.prepared = event
        call.title = event.title
        if event.needs_confirmation:
            self._questions.add(call)
        else:
            self._run(ToolCallEvent.CLEARED, call)

    def finished(self, event: ToolFinished) -> None:
        call = self._calls.find(event.tool_call_id)
        if call is None or not call.may(ToolCallEvent.FINISHED):
            return
        if event.status is ToolCallStatus.AWAITING_APPROVAL:
            self._suspend(call, event.status, event.output)
        else:
            self._finish(call, event.status, event.output)

    def progressed(self, event: ToolProgressed) -> None:
        """Tell the caller that a slow tool runs on."""
        call = self._calls.find(event.tool_call_id)
        if call is not None and call.state is ToolCallState.RUNNING:
            self._response.want(Wish(SAY.format(text=event.say), uses_tools=False, is_passing=True))

    def delayed(self, event: ToolDelayed) -> None:
        """Give the model something to go on with; the outcome comes later."""
        call = self._calls.find(event.tool_call_id)
        if call is not None and call.state is ToolCallState.RUNNING:
            self._suspend(call, ToolCallStatus.RUNNING, event.output)

    def awaits(self, tool_call_id: str) -> bool:
        """The model was told that the outcome of this call comes later."""
        call = self._calls.find(tool_call_id)
        return call is not None and call.state is ToolCallState.PENDING

    @property
    def is_busy(self) -> bool:
        """The model waits for the result of a call, other than for the caller's answer."""
        waiting = (ToolCallState.PREPARING, ToolCallState.RUNNING)
        return any(call.state in waiting for call in self._calls.open())

    @property
    def is_idle(self) -> bool:
        """No call waits for anything but a decision of the team."""
        return all(call.state is ToolCallState.PENDING for call in self._calls.open())

    # --- what the caller says ---

    def caller_spoke(self) -> None:
        """The caller said or did something: the model may call tools for a while again."""
        self._rounds = 0

    def void_all(self) -> None:
        """The caller stopped the agent: what is still to be asked is not wanted either."""
        self._questions.void_all()

    # --- the provider session ---

    def engine_is_live(self) -> None:
        self._briefing.engine_is_live()
        self.confirming.engine_is_live()

    def engine_is_lost(self) -> None:
        self._briefing.engine_is_lost()

    def history(self) -> list[tuple[datetime, HistoryToolRound | HistoryTurn]]:
        """Return what the model asked for and was told, for a new provider session.

        A round stands where its result came: behind the yes that it followed, and nothing that
        was said before it answers it.
        """
        rounds = (
            (
                call.answered_at or call.requested_at,
                HistoryToolRound(call.tool_call_id, call.name, call.arguments, call.output),
            )
            for call in self._calls.all()
            # Those of before are in the history that was taken over, and the model made not ours.
            if call.response_id not in (BEFORE, OWN, PERSON)
        )
        return [*self._briefing.notes, *rounds]

    # --- time and end ---

    def deadline(self) -> float | None:
        dues = (self.confirming.deadline(), self._calls.deadline())
        return min((due for due in dues if due is not None), default=None)

    def expire(self, now: float) -> None:
        self.confirming.expire(now)
        for call in self._calls.overdue(now):
            if call.state is ToolCallState.PREPARING:
                self._finish(call, ToolCallStatus.RETRY_LATER, not_prepared())
            else:
                self._suspend(call, ToolCallStatus.RUNNING, still_running())

    def abandon(self) -> None:
        """The conversation ends: every open call gets its one recorded end."""
        self.confirming.abandon()
        for call in self._calls.open():
            call.move(ToolCallEvent.ABANDONED)
            self._keep_call(call, ToolCallStatus.ENDED, "")

    # --- inside ---

    def _run(self, event: ToolCallEvent, call: ToolCall) -> None:
        call.move(event)
        call.after = self._output.turn_id
        if call.response_id == OWN:
            call.is_told = True
            self._recorded.agreed()
            if not self._greets:
                self._owed.say(CONSENT, phrase(Phrase.RECORDED, self._settings.agent.language))
            self._finish(call, ToolCallStatus.SUCCEEDED, "{}")
            return
        call.due_at = self._output.now + RUN_S
        self._output.order(call.shown(ToolCallStatus.RUNNING))
        self._output.order(
            RunTool(
                call.id,
                call.tool_call_id,
                call.name,
                call.arguments,
                call.confirmation_id,
                self._output.utc(),
            )
        )

    def _finish(self, call: ToolCall, status: ToolCallStatus, output: str) -> None:
        self._give(ToolCallEvent.FINISHED, call, status, output)

    def _suspend(self, call: ToolCall, status: ToolCallStatus, output: str) -> None:
        """Give the call its result now, although the outcome comes later."""
        self._give(ToolCallEvent.SUSPENDED, call, status, output)

    def _give(
        self, event: ToolCallEvent, call: ToolCall, status: ToolCallStatus, output: str
    ) -> None:
        """Tell the model how the call stands: its one result, and a note of what comes later."""
        is_late = call.has_result
        if is_late or call.awaits_caller:
            call.after = self._output.turn_id  # what was said meanwhile stands before it
        call.move(event)
        call.output, call.answered_at = output, self._output.utc()
        self._recorded.hold(call.tool_call_id, is_held=False)
        if call.response_id == OWN:
            self._briefing.note(NOTE[status is ToolCallStatus.SUCCEEDED])
        elif call.is_persons:
            self._briefing.note(
                REPRESENTATIVE_DID.format(
                    name=self._person,
                    title=call.title,
                    arguments=call.shown_arguments,
                    output=output,
                )
            )
        elif is_late:
            self._briefing.tell(LATE_RESULT.format(title=call.title, output=output))
        else:
            self._briefing.result(call.tool_call_id, output)
        self._output.order(call.shown(status, output))
        if call.is_ended:
            self._keep_call(call, status, output)
        self._questions.go_on()
        go_on = partial(self._go_on, call, output, is_late=is_late)
        policy = self._policies.get(call.name)
        if status is ToolCallStatus.SUCCEEDED and policy is not None and policy.rings_team:
            self._ring(_reason_of(call.shown_arguments), go_on)
        else:
            go_on()

    def _go_on(self, call: ToolCall, output: str, *, is_late: bool) -> None:
        """Have the agent speak of how the call stands."""
        is_owed = is_late or (call.is_persons and not self._questions.is_taken_over)
        if is_owed and (say := spoken_part(output)) is not None:
            # Whatever the model makes of the note: the caller was promised to hear the outcome.
            self._owed.say(call.tool_call_id, say)
        elif call.response_id == OWN and call.is_told and self._greets and self._settings.greeting:
            if self._questions.is_taken_over:
                return  # a person has greeted the caller
            text = SAY.format(text=self._settings.greeting)
            self._response.want(Wish(text, uses_tools=False))
        else:
            self._continue(call.response_id)

    def _continue(self, response_id: str) -> None:
        if response_id == PERSON:
            return  # the model did not ask for it
        if self._response.response_id != response_id and self._calls.are_settled(response_id):
            if self._rounds == self._max_rounds:
                self._output.incident(
                    "tool_rounds_over",
                    f"The model called tools in {self._rounds} responses in a row: it must speak.",
                )
            self._response.want(Wish(uses_tools=not self.must_speak))

    def _keep_call(self, call: ToolCall, status: ToolCallStatus, output: str) -> None:
        record = call.record(self._output.conversation_id, status, output, self._output.utc())
        self._output.keep(record)


def _reason_of(arguments: str) -> str:
    try:
        reason = json.loads(arguments).get("reason")
    except (ValueError, AttributeError):
        reason = None
    return reason if isinstance(reason, str) else ""


def _taken_over(call: PendingCall, policy: ToolPolicy | None) -> ToolCall:
    return ToolCall(
        id=call.id,
        tool_call_id=call.tool_call_id,
        response_id=BEFORE,
        name=call.name,
        title=policy.title if policy else call.name,
        activity=activity_of(policy, call.arguments) if policy else call.name,
        arguments=call.arguments,
        shown_arguments=call.arguments,
        requested_at=call.requested_at,
        state=ToolCallState.PENDING,
        output=call.output,
    )
