"""The question that is open: read back, answered, asked again once, then dropped in words.

It decides what counts as a yes. What follows from the decision is the tool desk's.
"""

from collections.abc import Callable

from agent_service.conversation.answers import Answer, read_answer
from agent_service.conversation.commands import ShowConfirmation, ShowError, WithdrawConfirmation
from agent_service.conversation.confirmation import Confirmation, ConfirmationState
from agent_service.conversation.output import Output
from agent_service.conversation.owed import Owed
from agent_service.conversation.persons_reading import PersonsReading
from agent_service.conversation.phrases import Phrase, phrase, read_back, terms_of
from agent_service.conversation.playback import AgentItem
from agent_service.conversation.reading_back import ReadingBack
from agent_service.conversation.recorded import CONSENT
from agent_service.conversation.records import ConfirmationStatus, DecidedBy
from agent_service.conversation.reply import Reply
from agent_service.conversation.response import ResponseMachine
from agent_service.conversation.spec import DialogueSettings
from agent_service.conversation.tool_calls import ToolCall

ASKS = 2
"""How many times the caller is asked before the question is dropped."""

NOISES = 3
"""How often a sound without words may cut the read-back off before that counts as an answer."""

MISREADINGS = 2
"""How many times something else may be said in place of the read-back.

After that it is only shown, or where nobody sees it, dropped.
"""

_TAPPED = {True: ConfirmationStatus.ACCEPTED, False: ConfirmationStatus.DECLINED}


