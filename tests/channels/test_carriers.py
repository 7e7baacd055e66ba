"""Carriers' messages are read and written as they were captured, or as carriers document them."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent_service.channels import acs, asterisk, plivo, telnyx, twilio, vonage
from agent_service.channels.carrier import (
    CallBegan,
    CallEnded,
    CallerSound,
    Carrier,
    CarrierMessage,
    KeyPressed,
    MarkPassed,
)
from agent_service.channels.traits import PCM16_24K, AudioFormat
from agent_service.channels.widget import BadMessage

DATA = Path(__file__).parents[1] / "data" / "phone"
MULAW = AudioFormat("mulaw", 8_000)
CARRIERS: dict[str, Carrier] = {
    module.TRAITS.name: module.CARRIER for module in (twilio, telnyx, plivo, vonage, acs, asterisk)
}
READ: dict[str, list[CarrierMessage | None]] = {
    "twilio": [
        None,
        CallBegan(
            "CA00000000000000000000000000000001", "MZ00000000000000000000000000000001", MULAW
        ),
        CallerSound(b"\xff" * 4, 1, 20),
        MarkPassed("item_a1:20"),
        KeyPressed("5"),
        CallEnded(),
    ],
    "telnyx": [
        None,
        CallBegan("v3:example", "32DE0DEA-53CB-4B21-89A4-9E1819C043BC", MULAW),
        CallerSound(b"\xff" * 4, 2, 5),
        MarkPassed("1"),
        KeyPressed("1"),
        None,
        CallEnded(),
    ],
    "plivo": [
        CallBegan(
            "12345678-1234-1234-1234-123456789abc", "87654321-4321-4321-4321-cba987654321", MULAW
        ),
        CallerSound(b"\xff" * 4, 41, 1_705_312_200_000),
        MarkPassed("1"),
        KeyPressed("5"),
        None,
    ],
    "acs": [
        CallBegan("", "", PCM16_24K),
        CallerSound(bytes([0, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0])),
        KeyPressed("3"),
    ],
    "asterisk": [
        CallBegan("", "json", PCM16_24K),
        None,
        MarkPassed("m24"),
        KeyPressed("5"),
        None,
    ],
    "vonage": [
        CallBegan("aaaaaaaa-bbbb-cccc-dddd-0123456789ab", "", AudioFormat("pcm16", 16_000)),
        MarkPassed("1"),
        KeyPressed("5"),
        None,
    ],
}
WRITTEN: dict[str, tuple[str, str]] = {
    "acs": ("", ""),
    "asterisk": ("json", "m24"),
    "twilio": ("MZ00000000000000000000000000000001", "item_a1:20"),
    "telnyx": ("32DE0DEA-53CB-4B21-89A4-9E1819C043BC", "1"),
    "plivo": ("87654321-4321-4321-4321-cba987654321", "1"),
    "vonage": ("", "1"),
}
"""The stream and the mark of the orders in the files."""


SAID = {"acs": bytes([0, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0])}


def messages(name: str, whose: str) -> list[Any]:
    captured = json.loads((DATA / f"{name}.json").read_text())
    return [each["message"] for each in captured if (each["from"] == "server") is (whose == "us")]


@pytest.mark.parametrize("name", CARRIERS)
def test_what_a_carrier_says_is_read(name: str) -> None:
    said = [CARRIERS[name].decode(json.dumps(each)) for each in messages(name, "carrier")]
    assert said == READ[name]


@pytest.mark.parametrize("name", CARRIERS)
def test_orders_are_written_as_the_carrier_reads_them(name: str) -> None:
    carrier, (stream, mark) = CARRIERS[name], WRITTEN[name]
    orders: list[Any] = [carrier.answer(stream)] if carrier.answer else []
    orders += [carrier.play(stream, SAID.get(name, b"\xff" * 4))]
    orders += [carrier.mark(stream, mark)] if carrier.mark else []
    orders.append(carrier.clear(stream))
    as_json = [json.loads(each) for each in orders if isinstance(each, str)]
    assert as_json == messages(name, "us")


def test_vonage_takes_and_sends_sound_as_it_is() -> None:
    assert vonage.CARRIER.decode(b"\1\2") == CallerSound(b"\1\2")
    assert vonage.CARRIER.play("", b"\1\2") == b"\1\2"


PLAIN = (DATA / "asterisk.txt").read_text().splitlines()


def test_a_pbx_that_speaks_plain_text_is_read_and_answered_so() -> None:
    read = [asterisk.CARRIER.decode(line[2:]) for line in PLAIN if line.startswith("< ")]
    assert read == [
        CallBegan("", "plain-text", PCM16_24K),
        None,
        MarkPassed("m24"),
        KeyPressed("5"),
    ]
    orders = [asterisk.answer("plain-text"), asterisk.mark("plain-text", "m24")]
    orders.append(asterisk.clear("plain-text"))
    assert orders == [line[2:] for line in PLAIN if line.startswith("> ")]


def test_a_pbx_sends_and_takes_sound_as_it_is() -> None:
    assert asterisk.CARRIER.decode(b"\1\2") == CallerSound(b"\1\2")
    assert asterisk.CARRIER.play("json", b"\1\2") == b"\1\2"


@pytest.mark.parametrize("began", ['{"event": "MEDIA_START", "format": "ulaw"}', "MEDIA_START a:b"])
def test_a_pbx_in_another_format_is_none_that_we_know(began: str) -> None:
    read = asterisk.CARRIER.decode(began)
    assert isinstance(read, CallBegan)
    assert read.format is None


@pytest.mark.parametrize("changed", [{"sampleRate": 16_000}, {"encoding": "opus"}], ids=str)
def test_azure_in_another_format_is_none_that_we_know(changed: dict[str, Any]) -> None:
    began = messages("acs", "carrier")[0]
    began["audioMetadata"] |= changed
    assert acs.CARRIER.decode(json.dumps(began)) == CallBegan("", "", None)


def test_azure_says_more_than_we_need() -> None:
    assert acs.CARRIER.decode('{"kind": "TranscriptionData"}') is None


def test_vonage_in_another_format_is_none_that_we_know() -> None:
    began = messages("vonage", "carrier")[0] | {"content-type": "audio/l16;rate=8000"}
    read = vonage.CARRIER.decode(json.dumps(began))
    assert isinstance(read, CallBegan)
    assert read.format is None


MEDIA = {"track": "inbound", "chunk": "1", "timestamp": "20", "payload": "/////w=="}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "bad_json"),
        (b"\xff", "bad_json"),
        ([], "bad_message"),
        ({"event": "start"}, "bad_message"),
        ({"event": "media"}, "bad_audio"),
        ({"event": "media", "media": MEDIA | {"payload": "?"}}, "bad_audio"),
        ({"event": "media", "media": MEDIA | {"payload": "é"}}, "bad_audio"),
        ({"event": "media", "media": MEDIA | {"chunk": "one"}}, "bad_message"),
        ({"event": "media", "media": MEDIA | {"timestamp": "9" * 16}}, "bad_message"),
        ({"event": "dtmf", "dtmf": "5"}, "bad_message"),
        ({"event": "mark", "mark": {"name": "a" * 256}}, "bad_message"),
    ],
)
def test_what_is_malformed_is_refused_by_name(message: Any, code: str) -> None:
    frame = message if isinstance(message, str | bytes) else json.dumps(message)
    with pytest.raises(BadMessage) as refused:
        twilio.CARRIER.decode(frame)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "message",
    [
        {"event": "media", "media": MEDIA | {"track": "outbound"}},
        {"event": "something new"},
        {"event": None},
    ],
)
def test_what_says_nothing_to_us_is_passed_over(message: Any) -> None:
    assert twilio.CARRIER.decode(json.dumps(message)) is None


@pytest.mark.parametrize("form", [("audio/opus", 8000), ("audio/x-mulaw", None)])
def test_a_format_that_nobody_knows_is_none(form: tuple[str, int | None]) -> None:
    began = messages("twilio", "carrier")[1]
    began["start"]["mediaFormat"] = {"encoding": form[0], "sampleRate": form[1]}
    read = twilio.CARRIER.decode(json.dumps(began))
    assert isinstance(read, CallBegan)
    assert read.format is None
