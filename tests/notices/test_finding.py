"""A recorded notice is played while it is what the agent would say; else the shipped one is."""

import hashlib
import json
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agent_service.conversation.spec import Notice, NoticeClip
from agent_service.errors import SettingsError
from agent_service.notices.finding import Source, find_notices, load_notices, recordings
from agent_service.notices.shelf import INDEX, Shelf, Speaker
from agent_service.notices.texts import texts_in

SPEAKER = Speaker("azure", "marin", "de")
WAIT = texts_in("de")[Notice.WAIT]


@pytest.fixture
def recorded(tmp_path: Path, tone: Callable[..., bytes]) -> Path:
    """A folder in which WAIT was recorded."""
    folder = recordings(tmp_path, "support")
    Shelf(folder).put(SPEAKER, Notice.WAIT, WAIT, tone(1_200))
    return folder


def sources(folder: Path, speaker: Speaker = SPEAKER) -> dict[Notice, Source]:
    return {each.notice: each.source for each in find_notices(folder, speaker)}


def problems(folder: Path, speaker: Speaker = SPEAKER) -> set[str]:
    return {text for each in find_notices(folder, speaker) for text in each.problems}


def load(folder: Path, shipped: Path) -> tuple[Mapping[Notice, NoticeClip], list[str]]:
    """Return what was loaded, and the events in the log."""
    with capture_logs() as lines:
        clips = load_notices("support", folder, SPEAKER, shipped)
    return clips, [line["event"] for line in lines]


def test_a_recorded_notice_comes_before_the_shipped_one(recorded: Path) -> None:
    found = sources(recorded)
    assert found.pop(Notice.WAIT) is Source.RECORDED
    assert set(found.values()) == {Source.SHIPPED}
    assert not problems(recorded)


def test_a_recorded_notice_lasts_as_long_as_what_was_recorded(
    recorded: Path, tone: Callable[..., bytes]
) -> None:
    sound = Shelf(recorded).sound(Notice.WAIT, WAIT)
    assert sound is not None
    assert len(sound) == len(tone(1_200))


@pytest.mark.parametrize(
    "speaker",
    [
        Speaker("azure", "cedar", "de"),
        Speaker("offline", "marin", "de"),
        Speaker("azure", "marin", "fr"),
    ],
)
def test_a_recording_of_another_speaker_is_not_played(recorded: Path, speaker: Speaker) -> None:
    assert sources(recorded, speaker)[Notice.WAIT] is Source.SHIPPED
    assert problems(recorded, speaker) == {f"{recorded} was recorded with {SPEAKER}."}


def test_recording_with_another_speaker_forgets_the_first(
    recorded: Path, tone: Callable[..., bytes]
) -> None:
    other = Speaker("azure", "cedar", "de")
    Shelf(recorded).put(other, Notice.SORRY, texts_in("de")[Notice.SORRY], tone())
    found = sources(recorded, other)
    assert (found[Notice.SORRY], found[Notice.WAIT]) == (Source.RECORDED, Source.SHIPPED)


def test_a_recording_of_other_words_is_not_played(
    recorded: Path, tone: Callable[..., bytes]
) -> None:
    Shelf(recorded).put(SPEAKER, Notice.WAIT, "Moment!", tone())
    assert sources(recorded)[Notice.WAIT] is Source.SHIPPED
    assert problems(recorded) == {f'{recorded}/wait.ogg says "Moment!".'}


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.unlink(), "cannot be read: No such file or directory."),
        (lambda path: path.write_bytes(b""), "is not the file that was recorded."),
        (lambda path: path.write_bytes(path.read_bytes()[:2_000]), "is not the file"),
        (lambda path: path.write_bytes(path.read_bytes() + b"!"), "is not the file"),
    ],
    ids=["gone", "empty", "cut off", "more"],
)
def test_a_damaged_recording_costs_its_own_sound_and_one_line(
    recorded: Path, tmp_path: Path, damage: Callable[[Path], None], says: str
) -> None:
    damage(recorded / "wait.ogg")
    (problem,) = problems(recorded)
    assert problem.startswith(f"{recorded}/wait.ogg {says}")
    clips, events = load(recorded, tmp_path / "nothing is shipped")
    assert events == ["notice_sounds_unusable"]
    assert clips[Notice.WAIT] == NoticeClip(WAIT)


def test_a_file_that_was_never_sound_is_not_played(recorded: Path) -> None:
    data = b"OggS, or so it says"
    (recorded / "wait.ogg").write_bytes(data)
    index = json.loads((recorded / INDEX).read_text())
    index["clips"]["wait"]["sha256"] = hashlib.sha256(data).hexdigest()
    (recorded / INDEX).write_text(json.dumps(index))
    assert sources(recorded)[Notice.WAIT] is Source.SHIPPED
    (problem,) = problems(recorded)
    assert problem.startswith(f"{recorded}/wait.ogg is damaged or no Ogg file")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"speaker": 1, "clips": {}}', "\0"])
def test_an_index_that_cannot_be_read_costs_the_recordings(recorded: Path, content: str) -> None:
    (recorded / INDEX).write_text(content)
    assert set(sources(recorded).values()) == {Source.SHIPPED}
    (problem,) = problems(recorded)
    assert problem.startswith(f"{recorded}/{INDEX} cannot be read: ")


def test_without_any_sound_the_words_remain(tmp_path: Path) -> None:
    clips, events = load(tmp_path / "never recorded", tmp_path / "nothing is shipped")
    assert clips == {notice: NoticeClip(text) for notice, text in texts_in("de").items()}
    assert events == ["notice_sounds_unusable"]


def test_without_a_recording_nothing_is_logged(tmp_path: Path) -> None:
    with capture_logs() as lines:
        clips = load_notices("support", tmp_path / "never recorded", SPEAKER)
    assert all(clip.audio for clip in clips.values())
    assert not lines


def test_agents_of_one_language_share_the_sounds(tmp_path: Path) -> None:
    one, other = (load_notices(name, tmp_path / name, SPEAKER) for name in ("a", "b"))
    assert one[Notice.WAIT].audio is other[Notice.WAIT].audio


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, tone: Callable[..., bytes]
) -> None:
    (tmp_path / "notices").write_text("a file where the folder should be")
    shelf = Shelf(recordings(tmp_path, "support"))
    with pytest.raises(SettingsError, match=r"data_dir: \S+ cannot be written: Not a directory"):
        shelf.put(SPEAKER, Notice.WAIT, WAIT, tone())


def test_recordings_are_for_the_owner_alone(recorded: Path) -> None:
    for path in (recorded, *recorded.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
