"""The main job, as a stranger does it: bring the service up, speak to it, read the log."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest


@pytest.fixture(scope="module")
def calls(up: Any, speak: Callable[[str], str]) -> Iterator[dict[str, Future[Any]]]:
    """Calls take as long as people talk: those of this module go on at the same time."""
    question = speak("Where is my order one zero zero four?")
    cancel = speak("Please cancel order one zero zero seven.")

    def change() -> tuple[Any, Any]:
        changed = up.call(cancel, speak("No."), cancel, speak("Yes please."))
        return changed, up.call("--text", "Is order 1007 cancelled?")

    with ThreadPoolExecutor() as pool:
        yield {
            "question": pool.submit(up.call, question, "--out", "question.wav"),
            "barge-in": pool.submit(
                up.call,
                speak("What is your return policy?"),
                question,
                *("--barge-in-after", "2"),
            ),
            "change": pool.submit(change),
        }


def test_a_spoken_question_is_answered_from_the_shop_and_on_record(
    up: Any, calls: dict[str, Future[Any]]
) -> None:
    call = calls["question"].result()
    assert call.status == 0, call.errors
    conversation_id = call.conversation_id
    record = up.ask(f"/api/conversations/{conversation_id}")
    (tool_call,) = record["tool_calls"]
    assert tool_call["name"] == "get_order_status"
    assert json.loads(tool_call["arguments"])["order_number"] == 1004
    answer = record["turns"][-1]
    assert answer["role"] == "agent"
    assert "Blue Courier" in answer["heard_text"]
    assert answer["first_audio_ms"] > 0
    assert (up.data_dir / "question.wav").stat().st_size > 100_000
    api_ids = {turn["id"] for turn in record["turns"]}
    assert {line["turn_id"] for line in up.logged("turn", conversation_id)} == api_ids
    with closing(sqlite3.connect(up.data_dir / "agent_service.db")) as database:
        rows = database.execute(
            "SELECT id FROM turns WHERE conversation_id = ?", (conversation_id,)
        )
        assert {row[0] for row in rows} == api_ids


def test_a_barge_in_cuts_the_record_where_the_sound_stopped(
    up: Any, calls: dict[str, Future[Any]]
) -> None:
    call = calls["barge-in"].result()
    assert call.status == 0, call.errors
    conversation_id = call.conversation_id
    turns = up.ask(f"/api/conversations/{conversation_id}")["turns"]
    (cut,) = [turn for turn in turns if turn["is_interrupted"]]
    assert cut["text"].startswith(cut["heard_text"])
    assert 0 < len(cut["heard_text"]) < len(cut["text"])
    assert 1_500 < cut["heard_ms"] < 6_000


def test_a_change_is_made_only_after_a_spoken_yes(calls: dict[str, Future[Any]]) -> None:
    changed, again = calls["change"].result()
    statuses = [event["status"] for event in changed.of("tool")]
    asked = "awaiting_confirmation"
    assert statuses == [asked, "declined", asked, "running", "succeeded"]
    assert "cancelled" in again.answer


def test_typed_calls_search_and_the_command_line_agree(up: Any) -> None:
    call = up.call("--text", "How long is the warranty on headphones?")
    conversation_id = call.conversation_id
    found = up.ask("/api/turns", q="warranty headphones")
    assert conversation_id in {turn["conversation_id"] for turn in found["items"]}
    folder = ["--data-dir", str(up.data_dir)]
    shown = subprocess.run(
        [sys.executable, "-m", "agent_service", "logs", "show", conversation_id, *folder],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "warranty" in shown.stdout


def test_a_second_up_keeps_the_data_and_ends_cleanly(start_up: Callable[..., Any]) -> None:
    first = start_up()
    call = first.call("--text", "Where is order 1004?")
    conversation_id = call.conversation_id
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 130
    second = start_up(first.data_dir)
    assert second.token == first.token
    assert second.ask(f"/api/conversations/{conversation_id}")["turns"]
