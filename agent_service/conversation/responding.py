"""From the beginning of a response to its end: what it was for, how it went, and what follows."""

from collections.abc import Callable
from typing import assert_never

from agent_service.conversation import events as ev
from agent_service.conversation.agent_speech import AgentSpeech
from agent_service.conversation.caller_speech import CallerSpeech
from agent_service.conversation.commands import CancelResponse
from agent_service.conversation.output import Output
from agent_service.conversation.owed import Owed
from agent_service.conversation.phrases import SAY
from agent_service.conversation.playback import AgentItem
from agent_service.conversation.response import Overdue, ResponseMachine
from agent_service.conversation.service_voice import ServiceVoice
from agent_service.conversation.spec import Notice
from agent_service.conversation.tool_desk import ToolDesk
from agent_service.conversation.wishes import Wish

LONG_WAIT_S = 2.0
"""A wait that the caller is told of at once."""

_SAID = (ev.ResponseStatus.COMPLETED, ev.ResponseStatus.INCOMPLETE)
"""How a response ends by itself."""


class Responding:
    def __init__(
        self,
        output: Output,
        response: ResponseMachine,
        agent: AgentSpeech,
        caller: CallerSpeech,
        desk: ToolDesk,
        voice: ServiceVoice,
        owed: Owed,
        *,
        is_silent: Callable[[], None],
    ) -> None:
        """``is_silent`` is called when the provider session does not answer any more."""
        self._output = output
        self._response = response
        self._agent = agent
        self._caller = caller
        self._desk = desk
        self._confirming = desk.confirming
        self._voice = voice
        self._owed = owed
        self._is_silent = is_silent

    def started(self, response_id: str) -> None:
        if not self._response.start(response_id, self._output.now):
            return
        asked = self._response.asked
        if asked is not None and asked.is_disclosure:
            self._voice.disclosure.response_id = response_id
            self._agent.spare(response_id, len(self._voice.disclosure.text))
            return
        if asked is not None and asked.owed is not None:
            self._owed.began(asked.owed, response_id)
        is_stale = self._response.is_unwanted
        if asked is not None and asked.confirmation_id is not None:
            is_open = self._confirming.reading_began(asked.confirmation_id, response_id)
            is_stale = is_stale or not is_open
        if is_stale or self._caller.is_speaking or self._confirming.awaits_answer():
            self.cancel()

    def finished(self, event: ev.ResponseFinished) -> bool:
        """Return whether the response was what it was to be."""
        status, code, message = event.status, event.code, event.message
        if status is ev.ResponseStatus.COMPLETED and self._is_empty(event.response_id):
            status = ev.ResponseStatus.FAILED
        if status in _SAID and self._desk.must_speak and self._desk.has_called(event.response_id):
            status, code = ev.ResponseStatus.FAILED, "tool_rounds_over"
            message = "The model had to speak and called a tool instead: it did not run."
        wanted = self._response.under_way
        self._agent.response_finished(event)
        if not self._response.finish(event.response_id):
            return False
        silent = self._agent.silent_items(event.response_id) if wanted is not None else []
        is_tried_again = is_given_up = False
        match status:
            case ev.ResponseStatus.COMPLETED:
                if silent:
                    is_given_up = self._silent(event.response_id, silent)
                else:
                    self._response.succeed()
            case ev.ResponseStatus.CANCELLED:
                self._voice.disclosure_stopped(event.response_id)
                is_tried_again = self._broken_off(event, wanted)
            case ev.ResponseStatus.INCOMPLETE:
                is_tried_again = self._broken_off(event, wanted)
            case ev.ResponseStatus.FAILED:
                is_tried_again = self._failed(
                    code or "response_failed",
                    message or "The provider could not answer.",
                    event.retry_after_s,
                )
            case _:
                assert_never(status)
        is_complete = status is ev.ResponseStatus.COMPLETED
        self._over(event.response_id, is_complete=is_complete, is_tried_again=is_tried_again)
        if is_given_up:
            self._is_silent()
        return is_complete and not silent

    def turned_down(self, event: ev.EngineRefused) -> None:
        """The provider is too busy to begin what it was asked for."""
        if self._response.turn_down():
            self._failed(event.code, event.message, event.retry_after_s)
        else:
            self._output.incident(event.code, event.message)

    def cancel(self) -> None:
        """Stop the response that is asked for or active, if any."""
        self._stop(self._response.cancel(self._output.now))

    def is_gone(self) -> None:
        """The provider will never say how the response ended that is being cancelled."""
        response_id = self._response.is_gone()
        if response_id is not None:
            self._agent.give_up(response_id)
            self._over(response_id, is_complete=False)

    def deadline(self) -> float | None:
        return self._response.deadline()

    def expire(self, now: float) -> None:
        late = self._response.overdue(now)
        match late:
            case Overdue.NOT_STARTED:
                self._late(late)
            case Overdue.STALLED:
                stalled = self._response.abandon(now)
                self._stop(stalled)
                self._voice.disclosure.give_up(stalled)
                self._late(late)
            case Overdue.NEVER_ENDED:
                self.is_gone()
            case Overdue.NOT_EXPECTED_STARTED:
                self._response.want(Wish())
            case Overdue.NOT_CANCELLED:
                self.cancel()
            case None:
                pass
            case _:
                assert_never(late)

    def _stop(self, response_id: str | None) -> None:
        if response_id is not None:
            self._output.order(CancelResponse(response_id))

    def _is_empty(self, response_id: str) -> bool:
        """The response that is active has said nothing and asked for nothing."""
        return response_id == self._response.response_id and not self._response.has_output

    def _failed(self, code: str, message: str, wait_s: float | None) -> bool:
        """Return whether what was asked for will be tried once more; if not, say so."""
        is_tried_again = self._response.fail(self._output.now, retry_after_s=wait_s)
        if is_tried_again:
            self._response.want_again()
        self._output.incident(code, message, is_shown=not is_tried_again)
        if not is_tried_again:
            self._voice.notify(Notice.SORRY)
        elif wait_s is not None and wait_s > LONG_WAIT_S:
            self._voice.notify(Notice.WAIT)
        return is_tried_again

    def _broken_off(self, event: ev.ResponseFinished, wanted: Wish | None) -> bool:
        """The provider stopped in the midst: return whether it is tried once more.

        ``wanted`` is None where the caller or the service itself stopped it.
        """
        code = f"response_{event.status.value}_{event.code or 'unknown'}"
        message = event.message or "The provider stopped before the answer was finished."
        has_own_rules = wanted is None or wanted.is_insisted_on
        if not has_own_rules and not self._desk.has_called(event.response_id):
            return self._failed(code, message, event.retry_after_s)
        if event.status is ev.ResponseStatus.INCOMPLETE:
            self._output.incident(code, message)
        return False

    def _silent(self, response_id: str, silent: list[AgentItem]) -> bool:
        """Have said again what nobody could hear; return whether that is no use any more."""
        asked = self._response.asked or Wish()
        text = " ".join(item.text.strip() for item in silent)
        if asked.is_plain and text and all(item.is_complete for item in silent):
            asked = Wish(SAY.format(text=text), uses_tools=False)
        if not asked.is_insisted_on:
            message = "What the provider said had no sound."
            self._output.incident("response_silent", message, is_shown=True)
            if not self._desk.has_called(response_id):
                self._response.want(asked)
        self._agent.skip_silence()
        return not self._response.count_failure()

    def _over(self, response_id: str, *, is_complete: bool, is_tried_again: bool = False) -> None:
        """What the response was for has come to its end, good or bad."""
        self._confirming.reading_finished(
            response_id, is_complete=is_complete, is_tried_again=is_tried_again
        )
        self._desk.response_finished(response_id)

    def _late(self, late: Overdue) -> None:
        """Ask once more; a provider session that stays silent then is given up."""
        self._output.incident(
            "response_late",
            f"The provider did not answer in time ({late.name.lower()}).",
            is_shown=True,
        )
        is_tried_again = self._response.fail(self._output.now)
        self._response.want_again()
        if not is_tried_again:
            self._is_silent()
