# ruff: noqa: S608  what these statements are put together from is written here
"""What can be asked of a whole conversation, kept beside it by the database itself; tool calls are
searched as turns are.

Reason: a question about turns, tool calls and the conversation at once had to read all of them. The
search index is numbered by conversation, newest last, so that a hit tells its conversation.

Revision ID: 0016
Revises: 0015
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from agent_service.store.call_text import call_text
from agent_service.store.schema import SearchWords

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BATCH = 2_000
MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

EPOCH = datetime(2020, 1, 1)  # noqa: DTZ001  as SQLite keeps times
"""Numbers of conversations are milliseconds since then, with room for 64 in each."""
LAST_MS = 2**41 - 1
TIES = 6
PLACES = 16
"""Bits of a place below the conversation's number: one for what it is, the rest for which."""
CALLS = 1 << 15

COPIED = (
    *("started_at", "agent", "channel", "modality", "customer_id", "caller_level", "provider"),
    *("language", "end_reason"),
)

CALL_TABLE = sa.table(
    "tool_calls",
    *(sa.column(name, sa.String()) for name in ("id", "conversation_id", "arguments", "output")),
    sa.column("requested_at", MOMENT),
    sa.column("search_words", SearchWords()),
    sa.column("place", sa.BigInteger()),
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("conversations", sa.Column("language", sa.String(), nullable=True))
    for table in ("turns", "tool_calls"):
        op.add_column(table, sa.Column("place", sa.BigInteger(), nullable=True))
    if is_sqlite:
        op.execute("ALTER TABLE tool_calls ADD COLUMN search_words VARCHAR")
        drop_sqlite_search()
    else:
        op.execute("ALTER TABLE tool_calls ADD COLUMN search_words tsvector")
    create_facts()
    begin_facts()
    op.execute(
        "UPDATE turns SET place = (SELECT f.number FROM conversation_facts f"
        f" WHERE f.conversation_id = turns.conversation_id) * {1 << PLACES} + seq"
        f" WHERE seq BETWEEN 0 AND {CALLS - 1}"
    )
    fill_calls()
    op.create_index(None, "turns", ["place"])
    op.create_index(None, "tool_calls", ["place"])
    op.create_index(
        "ix_tool_calls_asked", "tool_calls", ["name", "status", "effect", "error_kind", "place"]
    )
    if is_sqlite:
        create_sqlite_search()
    else:
        op.execute("CREATE INDEX ix_tool_calls_search_words ON tool_calls USING gin (search_words)")
        op.execute("ALTER TABLE tool_calls ALTER COLUMN search_words SET STATISTICS 1000")
    for table in COUNTED:
        op.get_bind().exec_driver_sql(count(table, "conversation_facts.conversation_id", is_sqlite))
    for statement in sqlite_triggers() if is_sqlite else postgresql_triggers():
        op.get_bind().exec_driver_sql(statement)
    op.create_index(None, "conversation_facts", ["customer_id", "number"])
    op.create_index(None, "conversation_facts", ["agent", "number"])


def create_facts() -> None:
    op.create_table(
        "conversation_facts",
        sa.Column("number", NUMBER, nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("modality", sa.String(24), nullable=False),
        sa.Column("customer_id", sa.String()),
        sa.Column("caller_level", sa.String(24), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("language", sa.String()),
        sa.Column("end_reason", sa.String()),
        sa.Column("duration_ms", sa.BigInteger()),
        sa.Column("turn_count", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("interruption_count", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("heard_share", sa.Double()),
        sa.Column("slowest_first_audio_ms", sa.Integer()),
        sa.Column("mean_first_audio_ms", sa.Integer()),
        sa.Column("cost_usd", sa.Double()),
        sa.Column("flags", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("confirmations", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("incidents", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("incident_count", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("rating", sa.Integer()),
        sa.Column("recording_count", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("conversation_id"),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        triggers = op.get_bind().exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            " AND (name LIKE 'record_search_%' OR name LIKE 'conversation_facts_%')"
        )
        for (name,) in triggers.all():
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE record_search")
    else:
        for table in ("turns", "tool_calls"):
            op.execute(f"DROP FUNCTION record_search_of_{table}() CASCADE")
        for table in ("conversations", *COUNTED):
            op.execute(f"DROP FUNCTION conversation_facts_of_{table}() CASCADE")
    op.drop_index("ix_turns_place", "turns")
    for name in ("ix_tool_calls_place", "ix_tool_calls_asked"):
        op.drop_index(name, "tool_calls")
    op.drop_table("conversation_facts")
    op.drop_column("tool_calls", "search_words")
    for table in ("turns", "tool_calls"):
        op.drop_column(table, "place")
    op.drop_column("conversations", "language")
    if op.get_bind().dialect.name == "sqlite":
        create_earlier_sqlite_search()
    else:
        op.execute(EARLIER_FUNCTION)
        op.execute(
            "CREATE TRIGGER turns_search_words BEFORE INSERT OR UPDATE OF text, search_words"
            " ON turns FOR EACH ROW EXECUTE FUNCTION turns_search_words()"
        )


# --- what is there already ----------------------------------------------------


def begin_facts() -> None:
    """Give each conversation its number, in the order in which they began."""
    conversations = sa.table(
        "conversations",
        sa.column("id", sa.String()),
        sa.column("ended_at", MOMENT),
        *(sa.column(name, MOMENT if name == "started_at" else sa.String()) for name in COPIED),
    )
    facts = sa.table(
        "conversation_facts",
        sa.column("number", sa.BigInteger()),
        sa.column("conversation_id", sa.String()),
        sa.column("duration_ms", sa.BigInteger()),
        *(sa.column(name, MOMENT if name == "started_at" else sa.String()) for name in COPIED),
    )
    last = -1
    after: sa.ColumnElement[bool] = sa.true()
    columns = conversations.c
    while True:
        rows = (
            op.get_bind()
            .execute(
                sa.select(conversations)
                .where(after)
                .order_by(columns.started_at, columns.id)
                .limit(BATCH)
            )
            .mappings()
            .all()
        )
        if not rows:
            return
        batch: list[dict[str, Any]] = []
        for row in rows:
            last = max(last + 1, number_of(row["started_at"]))
            ended = row["ended_at"]
            lasted = None if ended is None else (ended - row["started_at"]).total_seconds()
            batch.append(
                {name: row[name] for name in COPIED}
                | {
                    "number": last,
                    "conversation_id": row["id"],
                    "duration_ms": None if lasted is None else round(lasted * 1000),
                }
            )
        op.get_bind().execute(facts.insert(), batch)
        started, id = rows[-1]["started_at"], rows[-1]["id"]
        after = sa.tuple_(columns.started_at, columns.id) > sa.tuple_(
            sa.literal(started, MOMENT), sa.literal(id)
        )


def number_of(started_at: datetime) -> int:
    """Return the first number for a conversation that began then."""
    utc = started_at if started_at.tzinfo is None else started_at.astimezone(UTC)
    passed = (utc.replace(tzinfo=None) - EPOCH) // timedelta(milliseconds=1)
    return min(max(0, passed), LAST_MS) << TIES


def fill_calls() -> None:
    """Give each tool call its place and the words it is found by."""
    calls, facts = (
        CALL_TABLE,
        sa.table(
            "conversation_facts", sa.column("number"), sa.column("conversation_id", sa.String())
        ),
    )
    change = (
        calls.update()
        .where(calls.c.id == sa.bindparam("call"))
        .values(search_words=sa.bindparam("said"), place=sa.bindparam("at"))
    )
    counts: dict[int, int] = {}
    for rows in batches():
        ids = {row["conversation_id"] for row in rows}
        known = sa.select(facts.c.conversation_id, facts.c.number).where(
            facts.c.conversation_id.in_(ids)
        )
        numbers: dict[str, int] = {row[0]: row[1] for row in op.get_bind().execute(known)}
        batch = []
        for row in rows:
            number = numbers[row["conversation_id"]]
            counts[number] = nth = counts.get(number, 0) + 1
            said = call_text(row["arguments"], row["output"])
            at = (number << PLACES | CALLS) + nth if nth < CALLS else None
            batch.append({"call": row["id"], "said": said, "at": at})
        op.get_bind().execute(change, batch)


def batches() -> Iterator[list[dict[str, Any]]]:
    columns = CALL_TABLE.c
    after: sa.ColumnElement[bool] = sa.true()
    named = [columns[name] for name in ("id", "conversation_id", "arguments", "output")]
    while True:
        rows = op.get_bind().execute(
            sa.select(*named).where(after).order_by(columns.id).limit(BATCH)
        )
        batch = [dict(row) for row in rows.mappings()]
        if not batch:
            return
        yield batch
        after = columns.id > batch[-1]["id"]


# --- what the database keeps itself --------------------------------------------

COUNTED = {
    "turns": (
        *("turn_count", "interruption_count", "heard_share", "slowest_first_audio_ms"),
        *("mean_first_audio_ms", "cost_usd", "flags"),
    ),
    "confirmations": ("confirmations",),
    "incidents": ("incident_count", "incidents"),
    "ratings": ("rating",),
    "recordings": ("recording_count",),
}
"""What is counted of each table."""
CHANGES = {
    "turns": "role, text, heard_text, is_interrupted, first_audio_ms, cost_usd, flags",
    "confirmations": "status",
    "incidents": "code",
    "ratings": "score",
    "recordings": "conversation_id",
}
"""Columns of which it depends."""


def count(table: str, conversation: str, is_sqlite: bool) -> str:
    """Return what counts a table's rows of a conversation anew, or those of all."""
    which = f"conversation_id = {conversation}"
    if is_sqlite:
        flags = (
            "coalesce((SELECT ' ' || group_concat(flag, ' ') || ' ' FROM (SELECT DISTINCT"
            f" j.value AS flag FROM turns t, json_each(t.flags) j WHERE t.{which}"
            " ORDER BY flag)), '')"
        )
    else:
        flags = (
            "coalesce((SELECT ' ' || string_agg(DISTINCT j.flag COLLATE \"C\", ' ') || ' '"
            " FROM turns t, json_array_elements_text(t.flags) AS j(flag)"
            f" WHERE t.{which}), '')"
        )
    values = {
        "turns": (
            "count(*), coalesce(sum(CASE WHEN is_interrupted THEN 1 ELSE 0 END), 0),"
            " sum(CASE WHEN role = 'agent' THEN length(heard_text) END) * 1.0"
            " / nullif(sum(CASE WHEN role = 'agent' THEN length(text) END), 0),"
            " max(first_audio_ms), CAST(round(avg(first_audio_ms)) AS INTEGER), sum(cost_usd),"
            f" {flags}"
        ),
        "confirmations": distinct("status", "confirmations", which, is_sqlite),
        "incidents": f"count(*), {distinct('code', 'incidents', which, is_sqlite)}",
        "ratings": "max(score)",
        "recordings": "count(*)",
    }
    source = "" if table == "confirmations" else f" FROM {table} WHERE {which}"
    targets = ", ".join(COUNTED[table])
    return (
        f"UPDATE conversation_facts SET ({targets}) = (SELECT {values[table]}{source})"
        f" WHERE {which};"
    )


def distinct(column: str, table: str, which: str, is_sqlite: bool) -> str:
    """Return the different values of a column, with a space before and after each."""
    if is_sqlite:
        return (
            "coalesce((SELECT ' ' || group_concat(one, ' ') || ' ' FROM (SELECT DISTINCT"
            f" {column} AS one FROM {table} WHERE {which} ORDER BY one)), '')"
        )
    return (
        f"coalesce((SELECT ' ' || string_agg(DISTINCT {column} COLLATE \"C\", ' ') || ' '"
        f" FROM {table} WHERE {which}), '')"
    )


# A later migration that rebuilds one of these tables on SQLite must make its triggers again.
def sqlite_triggers() -> Iterator[str]:
    ms = "CAST(round((julianday({}) - julianday({})) * 86400000) AS INTEGER)"
    began = f"(min(max({ms.format('new.started_at', repr(str(EPOCH)))}, 0), {LAST_MS}) << {TIES})"
    facts = "conversation_facts"
    # The first number that is free, from the one of its time on.
    free = (
        f"CASE WHEN NOT EXISTS (SELECT 1 FROM {facts} WHERE number = {began}) THEN {began} ELSE"
        f" (SELECT f.number + 1 FROM {facts} f WHERE f.number >= {began} AND NOT EXISTS"
        f" (SELECT 1 FROM {facts} g WHERE g.number = f.number + 1) ORDER BY f.number LIMIT 1) END"
    )
    lasted = ms.format("new.ended_at", "new.started_at")
    names, news = ", ".join(COPIED), ", ".join(f"new.{name}" for name in COPIED)
    yield (
        f"CREATE TRIGGER {facts}_begin AFTER INSERT ON conversations BEGIN"
        f" INSERT INTO {facts} (number, conversation_id, duration_ms, {names})"
        f" VALUES ({free}, new.id, {lasted}, {news}); END"
    )
    yield (
        f"CREATE TRIGGER {facts}_change AFTER UPDATE OF {names}, ended_at ON conversations BEGIN"
        f" UPDATE {facts} SET (duration_ms, {names}) = (SELECT {lasted}, {news})"
        " WHERE conversation_id = new.id; END"
    )
    yield (  # before the rest of it, or each of its rows would be counted anew
        f"CREATE TRIGGER {facts}_end BEFORE DELETE ON conversations BEGIN"
        f" DELETE FROM {facts} WHERE conversation_id = old.id; END"
    )
    for table in COUNTED:
        changes = CHANGES[table]
        for event, row in (("INSERT", "new"), (f"UPDATE OF {changes}", "new"), ("DELETE", "old")):
            yield (
                f"CREATE TRIGGER {facts}_{table}_{event.split()[0].lower()} AFTER {event}"
                f" ON {table} BEGIN {count(table, f'{row}.conversation_id', True)} END"
            )
    yield from sqlite_search_triggers()


def sqlite_search_triggers() -> Iterator[str]:
    number = (
        "(SELECT number FROM conversation_facts WHERE conversation_id = new.conversation_id)"
        f" * {1 << PLACES}"
    )
    is_turn = f"new.seq BETWEEN 0 AND {CALLS - 1}"
    places = {
        "turns": ("number", f"CASE WHEN {is_turn} THEN {number} + new.seq END"),
        "tool_calls": (
            "id",
            (
                f"(SELECT CASE WHEN n < {CALLS} THEN {number} + {CALLS} + n END FROM (SELECT"
                f" coalesce(max(place) & {CALLS - 1}, 0) + 1 AS n FROM tool_calls"
                " WHERE conversation_id = new.conversation_id))"
            ),
        ),
    }
    add = (
        "INSERT INTO record_search (rowid, search_words) SELECT place, search_words FROM {table}"
        " WHERE {key} = new.{key} AND place IS NOT NULL AND search_words IS NOT NULL;"
    )
    remove = (
        "INSERT INTO record_search (record_search, rowid, search_words)"
        " SELECT 'delete', old.place, old.search_words"
        " WHERE old.place IS NOT NULL AND old.search_words IS NOT NULL;"
    )
    for table, (key, place) in places.items():
        added = add.format(table=table, key=key)
        words = ", search_words = new.text" if table == "turns" else ""
        # Whoever knows nothing of the words writes the text of a turn alone: see 0005.
        for name, when, also, then in (
            ("insert", "IS NOT NULL", "", added),
            ("insert_text", "IS NULL", words, ""),
        ):
            yield (
                f"CREATE TRIGGER record_search_{table}_{name} AFTER INSERT ON {table}"
                f" WHEN new.search_words {when} BEGIN UPDATE {table} SET place = {place}{also}"
                f" WHERE {key} = new.{key}; {then} END"
            )
        yield (
            f"CREATE TRIGGER record_search_{table}_update AFTER UPDATE OF search_words ON {table}"
            f" WHEN new.search_words IS NOT old.search_words BEGIN {remove}{added} END"
        )
        yield (
            f"CREATE TRIGGER record_search_{table}_delete AFTER DELETE ON {table}"
            f" BEGIN {remove} END"
        )
    yield (
        "CREATE TRIGGER record_search_turns_update_text AFTER UPDATE OF text ON turns"
        " WHEN new.text <> old.text AND new.search_words IS old.search_words"
        " BEGIN UPDATE turns SET search_words = new.text WHERE number = new.number; END"
    )
    yield (
        "CREATE TRIGGER record_search_tool_calls_update_text AFTER UPDATE OF arguments, output"
        f" ON tool_calls WHEN {IS_TAKEN_OUT} AND new.search_words IS old.search_words"
        " BEGIN UPDATE tool_calls SET search_words = NULL WHERE id = new.id; END"
    )


IS_TAKEN_OUT = "(new.arguments <> old.arguments OR (new.output <> old.output AND old.output <> ''))"
"""Something of a tool call was changed by who knows nothing of the words: it is not found by them
any more. An output that comes is no change."""


def postgresql_triggers() -> Iterator[str]:
    facts = "conversation_facts"
    names, news = ", ".join(COPIED), ", ".join(f"NEW.{name}" for name in COPIED)
    lasted = "round(EXTRACT(EPOCH FROM NEW.ended_at - NEW.started_at) * 1000)"
    began = (
        f"least(greatest(floor(EXTRACT(EPOCH FROM NEW.started_at - '{EPOCH}+00'::timestamptz)"
        f" * 1000), 0), {LAST_MS})::bigint << {TIES}"
    )
    yield f"""
        CREATE FUNCTION {facts}_of_conversations() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE free bigint; BEGIN
          IF TG_OP = 'DELETE' THEN
            DELETE FROM {facts} WHERE conversation_id = OLD.id;
            RETURN OLD;
          ELSIF TG_OP = 'UPDATE' THEN
            UPDATE {facts} SET (duration_ms, {names}) = ROW({lasted}, {news})
              WHERE conversation_id = NEW.id;
            RETURN NEW;
          END IF;
          free := {began};
          LOOP
            INSERT INTO {facts} (number, conversation_id, duration_ms, {names})
              VALUES (free, NEW.id, {lasted}, {news}) ON CONFLICT (number) DO NOTHING;
            EXIT WHEN FOUND;
            free := free + 1;
          END LOOP;
          RETURN NEW;
        END $$"""
    run = f"FOR EACH ROW EXECUTE FUNCTION {facts}_of"
    yield f"CREATE TRIGGER {facts}_begin AFTER INSERT ON conversations {run}_conversations()"
    yield (
        f"CREATE TRIGGER {facts}_change AFTER UPDATE OF {names}, ended_at ON conversations"
        f" {run}_conversations()"
    )
    # Before the rest of it, or each of its rows would be counted anew.
    yield f"CREATE TRIGGER {facts}_end BEFORE DELETE ON conversations {run}_conversations()"
    for table in COUNTED:
        yield f"""
            CREATE FUNCTION {facts}_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE it varchar; BEGIN
              IF TG_OP = 'DELETE' THEN it := OLD.conversation_id;
              ELSE it := NEW.conversation_id; END IF;
              {count(table, "it", False)}
              RETURN NULL;
            END $$"""
        yield (
            f"CREATE TRIGGER {facts} AFTER INSERT OR UPDATE OF {CHANGES[table]} OR DELETE"
            f" ON {table} {run}_{table}()"
        )
    yield from postgresql_search_triggers()


def postgresql_search_triggers() -> Iterator[str]:
    number = (
        "(SELECT number FROM conversation_facts WHERE conversation_id = NEW.conversation_id)"
        f" << {PLACES}"
    )
    yield "DROP FUNCTION turns_search_words() CASCADE"
    yield f"""
        CREATE FUNCTION record_search_of_turns() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF NEW.search_words IS NULL OR (
            TG_OP = 'UPDATE' AND NEW.text <> OLD.text AND NEW.search_words = OLD.search_words
          ) THEN
            NEW.search_words := to_tsvector('simple', left(NEW.text, 100000));
          END IF;
          IF TG_OP = 'INSERT' AND NEW.seq BETWEEN 0 AND {CALLS - 1} THEN
            NEW.place := {number} | NEW.seq;
          END IF;
          RETURN NEW;
        END $$"""
    yield (
        "CREATE TRIGGER record_search BEFORE INSERT OR UPDATE OF text, search_words"
        " ON turns FOR EACH ROW EXECUTE FUNCTION record_search_of_turns()"
    )
    yield f"""
        CREATE FUNCTION record_search_of_tool_calls() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE nth bigint; BEGIN
          IF TG_OP = 'INSERT' THEN
            SELECT coalesce(max(place) & {CALLS - 1}, 0) + 1 INTO nth FROM tool_calls
              WHERE conversation_id = NEW.conversation_id;
            IF nth < {CALLS} THEN NEW.place := {number} | {CALLS} | nth; END IF;
          ELSIF {IS_TAKEN_OUT} AND NEW.search_words IS NOT DISTINCT FROM OLD.search_words THEN
            NEW.search_words := NULL;
          END IF;
          RETURN NEW;
        END $$"""
    yield (
        "CREATE TRIGGER record_search BEFORE INSERT OR UPDATE OF arguments, output"
        " ON tool_calls FOR EACH ROW EXECUTE FUNCTION record_search_of_tool_calls()"
    )


def create_sqlite_search() -> None:
    # Without texts of its own, and without their lengths, which only a ranking needs.
    op.execute(
        "CREATE VIRTUAL TABLE record_search USING fts5(search_words, content='', columnsize=0,"
        " tokenize='ascii')"
    )
    for table in ("turns", "tool_calls"):
        op.execute(
            "INSERT INTO record_search (rowid, search_words) SELECT place, search_words"
            f" FROM {table} WHERE place IS NOT NULL AND search_words IS NOT NULL ORDER BY place"
        )


# --- the way back ----------------------------------------------------------------


def drop_sqlite_search() -> None:
    for name in ("insert", "insert_text", "update", "update_text", "delete"):
        op.execute(f"DROP TRIGGER turns_search_{name}")
    op.execute("DROP TABLE turns_search")


def create_earlier_sqlite_search() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE turns_search USING fts5(search_words, content='turns',"
        " content_rowid='number', tokenize='ascii')"
    )
    op.execute("INSERT INTO turns_search (turns_search) VALUES ('rebuild')")
    add = "INSERT INTO turns_search (rowid, search_words) VALUES (new.number, new.search_words);"
    remove = (
        "INSERT INTO turns_search (turns_search, rowid, search_words)"
        " SELECT 'delete', old.number, old.search_words WHERE old.search_words IS NOT NULL;"
    )
    take_text = "UPDATE turns SET search_words = new.text WHERE number = new.number;"
    for name, event, statements in (
        ("insert", "AFTER INSERT ON turns WHEN new.search_words IS NOT NULL", add),
        ("insert_text", "AFTER INSERT ON turns WHEN new.search_words IS NULL", take_text),
        (
            "update",
            "AFTER UPDATE OF search_words ON turns WHEN new.search_words IS NOT old.search_words",
            remove + add,
        ),
        (
            "update_text",
            (
                "AFTER UPDATE OF text ON turns"
                " WHEN new.text <> old.text AND new.search_words IS old.search_words"
            ),
            take_text,
        ),
        ("delete", "AFTER DELETE ON turns", remove),
    ):
        op.execute(f"CREATE TRIGGER turns_search_{name} {event} BEGIN {statements} END")


EARLIER_FUNCTION = """
CREATE FUNCTION turns_search_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.search_words IS NULL OR (
    TG_OP = 'UPDATE' AND NEW.text <> OLD.text AND NEW.search_words = OLD.search_words
  ) THEN
    NEW.search_words := to_tsvector('simple', left(NEW.text, 100000));
  END IF;
  RETURN NEW;
END $$
"""
