"""Having the open question read back, and whether what was said was what was to be said."""

from agent_service.conversation.confirmation import Confirmation
from agent_service.conversation.phrases import READ_ALOUD, SAY, Phrase, phrase
from agent_service.conversation.read_back import says_the_same
from agent_service.conversation.response import ResponseMachine
from agent_service.conversation.spec import DialogueSettings
from agent_service.conversation.wishes import Wish


class ReadingBack:
    def __init__(self, response: ResponseMachine, settings: DialogueSettings) -> None:
        self._response = response
        self._language = settings.agent.language

    def ask(self, confirmation: Confirmation, *, is_again: bool) -> None:
        """Have the agent say it; once something else was said in its place, in stricter words."""
        text = self._repeated(confirmation) if is_again else confirmation.read_back
        order = READ_ALOUD if confirmation.misreadings else SAY
        self.withdraw(confirmation)
        self._response.want(
            Wish(
                instructions=order.format(text=text),
                uses_tools=False,
                confirmation_id=confirmation.confirmation_id,
            )
        )

    def withdraw(self, confirmation: Confirmation) -> None:
        self._response.withdraw(confirmation.confirmation_id)

    def is_heard(self, confirmation: Confirmation) -> bool:
        """Tell whether it was said, whole, and reached the caller."""
        items = confirmation.items.values()
        if not all(item.is_heard_whole for item in items):
            return False
        if any(item.is_only_written for item in items):
            return False
        spoken = " ".join(item.text for item in items)
        return any(
            says_the_same(text, spoken, language=self._language)
            for text in (confirmation.read_back, self._repeated(confirmation))
        )

    def _repeated(self, confirmation: Confirmation) -> str:
        """Return what is said when the question is put once more."""
        return f"{phrase(Phrase.NOT_YET, self._language)} {confirmation.read_back}"
