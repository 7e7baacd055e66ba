import io
import json
import logging
import os
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from agent_service.logs import configure, flush, prints_as_lines
from agent_service.redaction import REDACTED, REDACTED_CARD

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.4Hb-_x9QmZ1Yw2"
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.just(JWT),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=8,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    handlers, level = logging.root.handlers, logging.root.level
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.captureWarnings(False)
    logging.root.handlers, logging.root.level = handlers, level


def json_lines(stream: io.StringIO) -> list[dict[str, Any]]:
    flush()
    text = stream.getvalue()
    assert text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def logged(**values: Any) -> dict[str, Any]:
    stream = io.StringIO()
    configure(output_format="json", stream=stream)
    structlog.get_logger().info("turn", **values)
    [line] = json_lines(stream)
    return line


def shown_in_terminal(event: str, **values: Any) -> str:
    stream = io.StringIO()
    configure(output_format="terminal", stream=stream)
    structlog.get_logger().info(event, **values)
    flush()
    return stream.getvalue()


def test_line_begins_with_time_level_and_event() -> None:
    line = logged(seq=1)
    assert list(line) == ["timestamp", "level", "event", "seq"]
    assert datetime.fromisoformat(line["timestamp"]).tzinfo == UTC
    assert (line["level"], line["event"], line["seq"]) == ("info", "turn", 1)


def test_what_was_bound_to_the_conversation_is_in_every_line() -> None:
    structlog.contextvars.bind_contextvars(conversation_id="c-1")
    assert logged()["conversation_id"] == "c-1"


def test_less_important_lines_are_left_out() -> None:
    stream = io.StringIO()
    configure(level="warning", output_format="json", stream=stream)
    structlog.get_logger().info("quiet")
    logging.root.info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in json_lines(stream)] == ["loud"]


def test_pipe_gets_json_and_terminal_gets_text() -> None:
    pipe, terminal = io.StringIO(), Terminal()
    for stream in (pipe, terminal):
        configure(stream=stream)
        structlog.get_logger().info("turn", seq=1)
    flush()
    assert json_lines(pipe)[0]["seq"] == 1
    assert "turn" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def test_standard_output_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    configure(output_format="json")
    structlog.get_logger().info("turn")
    flush()
    assert json.loads(capsys.readouterr().out)["event"] == "turn"


def test_other_libraries_take_the_same_road() -> None:
    stream = io.StringIO()
    configure(output_format="json", stream=stream)
    structlog.contextvars.bind_contextvars(conversation_id="c-1")
    record = logging.LogRecord(
        "uvicorn.error", 35, "x.py", 1, "bound to %s with Bearer %s", ("h", "abc123def456"), None
    )
    logging.root.handle(record)
    [line] = json_lines(stream)
    assert line["level"] == "warning"
    assert line["logger"] == "uvicorn.error"
    assert line["event"] == f"bound to h with Bearer {REDACTED}"
    assert line["conversation_id"] == "c-1"


def test_warnings_are_lines() -> None:
    stream = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure(output_format="json", stream=stream)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    [line] = json_lines(stream)
    assert line["logger"] == "py.warnings"
    assert "DeprecationWarning: old" in line["event"]


def test_record_that_cannot_be_formatted_does_not_stop_the_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = io.StringIO()
    configure(output_format="json", stream=stream)
    logging.root.handle(logging.LogRecord("lib", 20, "x.py", 1, "%d", ("word",), None))
    assert stream.getvalue() == ""
    assert "TypeError" in capsys.readouterr().err


def test_exception_is_one_line_without_its_secrets() -> None:
    stream = io.StringIO()
    configure(output_format="json", stream=stream)
    try:
        raise ValueError("refused password=hunter2")
    except ValueError:
        structlog.get_logger().exception("failed")
    [line] = json_lines(stream)
    assert f"ValueError: refused password={REDACTED}" in line["exception"]


