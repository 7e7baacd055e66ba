"""Whatever a tool asks, of its session or of the one that a row leads to, it finds own rows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import (
    Numeric,
    String,
    cast,
    delete,
    exists,
    func,
    insert,
    join,
    lambda_stmt,
    lateral,
    literal,
    literal_column,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import (
    Session,
    aliased,
    defer,
    object_session,
    with_expression,
    with_loader_criteria,
)
from workshop import Client, Job, Part, Payback

from agent_service.store.allowed_sql import OwnershipError
from agent_service.store.database import Database
from agent_service.store.identity import OneTimeCode
from agent_service.store.ownership import CallerSession

CLIENTS: Any = Client.__table__
JOBS: Any = Job.__table__
BAD: Any = "1), (SELECT 1"
OTHER: Any = aliased(Job)
SUB: Any = select(Job.customer_id.label("who")).subquery()
CTE: Any = select(Job.customer_id.label("who")).cte()
Ask = Callable[[Session], Any]


@pytest.fixture
def mine(workshop: Database) -> Iterator[CallerSession]:
    with workshop.write() as opened:
        yield CallerSession(opened, "C0001", "conversation")
        opened.rollback()


@pytest.fixture
def taken(mine: CallerSession) -> Session:
    """Return the session that a row leads to."""
    found = object_session(mine.scalars(select(Job).limit(1)).one())
    assert found is not None
    return found


@pytest.mark.parametrize(
    "statement",
    [
        select(OTHER.customer_id).where(OTHER.number > 0),
        select(SUB.c.who),
        select(CTE.c.who),
        select(select(SUB.c.who).subquery().c.who),
        select(literal("x"), SUB.c.who).with_only_columns(SUB.c.who),
        select(select(func.max(Job.customer_id)).scalar_subquery()),
        select(Job.customer_id).join(OTHER, OTHER.number != Job.number),
        select(Part.name, Job.customer_id).with_only_columns(Job.customer_id),
        select(Job.customer_id).union_all(select(OTHER.customer_id)),
        select(select(Job.customer_id).union_all(select(OTHER.customer_id)).subquery().c[0]),
        select(func.coalesce(func.max(OTHER.customer_id), "C0001")),
        select(func.max(Job.customer_id).over()).select_from(Job),
        select(func.max(Job.customer_id).filter(Job.number > 0)).select_from(Job),
        select(aliased(Job, select(Job).subquery()).customer_id),
        select(Job.customer_id).order_by("customer_id").limit(50).offset(0),
        select(Job.customer_id, Job).options(defer(Job.part)),
        select(Job.customer_id).execution_options(populate_existing=True),
        select(cast(Job.customer_id, String(20))),
    ],
)
def test_every_shape_finds_own_rows_alone(
    mine: CallerSession, taken: Session, statement: Any
) -> None:
    assert {row[0] for row in mine.rows(statement)} == {"C0001"}
    assert {row[0] for row in taken.execute(statement)} == {"C0001"}


@pytest.mark.parametrize(
    "condition",
    [
        exists().where(OTHER.number == 1011),
        select(Job.number).where(Job.number == 1011).exists(),
        literal(1011).in_(select(Job.number)),
        select(func.count(Job.number)).where(Job.number == 1011).scalar_subquery() > 0,
        exists(select(select(Job.number).where(Job.number == 1011).subquery().c.number)),
        select(func.max(Job.number)).scalar_subquery() >= 1011,
    ],
)
def test_others_are_not_felt_in_a_condition(mine: CallerSession, condition: Any) -> None:
    assert mine.rows(select(Part.name).where(condition)) == []


@pytest.mark.parametrize(
    "statement",
    [
        insert(Job).values(number=1).returning(Job.number),
        update(Job).values(part="x").returning(Job.number),
        update(Part).values(name="x").returning(Part.name),
        delete(Job).returning(Job.number),
        select(update(Job).values(part="x").returning(Job.number).cte().c.number),
        select(Job.number).add_cte(delete(Job).cte()),
        select(Job.number).suffix_with("UNION SELECT 1"),
        select(Job.number).prefix_with("1,"),
        select(Job.number).with_statement_hint("UNION SELECT 1"),
        select(Job.number).with_hint(Job, "x"),
        select(select(Job.number).suffix_with("UNION SELECT 1").subquery().c.number),
        select(select(Job.number).cte().suffix_with("x").c.number),
        select(Job.part.op("|| (SELECT 1) ||")("")),
        select(Job.number).where(Job.part.bool_op("= '' OR '' =")("")),
        select(Job.number).order_by(text("(SELECT 1)")),
        select(Job.number).order_by(literal_column("1")),
        select(cast(Job.part, String(collation='x" || (SELECT 1) || "'))),
        select(cast(Job.number, Numeric(BAD))),
        select(Job).from_statement(text("SELECT * FROM jobs")),
        select(text("number")).select_from(Job),
        text("SELECT number FROM jobs").columns(Job.number),
        lambda_stmt(lambda: select(Job.number)),
        select(JOBS),
        select(aliased(Part, JOBS.alias(), adapt_on_names=True)),
        select(aliased(Job, text("SELECT * FROM jobs").columns(*JOBS.c).subquery()).number),
        select(func.count()).select_from(join(CLIENTS, JOBS, true())),
        select(func.count()).select_from(join(Job, Client, true())),
        union_all(select(literal(1)), select(JOBS.c.number)),
        select(func.max(Job.number).over()),
        select(func.max(Job.number).filter(Job.number > 0)),
        select(select(func.max(Job.number).over()).subquery().c[0]),
        select(func.max(Part.price_minor) + func.max(Job.number)),
        select(Part.name).where(func.abs(Job.number) == 1011),
        select(Part.name).select_from(join(Part, Job, true())),
        select(Part.name).where(exists(select(literal(1)).select_from(join(Job, Client, true())))),
        select(lateral(select(JOBS.c.number)).c.number),
        select(func.pg_read_file("x")),
        select(func.json_each("[1]").table_valued("value")),
        select(Job.number).options(with_loader_criteria(Job, text("1 = 1"))),
        select(Job).options(with_expression(Job.part, literal_column("1"))),
        select(Job.number).execution_options(schema_translate_map={None: "other"}),
        select(OneTimeCode),
    ],
)
def test_what_carries_sql_or_writes_is_refused(
    mine: CallerSession, taken: Session, statement: Any
) -> None:
    for ask in (mine.rows, mine.scalars, mine.one, taken.execute, taken.scalars, taken.scalar):
        with pytest.raises(OwnershipError):
            ask(statement)


def test_first_of_a_union_may_be_a_value(mine: CallerSession) -> None:
    asked: Any = union_all(select(literal("C0001")), select(Job.customer_id))
    found = mine.rows(asked)
    assert {row[0] for row in found} == {"C0001"}


@pytest.mark.parametrize(
    "ask",
    [
        lambda session: session.execute(text("SELECT 1")),
        lambda session: session.connection(),
        lambda session: session.get_bind(),
        lambda session: session.get_transaction(),
        lambda session: session.commit(),
        lambda session: session.rollback(),
        lambda session: session.begin_nested(),
        lambda session: session.close(),
        lambda session: session.merge(Job(number=1011)),
        lambda session: session.get(Job, 1011),
        lambda session: session.bulk_save_objects([Part(name="x", price_minor=1)]),
        lambda session: session.bulk_insert_mappings(Part, [{"name": "x", "price_minor": 1}]),
        lambda session: session.bulk_update_mappings(Part, [{"name": "x", "price_minor": 1}]),
        lambda session: session.query(Job).update({"part": "x"}),
        lambda session: session.query(Job).delete(),
        lambda session: session.query(Job).from_statement(text("SELECT * FROM jobs")).all(),
        lambda session: session.query(OneTimeCode).all(),
        lambda session: (session.add(Part(name="x", price_minor=1)), session.flush()),
        lambda session: (session.delete(session.scalars(select(Part)).first()), session.flush()),
    ],
)
def test_session_of_a_row_lends_nothing(taken: Session, ask: Ask) -> None:
    with pytest.raises(OwnershipError):
        ask(taken)


def test_session_of_a_row_reads_what_is_the_callers(taken: Session) -> None:
    assert {job.customer_id for job in taken.query(Job)} == {"C0001"}
    assert {job.customer_id for job in taken.scalars(select(Job))} == {"C0001"}
    job = taken.scalars(select(Job)).first()
    assert job is not None
    taken.refresh(job)
    taken.expire(job)
    assert job.customer_id == "C0001"


@pytest.mark.parametrize("value", [text("'x'"), select(func.max(Client.email)).scalar_subquery()])
def test_attribute_is_set_to_a_value_not_to_sql(mine: CallerSession, value: Any) -> None:
    client = mine.one(select(Client))
    assert client is not None
    client.name = value
    with pytest.raises(OwnershipError):
        mine.flush()


def test_reading_transaction_writes_nothing(workshop: Database) -> None:
    with workshop.read() as opened:
        mine = CallerSession(opened, "C0001", "conversation")
        client = mine.one(select(Client))
        assert client is not None
        client.name = "x"
        with pytest.raises(OwnershipError, match="change no rows"):
            mine.flush()


def test_writes_of_a_call_are_kept_together_or_not_at_all(workshop: Database) -> None:
    for fails in (True, False):
        with workshop.write() as opened:
            try:
                with CallerSession(opened, "C0001", "conversation") as mine:
                    client = mine.one(select(Client))
                    assert client is not None
                    client.name = "changed"
                    mine.flush()
                    assert not fails
            except AssertionError:
                pass
        with workshop.read() as opened:
            names = opened.scalars(select(Client.name).where(Client.customer_id == "C0001"))
            assert (names.one() == "changed") is not fails


def test_paybacks_of_others_are_not_summed(mine: CallerSession) -> None:
    own = mine.rows(select(func.count(Payback.customer_id)))
    assert own == [(len(mine.scalars(select(Payback)).all()),)]