class Confirming:
    def __init__(
        self,
        output: Output,
        response: ResponseMachine,
        settings: DialogueSettings,
        owed: Owed,
        *,
        decided: Callable[[Confirmation], None],
    ) -> None:
        self._output = output
        self._response = response
        self._reading_back = ReadingBack(response, settings)
        self._settings = settings
        self._owed = owed
        self._limits = settings.limits
        self._language = settings.agent.language
        self._decided = decided
        self._open: Confirmation | None = None
        self._closed: tuple[str, ConfirmationStatus] | None = None
        """The last question, and what became of it."""
        self._is_superseded = False
        """A question that the caller had begun to hear was replaced by the next one."""

    # --- asking ---

    def offer(
        self, call: ToolCall, summary: str, arguments_hash: str, *, is_persons: bool = False
    ) -> None:
        """Ask the caller about this call; for a representative it is shown, and they read it."""
        now = self._output.now
        confirmation = Confirmation(
            confirmation_id=self._output.new_id(),
            tool_call_id=call.tool_call_id,
            title=call.title,
            arguments=call.shown_arguments,
            read_back=read_back(summary, self._language),
            arguments_hash=arguments_hash,
            offered_at=self._output.utc(),
            expires_at=self._output.utc(now + self._limits.confirmation_s),
            due_at=now + self._limits.confirmation_s,
            persons=PersonsReading() if is_persons else None,
        )
        self._open = confirmation
        call.confirmation_id = confirmation.confirmation_id
        self._keep(confirmation)
        if is_persons:
            confirmation.show()
            self._show(confirmation)
            return
        self._reading_back.ask(confirmation, is_again=self._is_superseded)
        self._is_superseded = False

    def _ask_again(self, confirmation: Confirmation, status: ConfirmationStatus) -> None:
        """Ask once more, or drop the question if that was done already."""
        if confirmation.asks >= ASKS:
            self._decide(status, answer=confirmation.reply.text or None)
            return
        confirmation.asks += 1
        confirmation.read_again()
        self._renew(confirmation)
        self._reading_back.ask(confirmation, is_again=True)

    def _renew(self, confirmation: Confirmation) -> None:
        confirmation.due_at = self._output.now + self._limits.confirmation_s
        confirmation.expires_at = self._output.utc(confirmation.due_at)
        self._keep(confirmation)

    # --- the read-back ---

    def reading_began(self, confirmation_id: str, response_id: str) -> bool:
        """Note which response reads back; False if the caller is answering already."""
        assert self._open is not None
        confirmation = self._open
        assert confirmation.confirmation_id == confirmation_id, "that question is closed"
        if confirmation.state is not ConfirmationState.ASKED or confirmation.reply.is_begun:
            return False
        confirmation.begin(response_id)
        return True

    @property
    def reading(self) -> str | None:
        """The response that has read back completely and may still be playing."""
        if self._open is None or not self._open.is_read:
            return None
        return self._open.response_id

    def reading_finished(
        self, response_id: str, *, is_complete: bool, is_tried_again: bool
    ) -> None:
        """The response that reads back has ended, whole or not."""
        confirmation = self._reading_in(response_id)
        if confirmation is None:
            return
        if is_complete:
            confirmation.complete()
        elif is_tried_again:
            confirmation.fail()
        elif not confirmation.reply.is_begun:  # else the caller's words decide
            self._misread(confirmation)

    def said(self, item: AgentItem) -> None:
        """The item is part of the read-back, and its playing is over."""
        assert self._open is not None
        self._open.items[item.item_id] = item

    def said_all(self) -> None:
        """The playing of the read-back is over: compare what was said with what was to be said."""
        assert self._open is not None
        confirmation = self._open
        if confirmation.reply.is_begun:
            return  # interrupted: the caller's words decide
        if not self._reading_back.is_heard(confirmation):
            self._misread(confirmation)
            return
        confirmation.hear(self._output.utc())
        self._renew(confirmation)
        self._show(confirmation)

    def _misread(self, confirmation: Confirmation) -> None:
        """Something else was said, or not all of it was heard: once more, then show or drop it."""
        self._output.incident(
            "read_back_differs",
            "What was to be agreed to was not said, or not heard, as it was to be.",
        )
        confirmation.misreadings += 1
        if confirmation.misreadings < MISREADINGS:
            confirmation.read_again()
            self._renew(confirmation)
            self._reading_back.ask(confirmation, is_again=True)
        elif self._settings.can_tap:
            confirmation.show()
            self._renew(confirmation)
            self._show(confirmation)
            self._say(Phrase.TAP, confirmation)
        else:
            # Nobody agrees to what they neither heard nor see.
            self._decide(ConfirmationStatus.VOIDED)

    def _show(self, confirmation: Confirmation) -> None:
        confirmation.is_shown = True
        self._output.order(
            ShowConfirmation(
                confirmation_id=confirmation.confirmation_id,
                title=confirmation.title,
                summary=self._terms_of(confirmation),
                arguments=confirmation.arguments,
                expires_at=confirmation.expires_at,
                is_tap_only=self._is_tap_only(confirmation),
                question=phrase(Phrase.QUESTION, self._language),
            )
        )

    def _is_tap_only(self, confirmation: Confirmation) -> bool:
        return confirmation.state is ConfirmationState.SHOWN and not confirmation.is_persons

    def _terms_of(self, confirmation: Confirmation) -> str:
        return terms_of(confirmation.read_back, self._language)

    # --- the answer ---

    def caller_began(self, item_id: str, *, began_at: float) -> None:
        """The caller starts to speak: an answer, more of one, or an interruption."""
        if self._open is None:
            self._is_superseded = False
            return
        confirmation = self._open
        is_in_time = self._is_in_time(confirmation, began_at)
        confirmation.reply.begin(item_id, is_in_time=is_in_time)
        confirmation.accepts_at = None

    def _is_in_time(self, confirmation: Confirmation, began_at: float) -> bool:
        """The caller begins to answer: tell whether they have heard what they answer."""
        persons = confirmation.persons
        if persons is None:
            return confirmation.is_heard
        has_agreed = confirmation.accepts_at is not None  # there may be a "but"
        if not has_agreed and persons.is_answered_anew(began_at, self._output.utc()):
            confirmation.reply = Reply()
        return persons.is_in_time

    def overtake(self, response_id: str) -> None:
        """Something is said to the caller that is not the read-back."""
        if self._open is None:
            return
        confirmation = self._open
        if confirmation.persons is not None:
            confirmation.persons.overtake()
        elif confirmation.is_heard:
            confirmation.is_overtaken |= confirmation.response_id != response_id

    def person_says(self, item: AgentItem) -> None:
        """A representative says this to the caller."""
        if self._open is not None and self._open.persons is not None:
            self._open.persons.say(item)

    def person_written_down(self) -> None:
        """The words of what a representative has said are known, or that they will not be."""
        if self._open is not None and self._open.is_persons and self._open.reply.is_begun:
            self._weigh()

    def awaits_answer(self) -> bool:
        """The caller's answer is not known to its end: until then nobody else may speak."""
        if self._open is None or self._open.is_persons:
            return False
        confirmation = self._open
        return confirmation.accepts_at is not None or not confirmation.reply.is_complete

    def transcribed(self, item_id: str, text: str, confidence: float | None = None) -> None:
        """The words of a caller's item are known; sound without words says nothing."""
        if self._open is None or not self._open.reply.has(item_id):
            return
        if not self._open.is_persons:
            self._response.disown()
        self._open.reply.hear(item_id, text, confidence)
        self._weigh()

    def transcript_lost(self, item_id: str | None) -> None:
        """These words of the caller will never be known, so they were not a yes."""
        if self._open is None or item_id is None or not self._open.reply.has(item_id):
            return
        self._open.reply.lose(item_id)
        self._weigh()

    def typed(self, text: str, shown: tuple[str, ...] | None = None) -> bool:
        """Take typed words; True if the caller was being asked.

        ``shown`` are the questions that the caller saw when they typed, where that was before now.
        """
        if self._open is None:
            self._is_superseded = False
            return False
        confirmation = self._open
        if shown is not None and confirmation.confirmation_id not in shown:
            return self._comes_after(confirmation)
        was_asked = confirmation.is_begun
        is_in_time = self._is_in_time(confirmation, self._output.now)
        confirmation.reply.read(text, is_in_time=is_in_time)
        confirmation.accepts_at = None
        self._weigh()
        return was_asked

    def _comes_after(self, confirmation: Confirmation) -> bool:
        """The words are older than the question, and no answer to it: ask it once more."""
        if confirmation.state is ConfirmationState.SHOWN:
            self._say(Phrase.TAP, confirmation)
        else:
            confirmation.read_again()
            self._renew(confirmation)
            self._reading_back.ask(confirmation, is_again=confirmation.is_begun)
        return confirmation.is_begun

    def tapped(self, confirmation_id: str, *, is_accepted: bool) -> None:
        if self._open is None or self._open.confirmation_id != confirmation_id:
            if self._closed == (confirmation_id, _TAPPED[is_accepted]):
                return  # a second tap says nothing new
            self._output.order(
                ShowError("confirmation_closed", "This question is no longer open.", False)
            )
        elif not is_accepted:
            self._decide(ConfirmationStatus.DECLINED, by=DecidedBy.TAP)
        elif self._open.is_shown and self._has_terms(self._open):
            self._decide(ConfirmationStatus.ACCEPTED, by=DecidedBy.TAP)
        else:
            self._output.order(
                ShowError("confirmation_not_heard", "Listen to the question first.", True)
            )

    def _has_terms(self, confirmation: Confirmation) -> bool:
        """Tell whether the caller knows what is asked: a telephone shows no representative's."""
        persons = confirmation.persons
        if persons is None or self._settings.can_tap:
            return True
        persons.is_answered_anew(self._output.now, self._output.utc())
        if not persons.is_read_back(confirmation.read_back, language=self._language):
            return False
        return self._hear_person(confirmation, persons)

    def _hear_person(self, confirmation: Confirmation, persons: PersonsReading) -> bool:
        """Note when what a representative read aloud was heard; False: not to its end."""
        if persons.heard_at is not None:
            confirmation.hear(persons.heard_at)
        return persons.is_in_time

    def _weigh(self) -> None:
        """Decide by what was said, once all of it is known."""
        assert self._open is not None
        confirmation = self._open
        reply = confirmation.reply
        if not reply.is_complete:
            return
        if confirmation.persons is not None:
            self._weigh_for_person(confirmation, confirmation.persons)
            return
        answer = self._answer_in(confirmation)
        if answer is Answer.NO and not reply.is_lost:
            self._decide(ConfirmationStatus.DECLINED, by=reply.by, answer=reply.text)
        elif answer is Answer.YES and self._is_valid(confirmation):
            confirmation.accepts_at = self._output.now + self._limits.yes_grace_s
            self.expire(self._output.now)
        elif not confirmation.is_begun:
            confirmation.reply = Reply()  # it was not said to the question
            self._reading_back.ask(confirmation, is_again=False)
        elif confirmation.is_being_asked:
            is_noise = reply.is_silent and confirmation.noises < NOISES
            confirmation.noises += is_noise
            confirmation.asks -= is_noise  # nobody has answered it
            self._ask_again(confirmation, ConfirmationStatus.VOIDED)
        elif reply.is_silent:
            confirmation.reply = Reply()
        elif confirmation.is_heard:
            self._ask_again(confirmation, ConfirmationStatus.VOIDED)
        else:
            self._insist_on_tap(confirmation)

    def _weigh_for_person(self, confirmation: Confirmation, persons: PersonsReading) -> None:
        """Take only what is said to a read-back for an answer: people talk of other things, too."""
        reply = confirmation.reply
        is_read = persons.is_read_back(confirmation.read_back, language=self._language)
        if is_read is None:
            return
        answer = self._answer_in(confirmation) if is_read else Answer.UNCLEAR
        if answer is Answer.NO and not reply.is_lost:
            self._decide(ConfirmationStatus.DECLINED, by=reply.by, answer=reply.text)
        elif answer is Answer.YES and self._is_clear(reply):
            confirmation.accepts_at = self._output.now + self._limits.yes_grace_s
            self.expire(self._output.now)
        else:
            if is_read and reply.is_in_time and not reply.is_silent:
                persons.overtake()
            confirmation.reply = Reply()

    def _answer_in(self, confirmation: Confirmation) -> Answer:
        text = confirmation.reply.text
        return read_answer(text, language=self._language, summary=confirmation.read_back)

    def _is_valid(self, confirmation: Confirmation) -> bool:
        """A yes counts here: it was given to what was heard, and it was heard clearly."""
        is_last = confirmation.is_heard and not confirmation.is_overtaken
        return is_last and self._is_clear(confirmation.reply)

    def _is_clear(self, reply: Reply) -> bool:
        is_whole = reply.is_in_time and not reply.is_lost
        return is_whole and reply.is_sure(self._limits.yes_confidence)

    def _insist_on_tap(self, confirmation: Confirmation) -> None:
        if confirmation.asks >= ASKS:
            self._decide(ConfirmationStatus.VOIDED, answer=confirmation.reply.text or None)
            return
        confirmation.asks += 1
        confirmation.reply = Reply()
        self._say(Phrase.TAP, confirmation)

    # --- what ends it otherwise ---

    @property
    def has_question(self) -> bool:
        """What the caller says is looked at before anybody answers it."""
        return self._open is not None

    @property
    def is_asking(self) -> bool:
        """The read-back is being said."""
        return self._open is not None and self._open.is_being_read

    def stop(self) -> None:
        """The caller wants to hear no more of it."""
        if self._open is not None:
            self._decide(ConfirmationStatus.VOIDED, by=DecidedBy.TAP)

    def supersede(self) -> None:
        """The model moved on: its next question says that nothing came of this one."""
        assert self._open is not None
        self._is_superseded = self._open.is_begun
        self._decided(self._close(ConfirmationStatus.VOIDED))

    def withdraw(self) -> Confirmation | None:
        """Take back the question that is open: nothing is done, nor said about it."""
        return None if self._open is None else self._close(ConfirmationStatus.VOIDED)

    def abandon(self) -> None:
        """The conversation ends."""
        if self._open is not None:
            self._close(ConfirmationStatus.VOIDED)

    def engine_is_live(self) -> None:
        """Ask again what the lost provider session was asked to say, or was saying."""
        if self._open is None:
            return
        confirmation = self._open
        if confirmation.is_being_asked and confirmation.reply.is_complete:
            confirmation.read_again()
            self._reading_back.ask(confirmation, is_again=confirmation.is_begun)

    def deadline(self) -> float | None:
        if self._open is None:
            return None
        confirmation = self._open
        if confirmation.accepts_at is not None:
            return confirmation.accepts_at
        # A turn of the caller and a response have deadlines of their own.
        is_waiting = not confirmation.is_being_read and confirmation.reply.is_complete
        return confirmation.due_at if is_waiting else None

    def expire(self, now: float) -> None:
        due = self.deadline()
        if self._open is None or due is None or now < due:
            return
        confirmation = self._open
        reply = confirmation.reply
        if confirmation.accepts_at is not None:
            if confirmation.persons is not None:
                self._hear_person(confirmation, confirmation.persons)
            self._decide(ConfirmationStatus.ACCEPTED, by=reply.by, answer=reply.text)
        elif confirmation.is_heard:
            self._ask_again(confirmation, ConfirmationStatus.EXPIRED)
        else:
            self._decide(ConfirmationStatus.EXPIRED)

    # --- inside ---

    def is_read_in(self, response_id: str) -> bool:
        """The response reads back the question that is open."""
        return self._reading_in(response_id) is not None

    def _reading_in(self, response_id: str) -> Confirmation | None:
        """Return the open confirmation if this response reads it back."""
        if self._open is None or not self._open.is_being_read:
            return None
        confirmation = self._open
        return confirmation if confirmation.response_id == response_id else None

    def _decide(
        self,
        status: ConfirmationStatus,
        *,
        by: DecidedBy | None = None,
        answer: str | None = None,
    ) -> None:
        confirmation = self._close(status, by=by, answer=answer)
        if status is ConfirmationStatus.DECLINED:
            self._say(Phrase.DECLINED, confirmation)
        elif status is not ConfirmationStatus.ACCEPTED:
            self._say(Phrase.DROPPED, confirmation)
        self._decided(confirmation)

    def _close(
        self,
        status: ConfirmationStatus,
        *,
        by: DecidedBy | None = None,
        answer: str | None = None,
    ) -> Confirmation:
        assert self._open is not None
        confirmation = self._open
        confirmation.decide(status, self._output.utc(), by=by, answer=answer)
        self._open = None
        self._closed = (confirmation.confirmation_id, status)
        self._keep(confirmation)
        self._output.order(
            WithdrawConfirmation(
                confirmation.confirmation_id,
                status.value,
                self._terms_of(confirmation) if confirmation.is_shown else None,
                self._output.turn_id,
            )
        )
        self._reading_back.withdraw(confirmation)
        self._owed.settle(confirmation.confirmation_id)
        return confirmation

    def _say(self, which: Phrase, confirmation: Confirmation) -> None:
        if confirmation.is_persons:
            return  # who asked is there to say it
        if confirmation.tool_call_id == CONSENT and which is not Phrase.TAP:
            which = Phrase.NOT_RECORDED
        self._owed.say(confirmation.confirmation_id, phrase(which, self._language))

    def _keep(self, confirmation: Confirmation) -> None:
        self._output.keep(confirmation.record(self._output.conversation_id))
