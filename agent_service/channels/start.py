"""What a caller's client says first, on every channel."""

from dataclasses import dataclass

from agent_service.conversation.records import Modality


@dataclass(frozen=True, slots=True)
class Start:
    """A ticket for a new conversation, or the way back into one."""

    modality: Modality
    ticket: str | None
    resume_token: str | None = None
    last_seq: int | None = None
    """With the token: the last message that arrived, where the channel numbers them; None from a
    client that has nothing of the conversation, and is to be shown it as it stands."""
    call: str | None = None
    """The telephone call that this is, as the ticket has to say."""

    @property
    def is_return(self) -> bool:
        return self.resume_token is not None
