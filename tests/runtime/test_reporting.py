"""What becomes news, and that it holds no more than a log line."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import structlog
from card_turns import PIECES, conversations, digits_left, keep

from agent_service.clock import SystemClock
from agent_service.conversation.commands import (
    CallerCommand,
    Floor,
    HandoffStatus,
    ShowFloor,
    ShowHandoff,
    ShowTool,
    ShowTranscript,
)
from agent_service.conversation.records import (
    Caller,
    CallerLevel,
    RatingRecord,
    Record,
    Role,
    ToolCallStatus,
)
from agent_service.conversation.spec import Notice
from agent_service.news import News, NewsDesk, Reader
from agent_service.runtime.reporting import Reporter
from agent_service.store.record_fields import to_line
from agent_service.store.record_redaction import RecordRedactor


@dataclass
class Scene:
    """A reporter behind a redactor, as the recorder has one, and a reader of each kind."""

    sample: Any
    clock: Any = field(default_factory=SystemClock)
    desk: NewsDesk = field(default_factory=NewsDesk)
    redactor: RecordRedactor = field(default_factory=RecordRedactor)

    def __post_init__(self) -> None:
        self.reporter = Reporter(self.desk, self.clock, self.redactor.preview)
        self.one = self.desk.subscribe(self.sample.conversation_id, None)
        self.all = self.desk.subscribe(None, None)

    def record(self, *records: Record) -> None:
        for record in records:
            logged = self.redactor.redact(record).logged
            self.reporter.logged(logged, to_line(logged))

    def show(self, command: CallerCommand) -> None:
        self.reporter.shown(self.sample.conversation_id, command)

    async def news(self, reader: Reader | None = None) -> list[News]:
        """Return what has come, but for how the conversation stands."""
        found: list[News] = []
        while True:
            try:
                async with asyncio.timeout(0):
                    batch = await (reader or self.one).read()
            except TimeoutError:
                return found
            if not batch.news:
                return found
            found += [news for _, news in batch.news]


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(60):
            await scenario()

    asyncio.run(main())


def test_a_conversation_begins_changes_and_ends(sample: Any, hand_clock: Any) -> None:
    hand_clock.moment = sample.started_at

    async def scenario() -> None:
        s = Scene(sample, hand_clock)
        s.record(sample.conversation())
        hand_clock.advance(2)
        verified = Caller("C-1", "Jane Doe", CallerLevel.VERIFIED)
        s.record(sample.conversation(caller=verified), sample.turn(1), sample.turn(2))
        s.record(sample.incident(), sample.tool_call(status=ToolCallStatus.AWAITING_CONFIRMATION))
        s.record(
            sample.tool_call(), RatingRecord(sample.conversation_id, 5, None, sample.started_at)
        )
        assert [news.facts["turn_count"] for news in s.reporter.going_on()] == [2]
        end = {"ended_at": hand_clock.utc(), "end_reason": "caller_ended"}
        s.record(sample.conversation(caller=verified, **end))
        seen = await s.news(s.all)
        assert [news.kind for news in seen] == ["began", *["changed"] * 7, "ended"]
        began, last = seen[0].facts, seen[-1].facts
        assert (began["at_ms"], began["caller_level"], began["turn_count"]) == (0, "identified", 0)
        assert last["end_reason"] == "caller_ended"
        assert {name: last[name] for name in last if name.endswith("count")} == {
            "turn_count": 2,
            "tool_call_count": 1,
            "incident_count": 1,
        }
        assert (last["caller_level"], last["rating"], last["at_ms"]) == ("verified", 5, 2000)
        assert s.reporter.going_on() == []

    run(scenario)


def test_who_watches_all_sees_whose_turn_it_is_and_which_tools_are_under_way(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.conversation())
        s.show(ShowFloor(Floor.CALLER))
        waiting = sample.tool_call(status=ToolCallStatus.AWAITING_CONFIRMATION)
        s.record(waiting)
        running = ShowTool(waiting.tool_call_id, waiting.name, "Cancelling it", "running")
        s.show(running)
        s.show(replace(running, status="awaiting_approval"))
        s.record(sample.tool_call())
        s.show(ShowFloor(Floor.OPEN))
        seen = [news.facts for news in await s.news(s.all)][1:]
        assert [facts.get("holder") for facts in seen] == ["caller"] * 5 + ["open"]
        asked = {"name": waiting.name, "status": "awaiting_confirmation"}
        begun = asked | {"title": "Cancelling it", "status": "running"}
        waits = begun | {"status": "awaiting_approval"}
        tools = [None, [asked], [begun], [waits], None, None]
        assert [facts.get("tools") for facts in seen] == tools

    run(scenario)


def test_who_watches_one_conversation_sees_each_record_of_it(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.conversation(), sample.turn(1), sample.tool_call(), sample.confirmation())
        s.record(sample.incident(), sample.conversation(ended_at=sample.started_at))
        s.record(sample.turn(2))  # nothing follows the end
        seen = await s.news()
        kinds = [news.kind for news in seen]
        assert kinds == ["began", "turn", "tool", "confirmation", "incident", "ended"]
        turn, tool = seen[1].facts, seen[2].facts
        assert (turn["text"], turn["started_ms"]) == ("This is turn 1.", 2000)
        assert (tool["name"], tool["status"]) == ("find_order", "succeeded")

    run(scenario)


def test_an_incident_of_no_conversation_is_for_who_watches_all(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.incident(conversation_id=None), sample.turn(1))
        assert [news.kind for news in await s.news(s.all)] == ["incident"]
        assert await s.news() == []

    run(scenario)


def test_a_caller_who_asks_for_a_person_is_heard_by_who_watches_all(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.reporter.rang(sample.conversation_id, {"reason": "nobody knows of it yet"})
        s.record(sample.conversation())
        s.reporter.rang(sample.conversation_id, {"reason": "I want a person."})
        s.show(ShowHandoff(HandoffStatus.JOINED, "Ana"))
        s.show(ShowHandoff(HandoffStatus.LEFT, "Ana"))
        _, rang, joined, left = await s.news(s.all)
        assert (rang.kind, rang.facts["reason"]) == ("hand_over", "I want a person.")
        assert (joined.facts["handoff"], joined.facts["representative"]) == ("joined", "Ana")
        assert "handoff" not in left.facts

    run(scenario)


def test_floor_and_running_tools_are_told(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.show(ShowFloor(Floor.AGENT))  # before it is on record, nobody is told
        s.record(sample.conversation())
        s.show(ShowFloor(Floor.CALLER))
        s.show(ShowTool("call-1", "find_order", "Look up order 1004", "running", '{"secret": 1}'))
        s.show(ShowTool("call-1", "find_order", "Look up order 1004", "succeeded"))
        _, floor, tool = await s.news()
        assert floor.facts["holder"] == "caller"
        assert {name: tool.facts[name] for name in ("title", "status")} == {
            "title": "Look up order 1004",
            "status": "running",
        }
        assert "arguments" not in tool.facts

    run(scenario)


async def grown(s: Scene, *deltas: str, role: Role = Role.AGENT) -> list[dict[str, Any]]:
    for delta in deltas:
        s.show(ShowTranscript("turn-1", role, delta=delta))
    return [dict(news.facts) for news in await s.news() if news.kind == "caption"]


def test_a_caption_grows_by_whole_sentences(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.conversation())
        assert await grown(s, "It is", " on its") == []
        first = await grown(s, " way. It", " should come")
        assert [(one["text"], one["delta"]) for one in first] == [("It is on its way. ",) * 2]
        second = await grown(s, " on Monday! はい。", "そうです")
        assert [one["delta"] for one in second] == ["It should come on Monday! はい。"]

    run(scenario)


def test_the_last_sentence_is_told_when_nothing_follows(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_service.runtime.reporting.QUIET_S", 0.0)

    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.conversation())
        assert [news.kind for news in await s.news()] == ["began"]
        s.show(ShowTranscript("turn-1", Role.AGENT, delta="It was 12."))
        s.show(ShowTranscript("turn-1", Role.AGENT, delta="50 euros."))
        batch = await s.one.read()
        assert [news.facts["text"] for _, news in batch.news] == ["It was 12.50 euros."]

    run(scenario)


def test_a_notice_and_the_callers_whole_words_are_told_at_once(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.conversation())
        s.show(ShowTranscript("n", Role.AGENT, delta="One moment", notice=Notice.WAIT))
        s.show(ShowTranscript("c", Role.CALLER, delta="wher"))
        s.show(ShowTranscript("c", Role.CALLER, text="Where is it"))
        s.show(ShowTranscript("c", Role.CALLER, text="Where is it", is_final=True))
        told = [news.facts for news in await s.news() if news.kind == "caption"]
        assert [one["text"] for one in told] == ["One moment", "Where is it"]

    run(scenario)


def test_a_caption_on_record_or_too_long_is_told_no_more(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_service.runtime.reporting.QUIET_S", 0.0)

    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.conversation())
        s.show(ShowTranscript("turn-1", Role.AGENT, delta="Bye."))
        s.record(sample.turn(1, turn_id="turn-1"))
        s.show(ShowTranscript("turn-2", Role.AGENT, delta="Bye."))
        s.record(sample.conversation(ended_at=sample.started_at))
        await asyncio.sleep(0.001)
        assert "caption" not in [news.kind for news in await s.news()]
        monkeypatch.setattr("agent_service.runtime.reporting.LONGEST_CAPTION", 10)
        s.record(sample.conversation())
        assert await grown(s, "It is on its way. It is.") == []

    run(scenario)


def test_without_a_reader_captions_are_not_looked_at(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.conversation())
        s.one.__exit__(None, None, None)
        assert await grown(s, "It is on its way. It") == []
        s.one = s.desk.subscribe(sample.conversation_id, None)
        assert [one["text"] for one in await grown(s, " comes. On")] == [
            "It is on its way. It comes. "
        ]

    run(scenario)


@pytest.mark.parametrize("kind", PIECES)
@pytest.mark.parametrize("half", ["made with", "held apart"])
@pytest.mark.parametrize("cut", [1, 3, 1000])
def test_growing_captions_hold_no_piece_of_a_card_that_lines_do_not(
    sample: Any, kind: str, half: str, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cards over several turns, in deltas of so many characters, each told as soon as it can be."""
    monkeypatch.setattr("agent_service.runtime.reporting.QUIET_S", 0.0)

    async def scenario() -> None:
        for turns in conversations(PIECES[kind], half, 20):
            s = Scene(sample)
            s.record(sample.conversation())
            texts: list[str] = []
            for seq, turn in enumerate(turns, 1):
                role = Role.CALLER if turn.is_caller else Role.AGENT
                text = f"{turn.text}. And"
                for at in range(0, len(text), cut):
                    s.show(ShowTranscript(str(seq), role, delta=text[at : at + cut]))
                    await asyncio.sleep(0)
                if turn.is_caller:
                    s.show(ShowTranscript(str(seq), role, text=turn.text))
                told = [
                    str(news.facts["text"]) for news in await s.news() if news.kind == "caption"
                ]
                assert told
                texts.append(" | ".join(told))
                record = sample.turn(seq, role=role, text=turn.text, heard_text=turn.text)
                s.record(replace(record, turn_id=str(seq)))
                await s.news()
            assert digits_left(turns, texts) <= digits_left(turns, keep(turns).lines)

    run(scenario)


def test_a_defect_while_telling_ends_nothing(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.conversation())

        def fail(_: Any) -> Any:
            raise RuntimeError("no preview")

        s.reporter = Reporter(s.desk, s.clock, fail)
        s.record(sample.conversation())
        with structlog.testing.capture_logs() as lines:
            s.show(ShowTranscript("c", Role.CALLER, text="Hello"))
        assert [line["event"] for line in lines] == ["news_failed"]

    run(scenario)


def test_a_conversation_that_another_process_took_is_let_go(sample: Any) -> None:
    async def scenario() -> None:
        s = Scene(sample)
        s.record(sample.conversation())
        s.reporter.left(sample.conversation_id)
        s.reporter.left(sample.conversation_id)
        await s.news()
        assert (await s.one.read()).news == ()
        assert s.reporter.going_on() == []

    run(scenario)
