"""What a caller's client says first, on every channel."""

from dataclasses import dataclass

from agent_service.conversation.records import Modality


@dataclass(frozen=True, slots=True)
class Start:
    """A ticket for a new conversation, or the way back into one."""

    modality: Modality
    ticket: str | None
    resume_token: str | None = None
    last_seq: int = 0
    """With the token: the last message that arrived, where the channel numbers them."""

    @property
    def is_return(self) -> bool:
        return self.resume_token is not None
