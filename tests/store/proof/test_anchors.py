"""The chain of the whole log: what it takes in, how it is signed, and what a kept head tells."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from proof_desk import NOW, anchor, check, check_all, fill, records_of
from sqlalchemy import select, text, update

from agent_service.errors import SettingsError
from agent_service.store.database import Database
from agent_service.store.proof.anchors import anchor_heads
from agent_service.store.proof.findings import Tally
from agent_service.store.proof.log_checking import check_head
from agent_service.store.proof.signing import is_signed, read_signer
from agent_service.store.proof.tables import ProofAnchor
from agent_service.store.writer import write_records

Keep = Callable[[str], Path]


def pem(key: Any, encryption: KeySerializationEncryption | None = None) -> str:
    written: bytes = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()
    )
    return written.decode()


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    def write(content: str) -> Path:
        path = tmp_path / f"{abs(hash(content))}.pem"
        path.write_text(content)
        return path

    return write


def wrong(database: Database, key: str | None = None) -> list[tuple[str, int | None]]:
    with database.read() as session:
        return [(one.wrong, one.anchor) for one in check(session, is_signed, key)[0]]


def test_an_anchor_takes_in_what_has_moved(database: Database, new_sample: Any) -> None:
    fill(database, new_sample, 3)
    assert anchor(database) == 0
    with database.write() as session:
        write_records(session, records_of(new_sample()))
    assert anchor(database) == 1
    _, tally = check_all(database)
    assert (tally.anchors, tally.signed, tally.conversations) == (3, 0, 4)


def test_a_log_without_anything_is_as_it_was(database: Database) -> None:
    findings, tally = check_all(database)
    assert (findings, tally) == ([], Tally())


def test_signed_anchors_are_checked_with_their_key(
    database: Database, new_sample: Any, keep: Keep
) -> None:
    fill(database, new_sample, 1)
    signer = read_signer(keep(pem(Ed25519PrivateKey.generate())))
    other = read_signer(keep(pem(Ed25519PrivateKey.generate())))
    for minutes, by in enumerate((signer, signer, other, None)):
        with database.write() as session:
            write_records(session, records_of(new_sample()))
            session.flush()
        with database.write() as session:
            assert anchor_heads(session, NOW + timedelta(minutes=minutes), by) == 1
    assert wrong(database) == [("signature", 6)]
    assert wrong(database, signer.key) == [("signature", 5), ("signature", 6)]
    with database.read() as session:
        assert check(session, is_signed)[1].signed == 3


def test_a_signature_of_something_else_is_found(
    database: Database, new_sample: Any, keep: Keep
) -> None:
    signer = read_signer(keep(pem(Ed25519PrivateKey.generate())))
    with database.write() as session:
        write_records(session, records_of(new_sample()))
    with database.write() as session:
        anchor_heads(session, NOW, signer)
    assert wrong(database) == []
    for forged in ("00" * 64, "no hash", signer.sign("something else")):
        with database.write() as session:
            session.execute(update(ProofAnchor).values(signature=forged))
        assert wrong(database) == [("signature", 1)]
    with database.write() as session:
        session.execute(update(ProofAnchor).values(signature=None))
    assert wrong(database) == [("signature", 1)]


def test_a_head_that_was_kept_elsewhere_holds_the_log(database: Database, new_sample: Any) -> None:
    fill(database, new_sample, 1)
    with database.read() as session:
        kept = session.scalars(select(ProofAnchor.head).order_by(ProofAnchor.number)).all()
        tally = Tally()
        assert check_head(session, kept[0], tally) == []
        assert [one.wrong for one in check_head(session, "0" * 64, tally)] == ["head"]
        assert tally.findings == 1


def test_a_log_whose_last_anchor_was_cut_off_is_found(database: Database, new_sample: Any) -> None:
    fill(database, new_sample, 2)
    with database.write() as session:
        session.execute(text("DELETE FROM proof_anchors WHERE number = 2"))
    assert wrong(database) == [("anchor", 2)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("no key", "cannot be read as a private key"),
        (pem(generate_private_key(SECP256R1())), "not of an Ed25519 key"),
        (
            pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"secret")),
            "without a password",
        ),
    ],
)
def test_a_key_that_cannot_sign_is_named(keep: Keep, content: str, why: str) -> None:
    with pytest.raises(SettingsError, match=rf"proof\.key_file .*{why}.*openssl genpkey"):
        read_signer(keep(content))