def test_traceback_keeps_its_lines_in_the_terminal() -> None:
    stream = io.StringIO()
    configure(output_format="terminal", stream=stream)
    try:
        raise ValueError("two\nlines\x1b[31m")
    except ValueError:
        structlog.get_logger().exception("failed")
    flush()
    assert "Traceback (most recent call last):\n" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("name", ["api_key", "Authorization", "resume_token", "ticket"])
def test_value_under_a_secret_name_is_removed_at_any_depth(name: str) -> None:
    assert logged(**{name: 4711})[name] == REDACTED
    nested = logged(request={"headers": [{name: ["a", "b"]}]})
    assert nested["request"] == {"headers": [{name: REDACTED}]}


def test_secrets_in_values_and_events_are_removed() -> None:
    line = logged(
        a=f"see {JWT}", b=4111111111111111, c=(JWT,), d={"x": {"y": JWT}}, e=ValueError(JWT)
    )
    assert JWT not in json.dumps(line)
    assert line["b"] == REDACTED_CARD


def test_usage_and_order_numbers_are_not_taken_for_secrets() -> None:
    line = logged(input_tokens=1500, order="1004", text="order 1004 for 59.90", ms=1732287114000)
    assert line["input_tokens"] == 1500
    assert (line["order"], line["text"]) == ("1004", "order 1004 for 59.90")
    assert line["ms"] == 1732287114000


def test_values_that_json_lacks_are_written_as_text() -> None:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    line = logged(at=moment, raw=b"\x00\x01", big=2**70, nan=float("nan"), kind=ValueError)
    assert line["at"] == "2026-11-22T00:00:00+00:00"
    assert line["raw"] == "<2 bytes>"
    assert line["big"] == str(2**70)
    assert line["nan"] is None
    assert line["kind"] == "<class 'ValueError'>"


def test_endless_structures_end() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert "…" in json.dumps(logged(loop=loop), ensure_ascii=False)


def test_surrogates_and_nul_are_replaced() -> None:
    assert logged(text="a\ud800b\0c")["text"] == "a?b\ufffdc"


@given(st.dictionaries(st.text(st.characters()), ANYTHING, max_size=3), st.text(st.characters()))
def test_line_is_one_json_object_whatever_is_logged(values: dict[str, Any], event: str) -> None:
    stream = io.StringIO()
    configure(output_format="json", stream=stream)
    structlog.get_logger().bind(**{f"k{key}": value for key, value in values.items()}).info(event)
    flush()
    text = stream.getvalue()
    assert len(text.splitlines()) == 1
    assert isinstance(json.loads(text), dict)
    assert JWT not in text
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", text) is None
    text.encode()


@given(st.text(st.characters()))
def test_terminal_line_holds_no_control_characters(text: str) -> None:
    line = shown_in_terminal(f"event {text}", value=text, nested={text: [text]})
    assert line.endswith("\n")
    assert re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", line[:-1]) is None


def test_terminal_shows_control_characters_as_text() -> None:
    assert r"a\nb\x1b[2J" in shown_in_terminal("turn", text="a\nb\x1b[2J")


def test_terminal_gets_no_secrets() -> None:
    assert "hunter2" not in shown_in_terminal("turn", password="hunter2", text="password=hunter2")


def test_colours_only_where_somebody_looks() -> None:
    terminal = Terminal()
    configure(stream=terminal)
    structlog.get_logger().info("turn")
    flush()
    assert "\x1b[" in terminal.getvalue()
    assert "\x1b[" not in shown_in_terminal("turn")


def test_text_outside_ascii_is_written_as_utf_8() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    configure(output_format="json", stream=stream)
    structlog.get_logger().info("turn", text="Grüße 你好")
    flush()
    assert json.loads(raw.getvalue())["text"] == "Grüße 你好"
    assert "Grüße" in raw.getvalue().decode()


