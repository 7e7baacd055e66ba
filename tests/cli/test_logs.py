"""``logs`` shows what is on record: in columns, or as JSON; never what steers a terminal."""

import argparse
import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from agent_service.cli import logs
from agent_service.cli.log_output import columns_for
from agent_service.conversation.records import ConfirmationStatus, RatingRecord
from agent_service.errors import CallerError, QueryError, StoreError
from agent_service.store.database import Database
from agent_service.store.migrating import upgrade
from agent_service.store.writer import write_records

RunLogs = Callable[..., list[str]]


def run(folder: Path, arguments: tuple[str, ...]) -> int:
    parser = argparse.ArgumentParser()
    logs.register(parser.add_subparsers())
    parsed = parser.parse_args(["logs", *arguments, "--data-dir", str(folder)])
    result: int = parsed.run(parsed)
    return result


@pytest.fixture
def run_logs(tmp_path: Path, sample: Any, capsys: pytest.CaptureFixture[str]) -> RunLogs:
    """Run ``logs`` on a database with one conversation; returns the lines it prints."""
    url = f"sqlite:///{tmp_path / 'agent_service.db'}"
    upgrade(url)
    database = Database(url)
    with database.write() as session:
        write_records(
            session,
            [
                sample.conversation(
                    ended_at=sample.started_at + timedelta(seconds=75), end_reason="caller_ended"
                ),
                sample.turn(1, text="Where is my order 1004?"),
                sample.turn(
                    2,
                    text="It was shipped\x1b[2J on Monday.",
                    heard_text="It was",
                    is_interrupted=True,
                    first_audio_ms=640,
                ),
                sample.tool_call(requested_at=sample.started_at + timedelta(seconds=3)),
                sample.confirmation(
                    status=ConfirmationStatus.DECLINED,
                    decided_at=sample.started_at + timedelta(seconds=70),
                    answer="no",
                ),
                sample.confirmation(summary="Cancel order 1008?"),
                sample.incident(),
                sample.incident(
                    code="caller_audio_dropped",
                    message="It was lost.",
                    started_ms=500,
                    ended_ms=1500,
                ),
                RatingRecord(sample.conversation_id, 5, "Great", sample.started_at),
            ],
        )
    database.close()

    def run_logs(*arguments: str) -> list[str]:
        assert run(tmp_path, arguments) == 0
        return capsys.readouterr().out.splitlines()

    return run_logs


def test_list_shows_conversations_in_columns(run_logs: RunLogs, sample: Any) -> None:
    header, row = run_logs("list")
    assert header.split() == [
        *("conversation", "started", "lasted", "agent", "caller", "channel"),
        *("turns", "cut", "heard", "incidents", "rated", "ended", "by"),
    ]
    assert row.split() == [
        *(sample.conversation_id, "2026-03-01", "12:00:00", "1:15", "support", "Jane", "Doe"),
        *("widget", "2", "1", "21%", "2", "5", "caller_ended"),
    ]


def test_list_takes_the_filters_of_the_api(run_logs: RunLogs) -> None:
    assert run_logs("list", "--where", "agent=sales") == ["No conversations."]
    assert len(run_logs("list", "--where", "has_incident=true", "--limit", "1")) == 2


