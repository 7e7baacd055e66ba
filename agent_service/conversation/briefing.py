"""What the model is told besides what is said: the results of its tool calls, and notes."""

from datetime import datetime

from agent_service.conversation.commands import AddNote, SubmitToolResult
from agent_service.conversation.output import Output
from agent_service.conversation.records import Role
from agent_service.conversation.spec import HistoryTurn


class Briefing:
    def __init__(self, output: Output) -> None:
        self._output = output
        self._is_engine_live = False
        self._unsent: list[SubmitToolResult | AddNote] = []
        """For the session that is being opened: they came after its history was written."""
        self.notes: list[tuple[datetime, HistoryTurn]] = []
        """For the history of later sessions."""

    def result(self, tool_call_id: str, output: str) -> None:
        self._submit(SubmitToolResult(tool_call_id, output))

    def note(self, text: str) -> None:
        """Tell the model something, this session's and every later one's."""
        self.notes.append((self._output.utc(), HistoryTurn(Role.SYSTEM, text)))
        self._submit(AddNote(text))

    def tell(self, text: str) -> None:
        """Tell the model something that this session need not pass on to the next."""
        self._submit(AddNote(text))

    def engine_is_live(self) -> None:
        self._is_engine_live = True
        for news in self._unsent:
            self._output.order(news)
        self._unsent.clear()

    def engine_is_lost(self) -> None:
        self._is_engine_live = False
        self._unsent.clear()

    def _submit(self, news: SubmitToolResult | AddNote) -> None:
        if self._is_engine_live:
            self._output.order(news)
        else:
            self._unsent.append(news)