def test_value_that_cannot_be_shown_does_not_stop_the_work() -> None:
    class Odd:
        def __str__(self) -> str:
            raise ZeroDivisionError

    line = logged(odd=Odd(), nested=[Odd()], large=2**20_000, seq=1)
    assert line["odd"] == "<Odd that cannot be shown>"
    assert line["nested"] == "<list that cannot be shown>"
    assert line["seq"] == 1


def test_what_anybody_prints_is_a_line_without_its_secrets() -> None:
    stream = io.StringIO()
    configure(output_format="json", stream=stream)
    with prints_as_lines():
        sys.stdout.write("two\nlines ")
        sys.stdout.write("password=hunter2\n\n")
        sys.stderr.write("a complaint\n")
    assert [(line["level"], line["event"], line["text"]) for line in json_lines(stream)] == [
        ("info", "printed", "two"),
        ("info", "printed", f"lines password={REDACTED}"),
        ("warning", "printed", "a complaint"),
    ]


def test_print_without_end_becomes_lines() -> None:
    stream = io.StringIO()
    configure(output_format="json", stream=stream)
    with prints_as_lines():
        for _ in range(3):
            sys.stdout.write("." * 6_000)
    assert [len(line["text"]) for line in json_lines(stream)] == [12_000, 6_000]


def test_standard_streams_are_lent_whole(capfd: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    configure(output_format="json", stream=stream)
    with prints_as_lines():
        sys.stdout.buffer.write("für \x1b[2J".encode())
        sys.stdout.writelines(["alle\n", "und jeden"])
        assert sys.stdin.read() == ""
        with pytest.raises(EOFError):
            input("Your name? ")
        subprocess.run(["echo", "from a program"], check=True)
    texts = [line["text"] for line in json_lines(stream)]
    assert texts == ["für \x1b[2Jalle", "und jedenYour name? "]
    assert capfd.readouterr() == ("", "from a program\n")


def test_a_log_on_standard_output_stays_there_while_that_is_lent(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with open(os.dup(1), "w") as stdout:
        configure(output_format="json", stream=stdout)
        with prints_as_lines():
            structlog.get_logger().info("mine")
            flush()
    assert json.loads(capfd.readouterr().out)["event"] == "mine"


def test_threads_print_lines_of_their_own() -> None:
    stream = io.StringIO()
    configure(output_format="json", stream=stream)

    def write(letter: str) -> None:
        for _ in range(200):
            sys.stdout.write(letter)
            sys.stdout.write(f" {letter}\n")

    with prints_as_lines(), ThreadPoolExecutor(4) as threads:
        threads.map(write, "abcd")
    texts = Counter(line["text"] for line in json_lines(stream))
    assert texts == {f"{letter} {letter}": 200 for letter in "abcd"}


def test_dropped_lines_are_counted_in_a_line_of_the_same_form() -> None:
    class Full(io.StringIO):
        is_full = True

        def write(self, text: str) -> int:
            if self.is_full:
                raise OSError(28, "No space left on device")
            return super().write(text)

    stream = Full()
    configure(level="error", output_format="json", stream=stream)
    for _ in range(3):
        structlog.get_logger().error("lost")
    flush()
    stream.is_full = False
    structlog.get_logger().error("kept")
    dropped, kept = json_lines(stream)
    assert (dropped["level"], dropped["event"], dropped["count"]) == (
        "warning",
        "log_lines_dropped",
        3,
    )
    assert kept["event"] == "kept"


def test_standard_output_that_was_closed_takes_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    configure()
    structlog.get_logger().info("turn")
    flush()


def test_lines_of_an_earlier_set_up_are_written_where_it_said() -> None:
    earlier, later = io.StringIO(), io.StringIO()
    for stream in (earlier, later):
        configure(output_format="json", stream=stream)
        structlog.get_logger().info("turn")
    assert len(json_lines(later)) == len(json_lines(earlier)) == 1
