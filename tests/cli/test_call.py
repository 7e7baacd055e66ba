"""Calls from the terminal to a real socket: captions, timings, barge-in, and clear failures."""

import argparse
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent_service.audio import encode_wav, read_wav, write_wav
from agent_service.cli import call
from agent_service.cli.call_line import CallFailed
from agent_service.conversation.events import CallerConfirmed, CallerEnded, CallerPlayed
from agent_service.errors import AudioError, EngineError


def place(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    call.register(parser.add_subparsers())
    parsed = parser.parse_args(["call", *arguments])
    return int(parsed.run(parsed))


@pytest.fixture
def question(tmp_path: Path) -> str:
    """Half a second of tone, with silence after it, at a rate and width of its own."""
    wave = np.zeros(16_000 * 7 // 10, dtype="<i2")
    wave[:8_000] = 9_000 * np.sin(np.arange(8_000) / 8)
    path = tmp_path / "question.wav"
    write_wav(path, wave.tobytes(), 16_000)
    return str(path)


def lines(captured: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.splitlines()]


def test_a_typed_call_shows_captions_tools_and_timing(
    service: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with service() as conduct:
        assert place("--text", "Where is 1004?", "--url", conduct.url, "--pause", "0.1") == 0
    shown = capsys.readouterr().out
    assert "caller:  Where is 1004?" in shown
    assert 'tool:    order_status running {"order": 1004}' in shown
    assert 'tool:    order_status succeeded: {"state": "shipped"}' in shown
    assert "agent:   It was shipped." in shown
    assert "began 120 ms after the caller's turn" in shown
    assert "timing:  first answer" in shown
    assert conduct.events[-1] == CallerEnded()


def test_a_spoken_call_is_played_and_saved_as_heard(
    service: Any, question: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = tmp_path / "reply.wav"
    with service() as conduct:
        options = ("--url", conduct.url, "--pause", "0.1", "--out", str(reply), "--json")
        assert place(question, *options) == 0
    assert len(read_wav(reply)) == 600 * 48
    played = [event for event in conduct.events if isinstance(event, CallerPlayed)]
    assert played[-1] == CallerPlayed("item-1", 600)
    assert len(played) >= 3
    messages = lines(capsys.readouterr().out)
    timing = next(each for each in messages if each["type"] == "timing")
    # The scripted service answers after a tenth of a second of silence.
    assert 60 <= timing["measured_ms"] <= 1000


def test_json_keeps_the_resume_token_to_itself(
    service: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with service() as conduct:
        place("--text", "hi", "--url", conduct.url, "--pause", "0.1", "--json")
    messages = lines(capsys.readouterr().out)
    assert messages[0]["type"] == "ready"
    assert not any("secret-token" in json.dumps(message) for message in messages)


def test_several_turns_wait_for_each_other(
    service: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with service() as conduct:
        options = ("--url", conduct.url, "--pause", "0.1", "--json")
        assert place("--text", "one", "--text", "two", *options) == 0
    kinds = [
        (each["type"], each["text"])
        for each in lines(capsys.readouterr().out)
        if each["type"] == "said" or each.get("role") == "agent"
        if each.get("is_final", True)
    ]
    assert kinds == [
        ("transcript", "Hello!"),
        ("said", "one"),
        ("transcript", "It was shipped."),
        ("said", "two"),
        ("transcript", "It was shipped."),
    ]


def test_barging_in_cuts_the_answer_where_it_was_heard(
    service: Any, question: str, tmp_path: Path
) -> None:
    reply = tmp_path / "reply.wav"
    with service() as conduct:
        options = ("--url", conduct.url, "--pause", "0.1", "--out", str(reply))
        assert place(question, question, "--barge-in-after", "0.1", *options) == 0
    cut = [e for e in conduct.events if isinstance(e, CallerPlayed) and e.item_id == "item-1"][-1]
    assert 100 <= cut.played_ms < 600
    assert len(read_wav(reply)) == (cut.played_ms + 600) * 48


def test_yes_is_tapped_only_when_asked_for(service: Any) -> None:
    with service(asks_to_confirm=True) as conduct:
        place("--text", "cancel", "--url", conduct.url, "--pause", "0.1", "--yes")
        assert CallerConfirmed("yes?", True) in conduct.events
        conduct.events.clear()
        place("--text", "cancel", "--url", conduct.url, "--pause", "0.1")
        assert not any(isinstance(event, CallerConfirmed) for event in conduct.events)


def test_no_answer_within_the_limit_is_a_failure(service: Any) -> None:
    options = ("--text", "hello?", "--pause", "0.1", "--answer-limit", "0.4")
    with service(answers=False) as conduct, pytest.raises(CallFailed, match=r"No answer came"):
        place("--url", conduct.url, *options)


def test_a_call_that_the_service_ends_early_failed(service: Any) -> None:
    with (
        service(ends_at_once=True) as conduct,
        pytest.raises(CallFailed, match="ended the call early"),
    ):
        place("--text", "hello?", "--url", conduct.url)


def test_what_was_heard_is_kept_when_the_service_ends_the_call_early(
    service: Any, question: str, tmp_path: Path
) -> None:
    reply = tmp_path / "reply.wav"
    options = ("--pause", "0.1", "--out", str(reply), "--text", "Goodbye.")
    with service() as conduct, pytest.raises(CallFailed, match=r"\(agent_ended\)"):
        place(question, "--url", conduct.url, *options)
    assert len(read_wav(reply)) == 600 * 48


def test_why_a_call_ended_early_matters_more_than_that_nothing_can_be_kept(
    service: Any, question: str
) -> None:
    options = ("--pause", "0.1", "--out", "/dev/full", "--text", "Goodbye.")
    with service() as conduct, pytest.raises(CallFailed, match=r"\(agent_ended\)"):
        place(question, "--url", conduct.url, *options)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_was_heard_is_kept_when_a_signal_ends_the_call(
    service: Any, question: str, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    reply = tmp_path / "reply.wav"
    options = ["--pause", "0.1", "--out", str(reply), "--json"]
    with service() as conduct:
        command = [sys.executable, "-m", "agent_service", "call", question, question]
        program = subprocess.Popen(
            [*command, *options, "--url", conduct.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell that runs the tests in the background has them ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        with program:
            assert program.stdout is not None
            # The second question begins when the first one's answer has been heard.
            playing = (line for line in program.stdout if json.loads(line)["type"] == "playing")
            next(playing), next(playing)
            program.send_signal(number)
            said, errors = program.communicate(timeout=60)
    assert program.returncode == status
    assert errors == ""
    assert json.loads(said.splitlines()[-1])["type"] == "saved"
    assert len(read_wav(reply)) == 600 * 48


def test_the_refusal_of_the_provider_is_shown_in_words(service: Any) -> None:
    refusal = EngineError("The provider refused the key.", code="provider_refused")
    with (
        service(refusal=refusal) as conduct,
        pytest.raises(CallFailed, match=r"refused the key\. \(provider_refused\)"),
    ):
        place("--text", "hello?", "--url", conduct.url)


def test_a_refused_ticket_is_shown_in_words(service: Any) -> None:
    with service() as conduct, pytest.raises(CallFailed, match="bad_ticket"):
        place("--text", "hello?", "--url", conduct.url, "--ticket", "x.y.z")


def test_a_service_without_demo_tickets_asks_for_one(service: Any) -> None:
    with (
        service(gives_demo_tickets=False) as conduct,
        pytest.raises(CallFailed, match="pass one with --ticket"),
    ):
        place("--text", "hello?", "--url", conduct.url)


def test_where_nothing_listens_the_remedy_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(CallFailed, match="agent-service up"):
            place("--text", "hello?", "--url", f"http://127.0.0.1:{port}")
        with pytest.raises(CallFailed, match="agent-service up"):
            place("--text", "hi", "--url", f"http://127.0.0.1:{port}", "--ticket", "t")


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(CallFailed, match="is not an address"):
        place("--text", "hello?", "--url", url)


def test_a_file_that_is_no_wav_is_refused_before_anything_is_called(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(b"ID3")
    with pytest.raises(AudioError, match="not a WAV file"):
        place(str(path))


@pytest.mark.parametrize("out", [".", "no-such-folder/reply.wav"])
def test_an_unwritable_reply_is_explained_before_anything_is_called(
    tmp_path: Path, out: str
) -> None:
    path = tmp_path / "question.wav"
    path.write_bytes(encode_wav(b"\x10\x27" * 4800))
    with pytest.raises(CallFailed, match="cannot be written"):
        place(str(path), "--out", str(tmp_path / out))


def test_nothing_to_say_is_refused() -> None:
    with pytest.raises(CallFailed, match="nothing to say"):
        place()


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["--press", "1"], "--sip"),
        (["--sip", "sip:support@127.0.0.1", "--text", "hello"], "--press"),
        (["--sip", "sip:support@127.0.0.1", "--press", "1", "--yes"], "--press"),
    ],
)
def test_keys_are_a_telephones_and_texts_are_not(arguments: list[str], remedy: str) -> None:
    with pytest.raises(CallFailed, match=remedy):
        place(*arguments)


def test_without_the_extra_no_telephone_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "baresip", None)
    monkeypatch.delitem(sys.modules, "agent_service.cli.call_sip", raising=False)
    with pytest.raises(CallFailed, match=r"agent-service\[sip\]"):
        place("--sip", "sip:support@127.0.0.1", "--press", "1")
