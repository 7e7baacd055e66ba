"""Recordings over HTTP: in ranges, one turn of them, as WAV, and as a picture."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from agent_service.clock import uuid7
from agent_service.conversation.records import Modality
from agent_service.recording.finishing import Finisher
from agent_service.recording.parts import PartWriter
from agent_service.recording.reading import FETCH_BYTES
from agent_service.recording.storage import storage_of
from agent_service.store.admin_tokens import create_token
from agent_service.store.database import Database
from agent_service.store.tables import RecordingSilence
from agent_service.store.writer import write_records
from agent_service.web.admin_access import AdminAccess
from agent_service.web.application import application
from agent_service.web.recordings import routes

MS = 24


class Api:
    """The endpoints over a conversation of three seconds: the caller speaks in the second one."""

    def __init__(self, database: Database, clock: Any, sample: Any, folder: Path) -> None:
        self.database, self.id, self.folder = database, sample.conversation_id, folder
        self.storage = storage_of(folder, None, {})
        access = AdminAccess(database, clock)
        self.app = application(routes(database, access, self.storage, folder, time_limit_s=5))
        self.finisher = Finisher(folder, self.storage, database, clock, lambda *_: None)
        self.turn = sample.turn(1, audio_start_ms=1000, audio_end_ms=2000)
        written = sample.turn(2, modality=Modality.TEXT)
        unrecorded = sample.turn(3, audio_start_ms=3000, audio_end_ms=4000)
        with database.write() as session:
            self.token = create_token(session, "console", clock.utc())
            write_records(session, [sample.conversation(), self.turn, written, unrecorded])
        self.written, self.unrecorded = written.turn_id, unrecorded.turn_id

    def record(self) -> None:
        sound = np.zeros((3000 * MS, 2), np.int16)
        wave = np.sin(2 * np.pi * 440 * np.arange(1000 * MS) / 24_000) * 8000
        sound[1000 * MS : 2000 * MS, 0] = wave
        sound[2000 * MS :, 1] = wave / 2
        writer = PartWriter(self.folder, self.id, 0, uuid7())
        writer.write(0, sound)
        writer.close()
        assert self.finisher.finish(self.id)

    def ask(
        self, what: str = "recording", *, method: str = "GET", **options: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        path = what if what.startswith("/") else f"/api/conversations/{self.id}/{what}"

        async def scenario() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                return await http.request(method, path, headers=headers, **options)

        return asyncio.run(scenario())

    def part(self, wanted: str, **headers: str) -> httpx.Response:
        return self.ask(headers={"Range": wanted, **headers})


@pytest.fixture
def api(sqlite_database: Database, clock: Any, sample: Any, tmp_path: Path) -> Api:
    return Api(sqlite_database, clock, sample, tmp_path / "recordings")


def code(response: httpx.Response) -> str:
    found: str = response.json()["code"]
    return found


def sound_of(response: httpx.Response) -> np.ndarray:
    sound: np.ndarray = soundfile.read(io.BytesIO(response.content), dtype="int16")[0]
    return sound


def test_the_whole_recording_is_an_ogg_file_with_both_sides(api: Api) -> None:
    api.record()
    whole = api.ask()
    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/ogg")
    assert whole.headers["accept-ranges"] == "bytes"
    assert int(whole.headers["content-length"]) == len(whole.content)
    sound = sound_of(whole)
    assert sound.shape == (3000 * MS, 2)
    assert np.abs(sound[1200 * MS : 1800 * MS]).max(axis=0)[1] < 100 < sound[:, 0].max()
    head = api.ask(method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-50", slice(-50, None)),
        ("bytes=10-99999999", slice(10, None)),
        ("bytes=-99999999", slice(0, None)),
        (f"bytes=00-{'9' * 40}", slice(0, None)),
    ],
)
def test_a_range_is_answered_with_just_that(api: Api, wanted: str, expected: slice) -> None:
    api.record()
    whole = api.ask().content
    part = api.part(wanted)
    assert (part.status_code, part.content) == (206, whole[expected])
    start = expected.indices(len(whole))[0]
    place = f"bytes {start}-{start + len(part.content) - 1}/{len(whole)}"
    assert part.headers["content-range"] == place


@pytest.mark.parametrize(
    "wanted",
    ["bytes=9999999-", "bytes=9999999-99999999", "bytes=-0", f"bytes={'9' * 5000}-", "bytes=-00"],
)
def test_a_range_past_the_end_is_refused_with_the_size(api: Api, wanted: str) -> None:
    api.record()
    refused = api.part(wanted)
    assert (refused.status_code, code(refused)) == (416, "range_not_satisfiable")
    assert refused.headers["content-range"] == f"bytes */{len(api.ask().content)}"


@pytest.mark.parametrize(
    "wanted", ["bytes=9-2", "bytes=-", "bytes=0-1,5-6", "lines=0-1", "bytes=x", "bytes=" + "9" * 40]
)
def test_a_range_that_means_nothing_is_answered_with_the_whole(api: Api, wanted: str) -> None:
    api.record()
    assert api.part(wanted).status_code == 200


def test_a_known_recording_is_not_sent_again_and_a_changed_one_is_sent_whole(api: Api) -> None:
    api.record()
    etag = api.ask().headers["etag"]
    unchanged = api.ask(headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert api.part("bytes=0-9", **{"If-Range": etag}).status_code == 206
    assert api.part("bytes=0-9", **{"If-Range": '"another"'}).status_code == 200


def test_a_turns_stretch_is_cut_out_in_either_form(api: Api) -> None:
    api.record()
    for form in ("ogg", "wav"):
        cut = api.ask(params={"turn": api.turn.turn_id, "format": form})
        assert (cut.status_code, cut.headers["content-type"]) == (200, f"audio/{form}")
        sound = sound_of(cut)
        assert len(sound) == 1400 * MS
        loud = np.flatnonzero(np.abs(sound[:, 0].astype(int)) > 2000) / MS
        assert loud[0] == pytest.approx(200, abs=10)
        assert loud[-1] == pytest.approx(1200, abs=10)


def test_wav_comes_in_ranges_as_well_and_is_not_made_for_who_knows_it(api: Api) -> None:
    api.record()
    whole = api.ask(params={"format": "wav"})
    assert sound_of(whole).shape == (3000 * MS, 2)
    part = api.ask(params={"format": "wav"}, headers={"Range": "bytes=40-49"})
    assert part.content == whole.content[40:50]
    known = api.ask(params={"format": "wav"}, headers={"If-None-Match": whole.headers["etag"]})
    assert known.status_code == 304


def test_the_picture_shows_who_is_how_loud_when(api: Api, sample: Any) -> None:
    api.record()
    with api.database.write() as session:
        for start, end in ((500, 600), (2900, 9000), (5000, 6000)):
            session.add(
                RecordingSilence(
                    id=uuid7(),
                    conversation_id=api.id,
                    started_ms=start,
                    ended_ms=end,
                    created_at=api.turn.started_at,
                )
            )
        failed = {"code": "recording_failed", "started_ms": 200}
        gaps = [sample.incident(**failed, ended_ms=end) for end in (None, 400)]
        other = sample.incident(started_ms=700, ended_ms=900)
        write_records(session, [*gaps, other])
    fine = api.ask("peaks").json()
    assert (fine["duration_ms"], fine["interval_ms"], len(fine["caller"])) == (3000, 50, 60)
    drawn = api.ask("peaks", params={"points": "3"})
    assert drawn.json() == {
        "duration_ms": 3000,
        "interval_ms": 1000,
        "caller": [0, max(fine["caller"]), 0],
        "agent": [0, 0, max(fine["agent"])],
        "silences": [[500, 600], [2900, 3000]],
        "gaps": [[200, 400]],
    }
    assert 55 < max(fine["caller"]) < 70
    known = api.ask(
        "peaks", params={"points": "3"}, headers={"If-None-Match": drawn.headers["etag"]}
    )
    assert known.status_code == 304


@pytest.mark.parametrize(
    ("what", "parameters", "field"),
    [
        ("recording", {"format": "mp3"}, "format"),
        ("recording", {"fromat": "wav"}, "fromat"),
        ("recording", [("format", "wav"), ("format", "ogg")], "format"),
        ("peaks", [("points", "1"), ("points", "2")], "points"),
        ("peaks", {"points": "0"}, "points"),
        ("peaks", {"points": "ten"}, "points"),
        ("peaks", {"points": "99999999"}, "points"),
        ("peaks", {"width": "10"}, "width"),
    ],
)
def test_what_is_not_understood_is_named(api: Api, what: str, parameters: Any, field: str) -> None:
    response = api.ask(what, params=parameters)
    assert (response.status_code, code(response)) == (400, "bad_query")
    assert response.json()["field"] == field


def test_what_is_not_there_says_why(api: Api, sample: Any) -> None:
    assert (api.ask().status_code, code(api.ask())) == (404, "no_recording")
    unknown = api.ask("/api/conversations/nobody/recording")
    assert (unknown.status_code, code(unknown)) == (404, "unknown_conversation")
    writer = PartWriter(api.folder, api.id, 0, "a")
    waits = api.ask("peaks")
    assert (waits.status_code, code(waits)) == (503, "recording_unfinished")
    assert waits.headers["retry-after"]
    writer.close()
    api.record()
    for turn_id, expected in (
        ("nobody's", "unknown_turn"),
        (api.written, "turn_without_sound"),
        (api.unrecorded, "turn_without_sound"),
    ):
        response = api.ask(params={"turn": turn_id})
        assert (response.status_code, code(response)) == (404, expected)


def damage(file: Path) -> None:
    file.write_bytes(b"\0" * file.stat().st_size)


def swap(file: Path) -> None:
    """Put another recording in its place."""
    sound = np.zeros((3000 * MS, 2), np.int16)
    soundfile.write(str(file), sound, 24_000, format="OGG", subtype="OPUS")


def shorten(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def remove(file: Path) -> None:
    file.unlink()


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:3000])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def lengthen(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\0")


@pytest.mark.parametrize(
    ("harm", "form", "status", "expected"),
    [
        (remove, "ogg", 404, "recording_lost"),
        (remove, "wav", 404, "recording_lost"),
        *(
            (harm, form, 500, "recording_damaged")
            for harm in (damage, swap, cut_short, empty, lengthen)
            for form in ("ogg", "wav")
        ),
    ],
)
def test_a_file_that_is_gone_or_damaged_is_told_so(
    api: Api, harm: Callable[[Path], None], form: str, status: int, expected: str
) -> None:
    api.record()
    (file,) = api.folder.rglob("*.ogg")
    harm(file)
    response = api.ask(params={"format": form})
    assert (response.status_code, code(response)) == (status, expected)


def test_a_part_of_a_file_that_was_changed_elsewhere_is_not_sent(api: Api) -> None:
    noise = np.random.default_rng(1).integers(-8000, 8000, (40_000 * MS, 2), np.int16)
    writer = PartWriter(api.folder, api.id, 0, uuid7())
    writer.write(0, noise)
    writer.close()
    assert api.finisher.finish(api.id)
    (file,) = api.folder.rglob("*.ogg")
    content = bytearray(file.read_bytes())
    assert len(content) > FETCH_BYTES
    content[-100] ^= 1
    file.write_bytes(content)
    for wanted in ("bytes=0-", "bytes=0-9", "bytes=100-199"):
        assert code(api.part(wanted)) == "recording_damaged"
    file.write_bytes(content[:-1])
    assert code(api.ask()) == "recording_damaged"


def test_storage_that_is_away_is_told_without_its_address(api: Api) -> None:
    api.record()
    (file,) = api.folder.rglob("*.ogg")
    file.unlink()
    file.mkdir()
    response = api.ask()
    assert (response.status_code, code(response)) == (503, "recordings_away")
    assert str(api.folder) not in response.text
    assert "recordings" in response.json()["detail"]


@pytest.mark.parametrize("what", ["recording", "peaks"])
def test_nothing_without_a_token(api: Api, what: str) -> None:
    api.token = "wrong"
    assert api.ask(what).status_code == 401