def test_failed_refunds_are_one_question(
    run_logs: RunLogs, sample: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    where = ("--where", "tool=find_order", "--where", "is_interrupted=true")
    found = run_logs("list", *where, "--where", "tool_status=succeeded")
    assert sample.conversation_id in found[1]
    failed = run_logs("list", *where, "--where", "tool_status=failed")
    assert failed == ["No conversations."]
    assert run(tmp_path, ("list", *where, "--count")) == 0
    assert capsys.readouterr().err == "1 conversation\n"


def test_list_shows_where_words_were_found(run_logs: RunLogs, sample: Any) -> None:
    head, found = run_logs("list", "--where", "q=order")
    assert head.startswith(f"{sample.conversation_id}  2026-03-01 12:00:00  Jane Doe")
    assert found.split() == ["0:02.0", "said", "Where", "is", "my", "order", "1004?"]
    [_, found] = run_logs("list", "--where", "q=shipped", "--where", "tool=find_order")
    assert found.split()[1] == "said"
    [_, found] = run_logs("list", "--where", 'q="1004 shipped"')
    assert found.split()[:3] == ["0:03.0", "tool", "1004"]


def test_views_are_saved_and_asked(run_logs: RunLogs, sample: Any) -> None:
    assert run_logs("views") == ["No saved views."]
    run_logs("save-view", "Cut short", "--where", "is_interrupted=true", "--where", "agent=sales")
    header, row = run_logs("views")
    assert header.split() == ["name", "asks", "for", "where", "saved", "by"]
    assert "is_interrupted=true&agent=sales" in row
    assert run_logs("list", "--view", "Cut short") == ["No conversations."]
    shown = run_logs("list", "--view", "Cut short", "--where", "agent=support")
    assert sample.conversation_id in shown[1]
    with pytest.raises(QueryError, match="colour: is not known"):
        run_logs("save-view", "Red", "--where", "colour=red")
    with pytest.raises(QueryError, match="'colour' is not NAME=VALUE"):
        run_logs("save-view", "Red", "--where", "colour")
    run_logs("save-view", "Loud", "--list", "turns", "--where", "role=caller")
    with pytest.raises(QueryError, match="is about turns"):
        run_logs("list", "--view", "Loud")
    run_logs("delete-view", "Loud")
    with pytest.raises(CallerError, match="no view of that name"):
        run_logs("delete-view", "Loud")


def test_what_is_known_of_conversations_is_counted_again(run_logs: RunLogs) -> None:
    assert run_logs("recount") == ["1 conversations"]


@pytest.mark.parametrize(
    ("width", "last"), [(60, "caller"), (100, "turns"), (160, "ended by"), (40, "caller")]
)
def test_columns_fit(width: int, last: str) -> None:
    columns = columns_for(width)
    assert columns[-1].name == last
    assert columns[0].name == "conversation"


def test_on_a_terminal_what_was_not_heard_is_struck_out(
    run_logs: RunLogs, sample: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    lines = "\n".join(run_logs("show", sample.conversation_id))
    assert "It was" in lines
    assert "\x1b[2;9m" in lines, repr(lines)
    assert "[heard" not in lines


def test_mistakes_in_filters_are_named(run_logs: RunLogs) -> None:
    with pytest.raises(QueryError, match="colour: is not known") as caught:
        run_logs("list", "--where", "colour=red", "--limit", "0")
    assert [problem.field for problem in caught.value.problems] == ["limit", "colour"]
    with pytest.raises(QueryError, match="'agent' is not NAME=VALUE"):
        run_logs("list", "--where", "agent")


def test_show_tells_the_conversation_in_the_order_it_happened(
    run_logs: RunLogs, sample: Any
) -> None:
    lines = run_logs("show", sample.conversation_id)
    text = "\n".join(lines)
    places = [
        text.index(part)
        for part in (
            "0:00.5  0:01.5 incident caller_audio_dropped: It was lost.",
            "0:02.0  0:03.5 caller  Where is my order 1004?",
            '0:03.0  0:03.2 tool    find_order {"order_number": 1004} succeeded {"state":',
            "0:04.0  0:05.5 agent   It was shipped",
            "0:04.0  1:10.0 question Cancel order 1007? declined: no",
            "0:04.0         question Cancel order 1008? offered",
            "0:05.0         incident provider_failed: The provider went away.",
            "rated 5: Great",
        )
    ]
    assert places == sorted(places)
    assert "[heard: 'It was']  640 ms" in text


def test_nothing_said_steers_the_terminal(run_logs: RunLogs, sample: Any) -> None:
    for arguments in (("show", sample.conversation_id), ("search", "shipped")):
        assert "\x1b" not in "\n".join(run_logs(*arguments))


def test_search_finds_turns_by_words(run_logs: RunLogs, sample: Any) -> None:
    [line] = run_logs("search", "order", "100*")
    assert sample.conversation_id in line
    assert line.endswith("caller  Where is my order 1004?")
    assert run_logs("search", "order", "--where", "role=agent") == ["No turns."]


def test_search_takes_quoted_words_as_a_phrase(run_logs: RunLogs) -> None:
    assert len(run_logs("search", "my order", "where")) == 1
    assert run_logs("search", "order my") == ["No turns."]
    assert len(run_logs("search", "order 10*")) == 1
    assert run_logs("search", "order 11*") == ["No turns."]


def test_more_rows_than_a_page_holds_come_at_once(
    run_logs: RunLogs, tmp_path: Path, sample: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'agent_service.db'}")
    with database.write() as session:
        write_records(session, [sample.turn(seq, text="again") for seq in range(3, 503)])
    database.close()
    assert len(run_logs("search", "again", "--limit", "500")) == 500
    assert len(run_logs("search", "again", "--limit", "1000")) == 500
    assert run(tmp_path, ("search", "again", "--limit", "499", "--json")) == 0
    printed = capsys.readouterr()
    newest = [json.loads(line)["seq"] for line in printed.out.splitlines()]
    assert newest == [*range(502, 3, -1)]
    *_, cursor = printed.err.split()
    assert "There is more: add --cursor" in printed.err
    [oldest] = run_logs("search", "again", "--cursor", cursor, "--json")
    assert json.loads(oldest)["seq"] == 3
    assert capsys.readouterr().err == ""


def test_the_last_page_says_nothing_of_more(
    run_logs: RunLogs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, ("search", "order", "--limit", "1"))
    assert capsys.readouterr().err == ""
    with pytest.raises(QueryError, match="cursor: should be the next_cursor"):
        run_logs("list", "--cursor", "mine")


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("ascii", r"\u6211\u8981\u9000\u6b3e \U0001f389 \xe9"),
        ("cp1252", r"\u6211\u8981\u9000\u6b3e \U0001f389 é"),
        ("utf-8", "我要退款 🎉 é"),
    ],
)
def test_any_word_is_printed_whatever_the_locale(
    run_logs: RunLogs,
    tmp_path: Path,
    sample: Any,
    monkeypatch: pytest.MonkeyPatch,
    encoding: str,
    expected: str,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'agent_service.db'}")
    with database.write() as session:
        write_records(session, [sample.turn(3, text="我要退款 🎉 é")])
    database.close()

    def printed(*arguments: str) -> bytes:
        bare = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", io.TextIOWrapper(bare, encoding=encoding))
            assert run(tmp_path, arguments) == 0
            sys.stdout.flush()
            return bare.getvalue()

    assert json.loads(printed("search", "退款", "--json"))["text"] == "我要退款 🎉 é"
    for arguments in (("search", "退款"), ("show", sample.conversation_id)):
        assert expected in printed(*arguments).decode(encoding)


def test_an_unknown_conversation_is_a_clear_error(run_logs: RunLogs) -> None:
    with pytest.raises(StoreError, match="no conversation unknown"):
        run_logs("show", "unknown")


def test_a_missing_database_is_a_clear_error_and_stays_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no database at .*agent-service migrate"):
        run(tmp_path, ("list",))
    assert list(tmp_path.iterdir()) == []


def test_following_shows_the_last_turns_and_then_new_ones(database: Database, sample: Any) -> None:
    def write(*records: Any) -> None:
        with database.write() as session:
            write_records(session, records)

    write(sample.conversation(), *(sample.turn(seq) for seq in range(1, 6)))
    later = iter([[], [sample.turn(6), sample.turn(7)], [sample.turn(8)]])
    turns = logs.follow(database, 2, lambda: write(*next(later)))
    assert [turn.seq for turn in islice(turns, 5)] == [4, 5, 6, 7, 8]


def test_following_an_empty_database_waits_for_the_first_turn(
    database: Database, sample: Any
) -> None:
    def pause() -> None:
        with database.write() as session:
            write_records(session, [sample.conversation(), sample.turn(1)])

    assert next(logs.follow(database, 10, pause)).seq == 1
