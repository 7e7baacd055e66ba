"""``logs verify`` ends with 0 when the record is what was written, else with 1 and the place."""

import argparse
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from proof_desk import anchor, fill
from sqlalchemy import select, text

from agent_service.cli import log_verify
from agent_service.errors import QueryError, StoreError
from agent_service.pictures import Picture
from agent_service.store.database import Database
from agent_service.store.forgetting import expire_pictures
from agent_service.store.migrating import upgrade
from agent_service.store.pictures import keep_picture
from agent_service.store.proof.anchors import anchor_heads
from agent_service.store.proof.keeping import keep_last_anchor
from agent_service.store.proof.recordings import note_recording
from agent_service.store.proof.signing import read_signer
from agent_service.store.proof.tables import ProofAnchor, ProofLink
from agent_service.store.tables import Recording, RecordingSide
from agent_service.store.writer import write_records


@pytest.fixture
def ids(tmp_path: Path, new_sample: Any) -> list[str]:
    database = opened(tmp_path)
    found = fill(database, new_sample, 3)
    database.close()
    return found


def opened(folder: Path) -> Database:
    url = f"sqlite:///{folder / 'agent_service.db'}"
    upgrade(url)
    return Database(url)


def change(folder: Path, sql: str) -> None:
    database = opened(folder)
    with database.write() as session:
        session.execute(text(sql))
    database.close()


def verify(folder: Path, *arguments: str, config: Path | None = None) -> int:
    parser = argparse.ArgumentParser()
    log_verify.register(parser.add_subparsers())
    named = ["--config", str(config)] if config else []
    parsed = parser.parse_args(["verify", *arguments, "--data-dir", str(folder), *named])
    return log_verify.run(parsed)


