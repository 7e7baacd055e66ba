"""Two hundred manipulations by SQL, made at random from a fixed seed: each is found, and where."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import pytest
from proof_desk import check, fill
from sqlalchemy import Boolean, DateTime, Float, Integer, text
from sqlalchemy.orm import Session

from agent_service.clock import uuid7
from agent_service.store.database import Database
from agent_service.store.proof.chain import RowKey, read_rows
from agent_service.store.proof.findings import Finding
from agent_service.store.proof.form import (
    FORMS,
    KEYS,
    START,
    TABLES,
    canonical,
    conversation_column,
    digest_of,
    link_head,
)
from agent_service.store.proof.tables import RowKind

MANIPULATIONS: Final = 200
SEED: Final = 11


@dataclass(frozen=True)
class Place:
    """Where something was changed."""

    conversation_id: str | None = None
    row_id: str | None = None
    positions: tuple[int, ...] = ()
    anchor: int | None = None

    def is_named_by(self, finding: Finding) -> bool:
        if self.anchor is not None:
            return finding.anchor == self.anchor
        if finding.conversation_id != self.conversation_id:
            return False
        if self.row_id is not None:
            return finding.row_id == self.row_id
        return not self.positions or finding.position in self.positions


class Hand:
    """Changes a log behind the service's back."""

    def __init__(self, session: Session, random: Random) -> None:
        self._session = session
        self._random = random

    def _run(self, sql: str, **values: Any) -> int:
        return self._session.execute(text(sql), values).rowcount  # type: ignore[attr-defined,no-any-return]

    def _one(self, sql: str, **values: Any) -> Any:
        return self._random.choice(self._session.execute(text(sql), values).all())

    def _row(self, kind: RowKind | None = None) -> tuple[RowKind, Any]:
        kind = kind or self._random.choice(list(RowKind))
        of, key = conversation_column(kind), KEYS[kind]
        sql = f'SELECT {of} AS conversation_id, "{key}" AS row_id FROM {TABLES[kind].name}'
        return kind, self._one(f"{sql} ORDER BY 1, 2")

    def _link(self) -> Any:
        return self._one("SELECT * FROM proof_links ORDER BY conversation_id, position")

    def _is(self, kind: RowKind) -> str:
        return f'{conversation_column(kind)} = :conversation AND "{KEYS[kind]}" = :row'

    def edit_a_value(self) -> list[Place]:
        kind, row = self._row()
        table = TABLES[kind]
        fixed = {"id", "conversation_id", "number", "seq", "tool_call_id"}
        chosen = [n for n in FORMS[1][kind] if n not in fixed and table.c[n].type.python_type]
        column = table.c[self._random.choice(chosen)]
        new: Any = "something else"
        match column.type:
            case Boolean():
                new = None
            case Integer():
                new = 4_711
            case Float():
                new = 0.125
            case _ if isinstance(getattr(column.type, "impl", None), DateTime):
                new = "2020-01-01 00:00:00.000001"
            case _ if column.name == "flags":
                new = '["edited"]'
            case kind_of if hasattr(kind_of, "enums"):
                now = self._value(kind, row, column.name)
                new = next(value for value in kind_of.enums if value != now)
        where = self._is(kind)
        value = f'NOT "{column.name}"' if isinstance(column.type, Boolean) else ":new"
        if column.name == "flags" and self._session.get_bind().dialect.name == "postgresql":
            value = "CAST(:new AS json)"
        elif isinstance(getattr(column.type, "impl", None), DateTime) and self._is_postgresql:
            value = "CAST(:new AS timestamptz)"
        values = {} if ":new" not in value else {"new": new}
        sql = f'UPDATE {table.name} SET "{column.name}" = {value} WHERE {where}'
        assert self._run(sql, conversation=row[0], row=row[1], **values) == 1
        return [Place(row[0], row[1])]

    @property
    def _is_postgresql(self) -> bool:
        return self._session.get_bind().dialect.name == "postgresql"

    def _value(self, kind: RowKind, row: Any, name: str) -> Any:
        sql = f'SELECT "{name}" FROM {TABLES[kind].name} WHERE {self._is(kind)}'
        return self._session.scalar(text(sql), {"conversation": row[0], "row": row[1]})

    def delete_a_row(self) -> list[Place]:
        kind, row = self._row()
        sql = f"DELETE FROM {TABLES[kind].name} WHERE {self._is(kind)}"
        assert self._run(sql, conversation=row[0], row=row[1]) == 1
        return [Place(row[0], row[1])]

    def insert_a_row(self) -> list[Place]:
        kind = self._random.choice([RowKind.TURN, RowKind.INCIDENT, RowKind.CONFIRMATION])
        _, row = self._row(kind)
        table, new = TABLES[kind], uuid7()
        put = {"id": ":new", "seq": "seq + 100", "number": "number + 100000"}
        names = [column.name for column in table.c]
        values = ", ".join(put.get(name, f'"{name}"') for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        where = self._is(kind)
        sql = f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM {table.name}"
        assert self._run(f"{sql} WHERE {where}", conversation=row[0], row=row[1], new=new) == 1
        return [Place(row[0], new)]

    def insert_a_conversation(self) -> list[Place]:
        _, row = self._row(RowKind.CONVERSATION)
        new, names = uuid7(), FORMS[1][RowKind.CONVERSATION]
        values = ", ".join(":new" if name == "id" else name for name in names)
        sql = f"INSERT INTO conversations ({', '.join(names)}) SELECT {values} FROM conversations"
        assert self._run(f"{sql} WHERE id = :row", row=row[1], new=new) == 1
        return [Place(new, new)]

    def swap_the_words_of_two_turns(self) -> list[Place]:
        (_, one), (_, other) = self._row(RowKind.TURN), self._row(RowKind.TURN)
        if one[1] == other[1]:
            return self.swap_the_words_of_two_turns()
        for name in ("text", "heard_text"):
            first, second = (self._value(RowKind.TURN, row, name) for row in (one, other))
            if first == second:  # what was heard is not swapped where it is the same
                continue
            for row, words in ((one, second), (other, first)):
                sql = f'UPDATE turns SET "{name}" = :words WHERE id = :row'
                assert self._run(sql, row=row[1], words=words) == 1
        return [Place(one[0], one[1]), Place(other[0], other[1])]

    def swap_two_turns_of_a_conversation(self) -> list[Place]:
        _, one = self._row(RowKind.TURN)
        sql = "SELECT conversation_id, id FROM turns WHERE conversation_id = :of AND id <> :row"
        other = self._one(f"{sql} ORDER BY id", of=one[0], row=one[1])
        places = [self._value(RowKind.TURN, row, "seq") for row in (one, other)]
        for row, seq in ((one, -1), (other, places[0]), (one, places[1])):
            self._run("UPDATE turns SET seq = :seq WHERE id = :row", seq=seq, row=row[1])
        return [Place(one[0], one[1]), Place(other[0], other[1])]

    def move_a_turn_to_another_conversation(self) -> list[Place]:
        (_, one), (_, other) = self._row(RowKind.TURN), self._row(RowKind.CONVERSATION)
        if one[0] == other[0]:
            return self.move_a_turn_to_another_conversation()
        sql = "UPDATE turns SET conversation_id = :to, seq = 99 WHERE id = :row"
        assert self._run(sql, to=other[0], row=one[1]) == 1
        return [Place(one[0], one[1]), Place(other[0], one[1])]

    def remove_a_link(self) -> list[Place]:
        link = self._link()
        assert self._run(f"DELETE FROM proof_links WHERE {_IS_LINK}", **_of(link)) == 1
        return [Place(link.conversation_id, positions=(link.position,))]

    def edit_a_link(self) -> list[Place]:
        link = self._link()
        name, new = self._random.choice(
            [("digest", "f" * 64), ("head", "e" * 64), ("row_id", "x"), ("change", "redacted")]
        )
        sql = f"UPDATE proof_links SET {name} = :new WHERE {_IS_LINK}"
        assert self._run(sql, new=new, **_of(link)) == 1
        at = (link.position, link.position + 1) if name == "head" else (link.position,)
        return [Place(link.conversation_id, positions=at)]

    def swap_two_links(self) -> list[Place]:
        link = self._link()
        if link.position == 1:
            return self.swap_two_links()
        for old, new in ((link.position, -1), (link.position - 1, link.position)):
            self._move_link(link.conversation_id, old, new)
        self._move_link(link.conversation_id, -1, link.position - 1)
        return [Place(link.conversation_id, positions=(link.position - 1,))]

    def _move_link(self, conversation_id: str, old: int, new: int) -> None:
        sql = "UPDATE proof_links SET position = :new WHERE conversation_id = :of"
        assert self._run(f"{sql} AND position = :old", of=conversation_id, old=old, new=new) == 1

    def remove_a_nonce(self) -> list[Place]:
        link = self._link()
        self._run(f"UPDATE proof_links SET nonce = NULL WHERE {_IS_LINK}", **_of(link))
        return [Place(link.conversation_id, link.row_id)]

    def cut_off_the_tail(self) -> list[Place]:
        """With its rows; sometimes also the head is mended."""
        link = self._link()
        sql = "SELECT * FROM proof_links WHERE conversation_id = :of AND position >= :at"
        values = {"of": link.conversation_id, "at": max(link.position, 2)}
        for gone in self._session.execute(text(sql), values).all():
            kind = RowKind(gone.kind)
            self._run(
                f"DELETE FROM {TABLES[kind].name} WHERE {self._is(kind)}",
                conversation=gone.conversation_id,
                row=gone.row_id,
            )
        self._run(
            "DELETE FROM proof_links WHERE conversation_id = :of AND position >= :at", **values
        )
        if self._random.random() < 0.7:
            sql = "SELECT * FROM proof_links WHERE conversation_id = :of ORDER BY position DESC"
            last = self._session.execute(text(f"{sql} LIMIT 1"), {"of": values["of"]}).one()
            self._run(
                "UPDATE proof_heads SET position = :at, head = :head WHERE conversation_id = :of",
                at=last.position,
                head=last.head,
                of=last.conversation_id,
            )
        return [Place(link.conversation_id)]

    def remove_a_head(self) -> list[Place]:
        _, row = self._row(RowKind.CONVERSATION)
        self._run("DELETE FROM proof_heads WHERE conversation_id = :of", of=row[0])
        return [Place(row[0])]

    def remove_a_conversation_with_its_chain(self) -> list[Place]:
        _, row = self._row(RowKind.CONVERSATION)
        self._run("DELETE FROM conversations WHERE id = :of", of=row[0])
        self._run("DELETE FROM proof_links WHERE conversation_id = :of", of=row[0])
        self._run("DELETE FROM proof_heads WHERE conversation_id = :of", of=row[0])
        return [Place(row[0])]

    def edit_a_turn_and_mend_its_chain(self) -> list[Place]:
        """As who knows how it is made, and cannot reach the anchors."""
        _, row = self._row(RowKind.TURN)
        self._run("UPDATE turns SET heard_text = 'never said' WHERE id = :row", row=row[1])
        sql = "SELECT * FROM proof_links WHERE conversation_id = :of ORDER BY position"
        previous = START
        for link in self._session.execute(text(sql), {"of": row[0]}).all():
            digest = link.digest
            if link.row_id == row[1]:
                key = RowKey(RowKind.TURN, row[0], row[1])
                digest = digest_of(link.nonce, canonical(read_rows(self._session, [key])[key]))
            names = ("conversation_id", "position", "kind", "row_id", "change", "form")
            values = {name: getattr(link, name) for name in names}
            previous = link_head(previous, **values, digest=digest)
            sql = f"UPDATE proof_links SET digest = :digest, head = :head WHERE {_IS_LINK}"
            self._run(sql, digest=digest, head=previous, **_of(link))
        sql = "UPDATE proof_heads SET head = :head WHERE conversation_id = :of"
        self._run(sql, head=previous, of=row[0])
        return [Place(row[0])]

    def remove_an_anchor(self) -> list[Place]:
        number = self._one("SELECT number FROM proof_anchors ORDER BY 1").number
        self._run("DELETE FROM proof_anchors WHERE number = :n", n=number)
        return [Place(anchor=number)]

    def edit_an_anchor(self) -> list[Place]:
        number = self._one("SELECT number FROM proof_anchors ORDER BY 1").number
        name, new = self._random.choice([("root", "a" * 64), ("head", "b" * 64), ("heads", 7)])
        self._run(f"UPDATE proof_anchors SET {name} = :new WHERE number = :n", new=new, n=number)
        return [Place(anchor=number)]

    def take_a_head_out_of_an_anchor(self) -> list[Place]:
        one = self._one("SELECT * FROM proof_anchored ORDER BY 1, 2")
        sql = "DELETE FROM proof_anchored WHERE conversation_id = :of AND anchor = :n"
        self._run(sql, of=one.conversation_id, n=one.anchor)
        return [Place(anchor=one.anchor)]


_IS_LINK: Final = "conversation_id = :of AND position = :at"


def _of(link: Any) -> dict[str, Any]:
    return {"of": link.conversation_id, "at": link.position}


KINDS: Final[list[Callable[[Hand], list[Place]]]] = [
    Hand.edit_a_value,
    Hand.edit_a_value,
    Hand.edit_a_value,
    Hand.delete_a_row,
    Hand.delete_a_row,
    Hand.insert_a_row,
    Hand.insert_a_conversation,
    Hand.swap_the_words_of_two_turns,
    Hand.swap_two_turns_of_a_conversation,
    Hand.move_a_turn_to_another_conversation,
    Hand.remove_a_link,
    Hand.edit_a_link,
    Hand.swap_two_links,
    Hand.remove_a_nonce,
    Hand.cut_off_the_tail,
    Hand.remove_a_head,
    Hand.remove_a_conversation_with_its_chain,
    Hand.edit_a_turn_and_mend_its_chain,
    Hand.remove_an_anchor,
    Hand.edit_an_anchor,
    Hand.take_a_head_out_of_an_anchor,
]


def test_each_of_two_hundred_manipulations_is_located(database: Database, new_sample: Any) -> None:
    fill(database, new_sample, 6)
    random = Random(SEED)
    unfound = []
    for number in range(MANIPULATIONS):
        with database.write() as session:
            manipulate = KINDS[number % len(KINDS)]
            places = manipulate(Hand(session, random))
            findings, tally = check(session)
            assert tally.findings == len(findings)
            for place in places:
                if not any(place.is_named_by(finding) for finding in findings):
                    unfound.append((number, manipulate.__name__, place, findings[:5]))
            session.rollback()
    assert unfound == []


def test_what_was_rolled_back_is_not_found(database: Database, new_sample: Any) -> None:
    fill(database, new_sample, 2)
    with database.read() as session:
        assert check(session)[0] == []


@pytest.mark.parametrize("value", [b"\xff\xfe", "no time", ""])
def test_what_cannot_be_read_is_located(
    sqlite_database: Database, new_sample: Any, value: object
) -> None:
    fill(sqlite_database, new_sample, 2)
    with sqlite_database.write() as session:
        row = session.execute(text("SELECT conversation_id, id FROM turns LIMIT 1")).one()
        session.execute(
            text("UPDATE turns SET ended_at = :v WHERE id = :id"), {"v": value, "id": row.id}
        )
        findings, _ = check(session)
        assert [(one.wrong, one.row_id) for one in findings] == [("unreadable", row.id)]
        session.rollback()


_NO_VALUE: Final = ("CAST({0} AS BLOB)", "CAST(x'ff41' AS TEXT)", "'garbage'", "x'ff'")
_LINKED: Final = ("conversation_id", "position", "kind", "row_id", "change", "form", "nonce")


@pytest.mark.parametrize(
    ("table", "key", "columns"),
    [
        ("proof_links", "conversation_id, position", (*_LINKED, "digest", "head")),
        ("proof_heads", "rowid", ("conversation_id", "position", "head", "anchored")),
        ("proof_anchors", "rowid", ("made_at", "heads", "root", "head")),
        (
            "proof_anchored",
            "conversation_id, anchor",
            ("conversation_id", "anchor", "position", "head"),
        ),
        ("turns", "rowid", ("id", "text", "seq", "role", "is_interrupted")),
        ("tool_calls", "rowid", ("tool_call_id", "arguments")),
        ("conversations", "rowid", ("caller_name",)),
    ],
)
def test_what_is_no_value_of_its_column_is_found_in_any_table(
    sqlite_database: Database, new_sample: Any, table: str, key: str, columns: tuple[str, ...]
) -> None:
    fill(sqlite_database, new_sample, 2)
    unfound = []
    for column in columns:
        for value in _NO_VALUE:
            with sqlite_database.write() as session:
                session.execute(text("PRAGMA ignore_check_constraints = 1"))
                which = f"({key}) IN (SELECT {key} FROM {table} LIMIT 1)"
                new = value.format(column)
                session.execute(text(f"UPDATE {table} SET {column} = {new} WHERE {which}"))
                if not check(session)[0]:
                    unfound.append((column, value))
                session.rollback()
    assert unfound == []
