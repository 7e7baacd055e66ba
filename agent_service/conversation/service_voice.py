"""What the service says itself, without the provider: notices, the goodbye, and that an AI speaks.

The provider is told of it afterwards, so that the model knows what the caller has heard.
"""

from agent_service.conversation.agent_speech import AgentSpeech
from agent_service.conversation.briefing import Briefing
from agent_service.conversation.caller_speech import CallerSpeech
from agent_service.conversation.confirming import Confirming
from agent_service.conversation.disclosure import Disclosure
from agent_service.conversation.output import Output
from agent_service.conversation.patience import Patience
from agent_service.conversation.phrases import SAY, SERVICE_SAID
from agent_service.conversation.recorded import Recorded
from agent_service.conversation.response import ResponseMachine
from agent_service.conversation.spec import DialogueSettings, Notice
from agent_service.conversation.turns import NOTICE, Turns
from agent_service.conversation.wishes import Wish

FAREWELL_S = 2.0
"""How long past its own length a goodbye may play before the line is closed."""

UNSAID = "not_announced"
"""Who holds the recording when the caller was not told of it."""

MEANWHILE = {Notice.WAIT, Notice.STILL_WAITING, Notice.REPEAT, Notice.SORRY}
"""What is said to who waits for the agent."""


class ServiceVoice:
    def __init__(
        self,
        output: Output,
        turns: Turns,
        response: ResponseMachine,
        agent: AgentSpeech,
        caller: CallerSpeech,
        confirming: Confirming,
        briefing: Briefing,
        settings: DialogueSettings,
        recorded: Recorded,
    ) -> None:
        self._output = output
        self._turns = turns
        self._response = response
        self._agent = agent
        self._caller = caller
        self._confirming = confirming
        self._briefing = briefing
        self._settings = settings
        self._recorded = recorded
        self._patience = Patience()
        self.disclosure = Disclosure(settings.disclosure)
        self._farewell_until: float | None = None
        self.is_quiet = False
        """Somebody else speaks with the caller, who need not be told how the agent fares."""

    # --- notices ---

    def notify(self, notice: Notice) -> bool:
        """Say it; False where there are no words for it, or it is not to be said now."""
        clip = self._settings.notices.get(notice)
        if clip is None or (self.is_quiet and notice in MEANWHILE):
            return False
        self._agent.say_notice(notice, clip)
        self._confirming.overtake(NOTICE)
        self._patience.notified(self._output.now)
        self._briefing.tell(SERVICE_SAID.format(text=clip.text))
        return True

    def watch_silence(self, *, is_owed: bool) -> None:
        """Look, after an event, whether the caller waits for something and hears nothing."""
        self._patience.watch(self._output.now, is_owed=is_owed)

    @property
    def _sounds_until(self) -> float:
        """Until when the caller hears the agent or themselves."""
        return max(self._agent.sounds_until, self._caller.sounds_until)

    # --- the goodbye ---

    @property
    def has_left(self) -> bool:
        """The goodbye was heard, or its time is over."""
        return self._farewell_until is None or not self._agent.is_audible

    def say_goodbye(self, notice: Notice) -> None:
        self.notify(notice)
        self._farewell_until = self._output.now + self._agent.plays_for_s() + FAREWELL_S

    def stay(self) -> None:
        """There is somebody, after all."""
        self._farewell_until = None

    # --- that an AI speaks ---

    def want_disclosure(self, greeting: str | None) -> None:
        """Have the agent say it, before the greeting if there is one."""
        disclosure = self.disclosure
        disclosure.tries += 1
        text = f"{disclosure.text} {greeting}" if greeting else disclosure.text
        self._response.want(Wish(SAY.format(text=text), uses_tools=False, is_disclosure=True))

    def notice_disclosure(self) -> bool:
        """Return whether the caller has heard it just now; have it said again if they will not."""
        disclosure = self.disclosure
        if not disclosure.is_owed or disclosure.response_id is None:
            return False
        turns = self._turns.agent_turns(disclosure.response_id)
        if disclosure.hear((turn.item for turn in turns), self._output.utc()):
            return True
        is_over = all(turn.is_final for turn in turns) and not self._response.is_disclosure_due
        if is_over and not self.is_quiet:
            self._disclose_again()
        return False

    def disclosure_stopped(self, response_id: str) -> None:
        """The provider stopped saying it, because the caller spoke: our own words follow."""
        disclosure = self.disclosure
        if self.is_quiet or not disclosure.is_owed or disclosure.response_id != response_id:
            return
        turns = self._turns.agent_turns(response_id)
        if not disclosure.is_sent(turn.item for turn in turns):
            self._disclose_ourselves("The provider stopped saying that an AI speaks.")

    def _disclose_again(self) -> None:
        disclosure = self.disclosure
        if not disclosure.is_given_up:
            disclosure.response_id = None
            self.want_disclosure(None)
        elif disclosure.response_id != NOTICE and not self._disclose_ourselves(
            "The provider did not say that an AI speaks."
        ):
            disclosure.response_id = None

    def _disclose_ourselves(self, why: str) -> bool:
        """Say it without the provider; False where there are no words for it."""
        self._output.incident("disclosure_not_said", why)
        is_said = self.notify(Notice.DISCLOSURE)
        if self._recorded.is_on:  # which the notice does not say
            self._recorded.hold(UNSAID, is_held=True)
        if is_said:
            self.disclosure.response_id = NOTICE
        return is_said

    # --- time ---

    def deadline(self) -> float | None:
        dues = (self._farewell_until, self._patience.deadline(self._sounds_until))
        return min((due for due in dues if due is not None), default=None)

    def expire(self, now: float) -> None:
        """Give up a goodbye that plays too long; say that it takes a moment, or a moment more."""
        if self._farewell_until is not None and now >= self._farewell_until:
            self._farewell_until = None
        if self._patience.is_over(now, self._sounds_until):
            self._agent.skip_silence()
            self.notify(Notice.STILL_WAITING if self._patience.notices else Notice.WAIT)