def test_a_whole_log_is_as_it_was_written(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(tmp_path) == 0
    said = capsys.readouterr().out
    assert "3 conversations, 36 rows, 36 links, 2 anchors (0 signed)" in said
    assert said.endswith("All is as it was written.\n")


def test_what_was_edited_is_named(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    change(tmp_path, f"UPDATE turns SET text = 'x' WHERE conversation_id = '{ids[1]}' AND seq = 3")
    assert verify(tmp_path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"WRONG  conversation {ids[1]}: turn ")
    assert lines[0].endswith(" is not as it was written")
    assert lines[-1] == "1 places are not as they were written."
    assert verify(tmp_path, ids[0]) == 0
    assert verify(tmp_path, ids[1]) == 1


def test_programs_get_an_object_a_line(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    change(tmp_path, f"DELETE FROM ratings WHERE conversation_id = '{ids[0]}'")
    assert verify(tmp_path, ids[0], "--json") == 1
    finding, tally = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (finding["wrong"], finding["kind"], finding["row_id"]) == ("missing", "rating", ids[0])
    assert (tally["findings"], tally["conversations"]) == (1, 1)


def test_a_head_that_was_kept_is_looked_for(tmp_path: Path, ids: list[str]) -> None:
    database = opened(tmp_path)
    with database.read() as session:
        of_log = session.scalars(select(ProofAnchor.head).order_by(ProofAnchor.number)).first()
        of_one = session.scalars(
            select(ProofLink.head).where(
                ProofLink.conversation_id == ids[0], ProofLink.position == 5
            )
        ).one()
    database.close()
    assert verify(tmp_path, "--head", str(of_log)) == 0
    assert verify(tmp_path, "--head", of_one) == 1
    assert verify(tmp_path, ids[0], "--head", of_one.upper()) == 0
    assert verify(tmp_path, ids[1], "--head", of_one) == 1


def test_anchors_must_be_signed_with_the_key_of_the_settings(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    key = Ed25519PrivateKey.generate()
    config = tmp_path / "config"
    (config / "agents").mkdir(parents=True)
    shipped = Path(__file__).parents[1] / "data" / "plain_service"
    for path in (shipped / "agents").iterdir():
        (config / "agents" / path.name).write_text(path.read_text())
    (config / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    settings = (shipped / "service.toml").read_text()
    (config / "service.toml").write_text(
        f'{settings}\n[proof]\nkey_file = "{config / "key.pem"}"\n'
    )
    assert verify(tmp_path, config=config) == 1
    assert "no anchor is signed with the key of the settings" in capsys.readouterr().out
    database = opened(tmp_path)
    signer = read_signer(config / "key.pem")
    for count in (1, 0):  # one without a head that has moved, so that all before it is signed
        with database.write() as session:
            assert anchor_heads(session, datetime.now(UTC), signer) == count
    database.close()
    assert verify(tmp_path, config=config) == 0
    change(tmp_path, "UPDATE proof_anchors SET key = NULL, signature = NULL")
    assert verify(tmp_path, config=config) == 1
    change(tmp_path, f"UPDATE proof_anchors SET key = '{'a' * 64}', signature = 'b'")
    assert verify(tmp_path, config=config) == 1
    assert "anchor 3 is signed with another key" in capsys.readouterr().out


def test_what_is_not_there_is_said(tmp_path: Path, ids: list[str]) -> None:
    with pytest.raises(StoreError, match="There is no conversation none"):
        verify(tmp_path, "none")
    with pytest.raises(QueryError, match="--head: should be a hash"):
        verify(tmp_path, "--head", "short")


def test_what_is_not_covered_yet_and_what_was_erased_is_told(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for table in ("proof_links", "proof_anchored", "proof_anchors"):
        change(tmp_path, f"DELETE FROM {table}")
    change(tmp_path, f"UPDATE proof_heads SET position = 0, anchored = 0, head = '{'0' * 64}'")
    assert verify(tmp_path) == 0
    assert "3 conversations are older than the proof" in capsys.readouterr().out


@pytest.mark.parametrize("value", ["CAST(text AS BLOB)", "CAST(x'ff41' AS TEXT)"])
def test_what_no_program_can_read_is_a_place_like_others(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str], value: str
) -> None:
    change(tmp_path, f"UPDATE turns SET text = {value} WHERE conversation_id = '{ids[1]}'")
    change(tmp_path, f"UPDATE turns SET text = 'no' WHERE conversation_id = '{ids[2]}'")
    assert verify(tmp_path) == 1
    said = capsys.readouterr().out
    assert said.count("holds what cannot be read") == said.count("is not as it was written") > 0


def test_all_anchors_cannot_be_removed_behind_the_back_of_the_note(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    database, note = opened(tmp_path), tmp_path / "last-anchor"
    with database.read() as session:
        assert keep_last_anchor(session, note)
    database.close()
    assert note.stat().st_mode & 0o077 == 0
    assert verify(tmp_path) == 0
    for table in ("proof_anchors", "proof_anchored"):
        change(tmp_path, f"DELETE FROM {table}")
    change(tmp_path, "UPDATE proof_heads SET anchored = 0")
    assert verify(tmp_path) == 1
    gone = "anchor 2, which the service has made, was removed or made anew"
    assert gone in capsys.readouterr().out
    database = opened(tmp_path)
    with database.write() as session:
        assert anchor_heads(session, datetime.now(UTC), None) == 3
    with database.read() as session:
        assert not keep_last_anchor(session, note)  # what was noted stays
    database.close()
    assert verify(tmp_path) == 1
    assert gone in capsys.readouterr().out
    note.write_text("nothing")
    assert verify(tmp_path) == 1
    note.unlink()
    assert verify(tmp_path) == 0


def test_anchors_that_are_removed_with_their_note_are_missed_after_a_day(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for table in ("proof_anchors", "proof_anchored"):
        change(tmp_path, f"DELETE FROM {table}")
    change(tmp_path, "UPDATE proof_heads SET anchored = 0")
    assert verify(tmp_path) == 1
    assert "there is no anchor, though conversations are older" in capsys.readouterr().out


def test_the_last_anchors_are_missed_where_the_log_goes_on_for_a_day_after_them(
    tmp_path: Path, ids: list[str], new_sample: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    database = opened(tmp_path)
    late = [new_sample() for _ in range(2)]
    late[0].started_at += timedelta(days=2)
    late[1].started_at += timedelta(days=4)
    for sample in late:
        with database.write() as session:
            write_records(session, [sample.conversation()])
        anchor(database)
    database.close()
    assert verify(tmp_path) == 0
    change(tmp_path, "DELETE FROM proof_anchors WHERE number > 2")
    change(tmp_path, "DELETE FROM proof_anchored WHERE anchor > 2")
    names = ", ".join(f"'{sample.conversation_id}'" for sample in late)
    change(tmp_path, f"UPDATE proof_heads SET anchored = 0 WHERE conversation_id IN ({names})")
    capsys.readouterr()
    assert verify(tmp_path) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "WRONG" in line]
    assert len(lines) == 1  # of the last day nobody can tell
    assert lines[0].startswith(f"WRONG  conversation {late[0].conversation_id}: no anchor holds it")


def test_pictures_are_held_to_what_was_sent(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    database = opened(tmp_path)
    for content in (b"first", b"second"):
        with database.write() as session:
            keep_picture(session, ids[0], Picture(content, 1, 1), datetime.now(UTC), most=9)
    database.close()
    assert verify(tmp_path) == verify(tmp_path, ids[0]) == 0
    assert "2 pictures were read." in capsys.readouterr().out
    foreign = f"SELECT '{ids[1]}', number, width, height, size_bytes, sha256, content, created_at"
    for sql, back, words in (
        ("content = x'00'", "content = x'6669727374'", "picture 1 is not the one that was sent"),
        (
            f"content = x'00', sha256 = '{hashlib.sha256(bytes(1)).hexdigest()}'",
            f"content = x'6669727374', sha256 = '{hashlib.sha256(b'first').hexdigest()}'",
            "picture 1 has not the hash of the one that was sent",
        ),
        ("number = 7", "number = 1", "picture 1 was removed"),
    ):
        change(tmp_path, f"UPDATE pictures SET {sql} WHERE number = 1")
        assert verify(tmp_path, ids[0]) == 1
        assert f"WRONG  conversation {ids[0]}: {words}" in capsys.readouterr().out
        change(tmp_path, f"UPDATE pictures SET {back} WHERE number IN (1, 7)")
        assert verify(tmp_path) == 0
    change(tmp_path, f"INSERT INTO pictures {foreign} FROM pictures WHERE number = 1")
    assert verify(tmp_path, ids[1]) == 1
    assert "picture 1 was put in" in capsys.readouterr().out
    change(tmp_path, f"DELETE FROM pictures WHERE conversation_id = '{ids[1]}'")
    database = opened(tmp_path)
    with database.write() as session:
        assert expire_pictures(session, ids[0])["pictures"] == 2
    database.close()
    assert verify(tmp_path) == 0


def test_files_of_recordings_are_read_unless_they_are_left_out(
    tmp_path: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    sha256, file = hashlib.sha256(b"sound").hexdigest(), tmp_path / "recordings" / "a.ogg"
    file.parent.mkdir()
    file.write_bytes(b"sound")
    database = opened(tmp_path)
    with database.write() as session:
        session.add(
            Recording(
                id="r",
                conversation_id=ids[0],
                side=RecordingSide.BOTH,
                location="local:a.ogg",
                media_type="audio/ogg",
                duration_ms=1,
                size_bytes=5,
                sha256=sha256,
                created_at=datetime.now(UTC),
            )
        )
        note_recording(session, ids[0], sha256)
    database.close()
    assert verify(tmp_path) == verify(tmp_path, ids[0]) == 0
    assert "1 recordings were read." in capsys.readouterr().out
    file.write_bytes(b"other")
    assert verify(tmp_path) == verify(tmp_path, ids[0]) == 1
    words = f"WRONG  conversation {ids[0]}: the file of recording r is not the one that was made"
    assert words in capsys.readouterr().out
    assert verify(tmp_path, ids[1]) == verify(tmp_path, "--without-files") == 0
