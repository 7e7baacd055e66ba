"""Calls are recorded: each turn's words are in its stretch, cut where they were cut."""

import asyncio
import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from agent_service.offline.speech.engine import LocalSpeech

MS = 24
LOUD = 400


@pytest.fixture(scope="module")
def calls(up: Any, speak: Callable[[str], str]) -> Iterator[dict[str, Future[Any]]]:
    question = speak("Where is order one zero zero four?")
    policy = speak("What is your return policy?")
    with ThreadPoolExecutor(1) as pool:  # one after the other: it is timed what sounds when
        yield {
            "question": pool.submit(up.call, question),
            "barge-in": pool.submit(up.call, policy, question, "--barge-in-after", "2"),
        }


@pytest.fixture(scope="module")
def speech() -> Iterator[LocalSpeech]:
    engine = LocalSpeech()
    yield engine
    asyncio.run(engine.aclose())


def recording(up: Any, conversation_id: str, **parameters: str) -> np.ndarray:
    """Return the sound, once the service has finished it."""
    for _ in range(60):
        answer = httpx.get(
            f"{up.url}/api/conversations/{conversation_id}/recording",
            params={"format": "wav", **parameters},
            headers={"Authorization": f"Bearer {up.token}"},
            timeout=60,
        )
        if answer.status_code != 503:
            break
        asyncio.run(asyncio.sleep(float(answer.headers["retry-after"]) / 5))
    answer.raise_for_status()
    sound: np.ndarray = soundfile.read(io.BytesIO(answer.content), dtype="int16")[0]
    return sound


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def spoken(sound: np.ndarray) -> tuple[float, float]:
    """Return from when to when there is something to hear, in ms."""
    loud = np.flatnonzero(np.abs(sound.astype(int)) > LOUD)
    return float(loud[0]) / MS, float(loud[-1]) / MS


def test_a_turns_stretch_is_recognised_back_to_its_words(
    up: Any, calls: dict[str, Future[Any]], speech: LocalSpeech
) -> None:
    call = calls["question"].result()
    assert call.status == 0, call.errors
    record = up.ask(f"/api/conversations/{call.conversation_id}")
    whole = recording(up, call.conversation_id)
    assert any("recorded" in turn["text"] for turn in record["turns"])
    for turn in record["turns"]:
        channel = 0 if turn["role"] == "caller" else 1
        cut = recording(up, call.conversation_id, turn=turn["id"])[:, channel]
        heard = asyncio.run(speech.recognise(np.ascontiguousarray(cut).tobytes()))
        meant = words(turn["heard_text"])
        assert len(words(heard.text) & meant) >= 0.7 * len(meant), (heard.text, turn["heard_text"])
        start, end = turn["audio_start_ms"], turn["audio_end_ms"]
        # From halfway to what the same side said before, to halfway to what it says then.
        others = [one for one in record["turns"] if one["role"] == turn["role"]]
        before = [one["audio_end_ms"] for one in others if one["audio_end_ms"] < start]
        after = [one["audio_start_ms"] for one in others if one["audio_start_ms"] > end]
        begin = max([start - 500, 0, *((ended + start) // 2 for ended in before)])
        until = min([end + 500, *((end + began) // 2 for began in after)])
        first, last = spoken(whole[begin * MS : until * MS, channel])
        assert begin + first == pytest.approx(start, abs=100)
        assert begin + last < end + 100


def test_a_barge_in_is_heard_as_such_on_the_right(up: Any, calls: dict[str, Future[Any]]) -> None:
    call = calls["barge-in"].result()
    assert call.status == 0, call.errors
    turns = up.ask(f"/api/conversations/{call.conversation_id}")["turns"]
    (cut,) = [turn for turn in turns if turn["is_interrupted"]]
    following = turns[turns.index(cut) + 1]
    assert following["role"] == "caller"
    whole = recording(up, call.conversation_id)
    agent = whole[cut["audio_start_ms"] * MS : following["audio_end_ms"] * MS, 1]
    _, stopped_ms = spoken(agent)
    assert stopped_ms == pytest.approx(cut["heard_ms"], abs=150)
    caller = whole[following["audio_start_ms"] * MS : following["audio_end_ms"] * MS, 0]
    assert np.abs(caller.astype(int)).max() > 1000


def test_a_recording_has_a_picture(up: Any, calls: dict[str, Future[Any]]) -> None:
    call = calls["question"].result()
    recording(up, call.conversation_id)
    drawn = up.ask(f"/api/conversations/{call.conversation_id}/peaks", points="100")
    assert max(drawn["caller"]) > 20
    assert max(drawn["agent"]) > 20


def going_on(up: Any) -> Iterator[tuple[Path, int]]:
    """Yield what is being written, and where it begins."""
    for file in (up.data_dir / "recordings" / "unfinished").glob("*.au"):
        yield file, int(file.name.split(".")[1])


def loudest(file: Path, start_ms: int, end_ms: int) -> int:
    """Return how loud it is there up to now; the file begins with 24 bytes about itself."""
    sound = np.frombuffer(file.read_bytes()[24:], ">i2")
    return int(np.abs(sound[start_ms * MS * 2 : end_ms * MS * 2].astype(int)).max(initial=0))


def test_a_card_is_silent_on_disk_while_its_call_goes_on(
    up: Any, speak: Callable[[str], str]
) -> None:
    card = speak("My card number is four one one one, one one one one.")
    rest = speak("Where is order one zero zero four?")
    seen = False
    with ThreadPoolExecutor() as pool:
        call = pool.submit(up.call, card, rest)
        while not seen and not call.done():
            for file, started_ms in going_on(up):
                id = file.name.partition(".")[0]
                for turn in up.ask("/api/turns", conversation=id, role="caller")["items"]:
                    if "redacted" in turn["text"]:
                        place = (turn["audio_start_ms"], turn["audio_end_ms"])
                        start, end = (ms - started_ms for ms in place)
                        assert loudest(file, 0, start - 300) > LOUD
                        seen = seen or loudest(file, start, end) == 0
            asyncio.run(asyncio.sleep(0.1))
        assert call.result().status == 0, call.result().errors
    assert seen
