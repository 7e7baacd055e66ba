"""A company's code about its customers may do what it likes: no call waits, nothing is spoilt."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from agent_service.conversation.records import Caller, CallerLevel
from agent_service.store.contacts import Address, caller_at
from agent_service.store.database import Database
from agent_service.store.directory import (
    AT_ONCE,
    Customers,
    DirectoryAway,
    KnownCustomer,
    LookUpBy,
)

ANN = KnownCustomer("ACME-77", "Ann Acme", "ann@acme.example", "+4930123456", "de")


class Crm:
    def __init__(self, answer: Callable[[Session], KnownCustomer | None]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def find(self, by: LookUpBy, value: str, session: Session) -> KnownCustomer | None:
        self.asked.append((by, value))
        return self.answer(session)


def leave(session: Session) -> None:
    raise SystemExit(3)


def break_down(session: Session) -> None:
    raise ConnectionError("no route to host")


def misuse(session: Session) -> None:
    session.execute(text("SELECT * FROM nowhere"))


def misread(session: Session) -> Any:
    return {"customer_id": "ACME-77"}


def write(session: Session) -> None:
    session.execute(text("DELETE FROM conversations"))


@pytest.fixture
def hung() -> Iterator[threading.Event]:
    """What a directory that hangs waits for."""
    released = threading.Event()
    yield released
    released.set()


def test_a_customer_is_found(database: Database) -> None:
    crm = Crm(lambda session: ANN)
    assert Customers(database, crm).find("phone", "+4930123456") == ANN
    assert crm.asked == [("phone", "+4930123456")]


def test_nobody_is_asked_about_nobody(database: Database) -> None:
    assert Customers(database, Crm(break_down)).find("customer_id", None) is None
    assert Customers(database).find("customer_id", "ACME-77") is None


@pytest.mark.parametrize("answer", [leave, break_down, misuse, misread, write])
def test_what_the_directory_does_wrong_ends_the_question(
    database: Database, answer: Callable[[Session], None]
) -> None:
    with database.write() as session:
        with pytest.raises(DirectoryAway):
            Customers(database, Crm(answer)).find("customer_id", "ACME-77")
        session.execute(text("SELECT 1"))  # the transaction of whoever asked is as it was


def test_a_directory_that_hangs_is_given_up(database: Database, hung: threading.Event) -> None:
    crm = Crm(lambda session: ANN if hung.wait(60) else None)
    customers = Customers(database, crm, limit_s=0.01)
    for _ in range(AT_ONCE + 3):
        with pytest.raises(DirectoryAway):
            customers.find("customer_id", "ACME-77")
    assert len(crm.asked) == AT_ONCE  # the others were told at once
    hung.set()
    found = None
    while found is None:  # as soon as one of them has ended
        with suppress(DirectoryAway):
            found = customers.find("customer_id", "ACME-77")
    assert found == ANN


def test_many_may_ask_at_once(database: Database) -> None:
    customers = Customers(database, Crm(lambda session: ANN), limit_s=60)
    with ThreadPoolExecutor(4 * AT_ONCE) as threads:
        found = threads.map(lambda _: customers.find("email", "ann@acme.example"), range(100))
        assert set(found) == {ANN}


BEN = KnownCustomer("ACME-78", "Ben Acme", "ben@acme.example", "+4930123457")


class Book:
    """A directory by email and by phone."""

    def find(self, by: LookUpBy, value: str, session: Session) -> KnownCustomer | None:
        return next((who for who in (ANN, BEN) if getattr(who, by) == value), None)


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        (Address(None, "+4930123456"), Caller("ACME-77", "Ann Acme", CallerLevel.IDENTIFIED)),
        (Address("ben@acme.example", None), Caller("ACME-78", "Ben Acme", CallerLevel.IDENTIFIED)),
        (
            Address("ann@acme.example", "+4930123456"),
            Caller("ACME-77", "Ann Acme", CallerLevel.IDENTIFIED),
        ),
        (Address("ben@acme.example", "+4930123456"), Caller()),
        (Address("ann@acme.example", "+49300"), Caller()),
        (Address(None, None), Caller()),
    ],
)
def test_an_address_identifies_its_customer(
    sqlite_database: Database, address: Address, caller: Caller
) -> None:
    assert caller_at(address, Customers(sqlite_database, Book())) == caller


def test_while_the_directory_is_away_a_caller_is_a_stranger(sqlite_database: Database) -> None:
    away = Customers(sqlite_database, Crm(break_down))
    assert caller_at(Address(None, "+4930123456"), away) == Caller()
