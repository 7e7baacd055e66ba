"""What the caller has said to a question so far, in pieces whose words may come late."""

from dataclasses import dataclass, field

from agent_service.conversation.records import DecidedBy


@dataclass(slots=True)
class Reply:
    is_in_time: bool = False
    """The first of it began after the read-back was heard."""
    is_lost: bool = False
    """Some of its words will never be known."""
    confidence: float = 1.0
    """Of the piece that was heard least surely."""
    by: DecidedBy = DecidedBy.VOICE
    _pieces: dict[str, str | None] = field(default_factory=dict)
    """By item; None while the words are not known."""

    @property
    def is_begun(self) -> bool:
        return bool(self._pieces)

    @property
    def is_complete(self) -> bool:
        return None not in self._pieces.values()

    @property
    def is_silent(self) -> bool:
        """It holds no words, for sure."""
        return not self.text and not self.is_lost

    @property
    def text(self) -> str:
        return " ".join(piece.strip() for piece in self._pieces.values() if piece).strip()

    def has(self, item_id: str | None) -> bool:
        return item_id in self._pieces

    def begin(self, item_id: str, *, is_in_time: bool) -> None:
        """Take note that the caller speaks."""
        if not self._pieces:
            self.is_in_time = is_in_time
        self._pieces.setdefault(item_id, None)

    def hear(self, item_id: str, text: str, confidence: float | None) -> None:
        """Take the words of a piece."""
        self._pieces[item_id] = text
        self.by = DecidedBy.VOICE
        if confidence is not None:
            self.confidence = min(self.confidence, confidence)

    def lose(self, item_id: str) -> None:
        """The words of the piece will never be known."""
        self._pieces[item_id] = ""
        self.is_lost = True

    def read(self, text: str, *, is_in_time: bool) -> None:
        """Take typed words."""
        item_id = f"typed {len(self._pieces)}"
        self.begin(item_id, is_in_time=is_in_time)
        self._pieces[item_id] = text
        self.by = DecidedBy.TEXT

    def is_sure(self, confidence: float) -> bool:
        """It was typed, or heard at least so surely."""
        return self.by is DecidedBy.TEXT or self.confidence >= confidence
