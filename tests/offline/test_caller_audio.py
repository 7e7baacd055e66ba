"""The caller's audio: buffer, turns, recognition ahead of time, barge-in."""

import asyncio
import base64
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from agent_service.audio import encode_alaw, encode_mulaw, resample
from agent_service.offline.ports import Say

Provide = Callable[..., AbstractAsyncContextManager[Any]]
Sound = Callable[[int], bytes]

COMPLETED = "conversation.item.input_audio_transcription.completed"


async def detect(client: Any, detection: dict[str, Any] | None, **more: Any) -> None:
    """Set turn detection on a GA connection."""
    audio = {"input": {"turn_detection": detection, **more}}
    await client.send("session.update", session={"type": "realtime", "audio": audio})
    await client.until("session.updated")


def test_padding_and_silence_are_in_the_times(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await detect(
                client,
                {"type": "server_vad", "prefix_padding_ms": 100, "silence_duration_ms": 300},
            )
            await client.append(silence(1000) + tone(400) + silence(600))
            started = await client.until("input_audio_buffer.speech_started")
            stopped = await client.until("input_audio_buffer.speech_stopped")
            assert started["audio_start_ms"] == 900
            assert stopped["audio_end_ms"] == 1700
            committed = await client.until("input_audio_buffer.committed")
            assert started["item_id"] == stopped["item_id"] == committed["item_id"]
            await client.until("response.done")
            assert len(provider.speech.recognised[-1]) <= 800 * 48

    asyncio.run(scenario())


def test_times_go_on_counting_after_a_commit(provide: Provide, tone: Sound, silence: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("a1") as client:
            await client.append((silence(500) + tone(300) + silence(200)) * 2)
            started = await client.until("input_audio_buffer.speech_started", 2)
            assert started["audio_start_ms"] == 1000 + 500 - 300

    asyncio.run(scenario())


def test_recognition_begun_in_the_silence_is_kept(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.speech.hears("only once")
            await client.append(tone(400) + silence(300))
            await client.until("response.done")
            assert len(provider.speech.recognised) == 1
            assert provider.responder.contexts[0].items[0].text == "only once"
            assert provider.speech.prompts == ["order number"]

    asyncio.run(scenario())


def test_recognition_is_done_again_when_the_caller_went_on(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await detect(client, {"type": "server_vad", "silence_duration_ms": 300})
            provider.speech.by_length = lambda ms: "half" if ms < 700 else "the whole"
            await client.append(tone(300) + silence(200) + tone(300) + silence(400))
            await client.until("response.done")
            assert provider.responder.contexts[0].items[0].text == "the whole"
            assert len(client.named("input_audio_buffer.speech_started")) == 1

    asyncio.run(scenario())


def test_transcripts_stream_as_their_model_does(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider:
            for model, count in (("whisper-1", 1), ("gpt-4o-transcribe", 3)):
                async with provider.client() as client:
                    provider.speech.hears("where is it")
                    vad = {"type": "server_vad", "create_response": False}
                    await detect(client, vad, transcription={"model": model})
                    await client.append(tone(400) + silence(300))
                    completed = await client.until(COMPLETED)
                    deltas = client.named(COMPLETED.replace("completed", "delta"))
                    assert len(deltas) == count
                    assert "".join(d["delta"] for d in deltas) == completed["transcript"]
                    kind = "duration" if model == "whisper-1" else "tokens"
                    assert completed["usage"]["type"] == kind
                    assert "response.created" not in client.types()

    asyncio.run(scenario())


def test_transcripts_of_the_first_preview_have_no_deltas(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("a1") as client:
            provider.speech.hears("where is it")
            session = {"input_audio_transcription": {"model": "whisper-1"}}
            await client.send("session.update", session=session)
            await client.append(tone(400) + silence(300))
            completed = await client.until(COMPLETED)
            assert completed.keys() == {
                "type",
                "event_id",
                "item_id",
                "content_index",
                "transcript",
            }
            assert COMPLETED.replace("completed", "delta") not in client.types()

    asyncio.run(scenario())


def test_failed_recognition_fails_the_transcript_and_not_the_turn(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.speech.hears(RuntimeError("no model"), RuntimeError("no model"))
            await detect(client, {"type": "server_vad"}, transcription={"model": "whisper-1"})
            await client.append(tone(400) + silence(300))
            await client.until("response.done")
            failed = COMPLETED.replace("completed", "failed")
            assert failed in client.types()

    asyncio.run(scenario())


def test_words_and_probabilities_when_asked_for(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.speech.hears("where now")
            session = {
                "type": "realtime",
                "include": ["item.input_audio_transcription.logprobs"],
                "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}},
            }
            await client.send("session.update", session=session)
            await client.append(tone(400) + silence(300))
            completed = await client.until(COMPLETED)
            assert [entry["token"] for entry in completed["logprobs"]] == ["where", " now"]
            assert completed["logprobs"][0]["logprob"] == -0.25
            deltas = client.named(COMPLETED.replace("completed", "delta"))
            assert [entry for d in deltas for entry in d["logprobs"]] == completed["logprobs"]

    asyncio.run(scenario())


def test_diarizing_model_sends_one_segment(provide: Provide, tone: Sound, silence: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.speech.hears("hello")
            model = {"model": "gpt-4o-transcribe-diarize"}
            await detect(client, {"type": "server_vad"}, transcription=model)
            await client.append(tone(400) + silence(300))
            await client.until(COMPLETED)
            (segment,) = client.named(COMPLETED.replace("completed", "segment"))
            assert (segment["text"], segment["speaker"], segment["start"]) == ("hello", "A", 0.0)

    asyncio.run(scenario())


@pytest.mark.parametrize("dialect", ["a1", "beta", "ga"])
def test_push_to_talk(provide: Provide, dialect: str, tone: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client(dialect) as client:
            session: dict[str, Any] = {"turn_detection": None}
            if dialect == "ga":
                session = {"type": "realtime", "audio": {"input": session}}
            await client.send("session.update", session=session)
            provider.speech.hears("pushed")
            await client.append(tone(300))
            await client.send("input_audio_buffer.commit")
            await client.until("input_audio_buffer.committed")
            await client.send("input_audio_buffer.commit", event_id="evt_2")
            error = (await client.until("error"))["error"]
            assert error["code"] == "input_audio_buffer_commit_empty"
            assert "input_audio_buffer.speech_started" not in client.types()
            assert "response.created" not in client.types()
            await client.send("response.create")
            await client.until("response.done")
            assert provider.responder.contexts[0].items[0].text == "pushed"

    asyncio.run(scenario())


def test_a_hundred_telephone_milliseconds_are_enough_to_commit(
    provide: Provide, tone: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("beta") as client:
            session = {"turn_detection": None, "input_audio_format": "g711_ulaw"}
            await client.send("session.update", session=session)
            sound = encode_mulaw(resample(tone(100), 24_000, 8_000))
            assert len(sound) == 800
            await client.append(sound, frame=160)
            await client.send("input_audio_buffer.commit")
            await client.until("input_audio_buffer.committed")

    asyncio.run(scenario())


def test_commit_of_too_little_says_how_much_there_is(provide: Provide, tone: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await detect(client, None)
            await client.append(tone(60))
            await client.send("input_audio_buffer.commit")
            message = (await client.until("error"))["error"]["message"]
            assert message.endswith("buffer only has 60.00ms of audio.")

    asyncio.run(scenario())


def test_cleared_audio_is_gone(provide: Provide, tone: Sound, silence: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await client.append(tone(500))
            await client.until("input_audio_buffer.speech_started")
            await client.send("input_audio_buffer.clear")
            await client.until("input_audio_buffer.cleared")
            await client.append(silence(600))
            await client.send("input_audio_buffer.clear")
            await client.until("input_audio_buffer.cleared")
            assert "input_audio_buffer.speech_stopped" not in client.types()
            assert "input_audio_buffer.committed" not in client.types()

    asyncio.run(scenario())


def test_audio_may_be_split_anywhere(provide: Provide, tone: Sound, silence: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            provider.speech.hears("odd")
            await client.append(tone(400) + silence(300), frame=1_237)
            await client.until("response.done")
            assert provider.speech.recognised[0].startswith(tone(300)[: 200 * 48])

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("name", "encode"), [("g711_ulaw", encode_mulaw), ("g711_alaw", encode_alaw)]
)
def test_g711_is_heard(
    provide: Provide, name: str, encode: Callable[[bytes], bytes], tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client("beta") as client:
            provider.speech.hears("telephone")
            await client.send("session.update", session={"input_audio_format": name})
            sound = silence(400) + tone(400) + silence(400)
            await client.append(encode(resample(sound, 24_000, 8_000)), frame=160)
            stopped = await client.until("input_audio_buffer.speech_stopped")
            assert abs(stopped["audio_end_ms"] - 1000) <= 40
            await client.until("response.done")
            assert provider.responder.contexts[0].items[0].text == "telephone"

    asyncio.run(scenario())


@pytest.mark.parametrize("audio", ["%%%", "AAA", 7])
def test_broken_audio_is_refused(provide: Provide, audio: object) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await client.send("input_audio_buffer.append", audio=audio)
            error = (await client.until("error"))["error"]
            assert error["param"] == "audio"
            assert error["code"] in ("invalid_value", "invalid_type")

    asyncio.run(scenario())


def test_append_takes_fifteen_mebibytes_and_no_more(provide: Provide, silence: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await detect(client, None)
            largest = base64.b64encode(bytes(15 * 1024 * 1024 // 4 * 3)).decode()
            await client.send("input_audio_buffer.append", audio=largest)
            await client.send("input_audio_buffer.commit")
            await client.until("input_audio_buffer.committed")
            await client.send("input_audio_buffer.append", audio=largest + "AAAA")
            error = (await client.until("error"))["error"]
            assert (error["code"], error["param"]) == ("invalid_value", "audio")

    asyncio.run(scenario())


def test_speech_leaves_a_response_alone_without_interrupt_response(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await detect(client, {"type": "server_vad", "interrupt_response": False})
            gate = asyncio.Event()
            provider.responder.answers_with(Say("One.\n"), gate, Say("Two.\n"))
            await client.say("count")
            await client.until("response.output_audio.delta")
            await client.append(tone(400) + silence(300))
            # The automatic response of the new turn is refused while the old one runs.
            error = (await client.until("error"))["error"]
            assert error["code"] == "conversation_already_has_active_response"
            gate.set()
            assert (await client.until("response.done"))["response"]["status"] == "completed"

    asyncio.run(scenario())


def test_out_of_band_responses_are_not_interrupted(provide: Provide, tone: Sound) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            gate = asyncio.Event()
            provider.responder.answers_with(gate, Say("side note"))
            await client.send("response.create", response={"conversation": "none"})
            await client.until("response.created")
            await client.append(tone(400))
            await client.until("input_audio_buffer.speech_started")
            gate.set()
            assert (await client.until("response.done"))["response"]["status"] == "completed"

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("eagerness", "said", "pause_ms", "turns"),
    [
        ("auto", "where is my order", 700, 1),
        ("auto", "where is my", 700, 0),
        ("auto", "where is my", 4200, 1),
        ("high", "where is my order", 400, 1),
        ("high", "where is my", 2200, 1),
        ("low", "where is my order", 700, 0),
        ("low", "where is my order", 1300, 1),
    ],
)
def test_semantic_detection_waits_for_words_that_look_finished(
    provide: Provide,
    eagerness: str,
    said: str,
    pause_ms: int,
    turns: int,
    tone: Sound,
    silence: Sound,
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            vad = {"type": "semantic_vad", "eagerness": eagerness, "create_response": False}
            await detect(client, vad)
            provider.speech.hears(said, said, said)
            await client.append(tone(400) + silence(300))
            await provider.speech.once_recognised()
            await client.append(silence(pause_ms - 300))
            await client.send("input_audio_buffer.clear")
            await client.until("input_audio_buffer.cleared")
            assert len(client.named("input_audio_buffer.committed")) == turns

    asyncio.run(scenario())


def test_semantic_detection_makes_one_turn_of_a_pause_in_a_sentence(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await detect(client, {"type": "semantic_vad"})
            provider.speech.by_length = lambda ms: "where is my" + " order" * (ms > 1300)
            await client.append(tone(400) + silence(900) + tone(400) + silence(900))
            await client.until("response.done")
            assert len(client.named("input_audio_buffer.speech_started")) == 1
            assert len(client.named("input_audio_buffer.committed")) == 1

    asyncio.run(scenario())


def test_turn_detection_can_be_switched_in_mid_session(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await client.append(silence(1000))
            await detect(client, None)
            await client.append(tone(500) + silence(500))
            await client.send("input_audio_buffer.clear")
            await client.until("input_audio_buffer.cleared")
            assert "input_audio_buffer.speech_started" not in client.types()
            await detect(client, {"type": "server_vad"})
            await client.append(silence(400) + tone(300))
            started = await client.until("input_audio_buffer.speech_started")
            assert started["audio_start_ms"] == 2000 + 400 - 300

    asyncio.run(scenario())


def test_what_follows_from_a_turn_can_be_switched_while_it_is_spoken(
    provide: Provide, tone: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with provide() as provider, provider.client() as client:
            await detect(client, {"type": "server_vad", "create_response": False})
            await client.append(silence(1000) + tone(300))
            started = await client.until("input_audio_buffer.speech_started")
            await detect(client, {"type": "server_vad", "create_response": True})
            await client.append(tone(200) + silence(400))
            stopped = await client.until("input_audio_buffer.speech_stopped")
            assert (stopped["item_id"], stopped["audio_end_ms"]) == (started["item_id"], 1700)
            await client.until("response.done")
            assert len(client.named("input_audio_buffer.speech_started")) == 1

    asyncio.run(scenario())
