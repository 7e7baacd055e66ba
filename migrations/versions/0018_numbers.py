# ruff: noqa: S608  what these statements are put together from is written here
"""What is added up over conversations, kept beside each by the database itself.

Reason: numbers over a year would read every turn and tool call of it.

Revision ID: 0018
Revises: 0017
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TOKENS = tuple(
    f"{kind}_tokens"
    for kind in (
        *("input_text", "input_audio", "cached_text", "cached_audio"),
        *("output_text", "output_audio"),
    )
)
FAILURES = "('failed', 'timed_out', 'retry_later')"

EXACT = 64
"""Milliseconds up to which each has a letter of its own; then there are 32 to an octave."""
FIRST = 256
"""Code point of the letter for nought."""
OCTAVES = range(6, 17)

TABLES = ("turns", "tool_calls", "confirmations")
"""Of which something is added up."""
ADDED_UP = {
    "turns": (*TOKENS, "first_audio"),
    "tool_calls": ("call_count", "call_failure_count"),
    "confirmations": ("confirmation_count", "confirmation_declined_count"),
}
CHANGES = {
    "turns": f"flags, first_audio_ms, {', '.join(TOKENS)}",
    "tool_calls": "status",
    "confirmations": "status",
}
"""Columns on which it depends."""
PEOPLE = {
    "turns": "role",
    "tool_calls": "status, error_kind",
    "handoffs": "status",
    "callbacks": "status",
    "tickets": "status",
    "approvals": "status",
    "outbox": "kind",
}
"""Tables that say that a person was needed, and the columns on which that depends."""


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in TOKENS:
        op.add_column("conversation_facts", counter(name, sa.BigInteger()))
    for name in (*ADDED_UP["tool_calls"], *ADDED_UP["confirmations"]):
        op.add_column("conversation_facts", counter(name, sa.Integer()))
    op.add_column(
        "conversation_facts",
        sa.Column("first_audio", sa.String(), nullable=False, server_default=sa.text("''")),
    )
    op.add_column(
        "conversation_facts",
        sa.Column("needed_person", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for table in ("callbacks", "handoffs"):
        op.create_index(None, table, ["conversation_id"])
    for table in TABLES:
        op.execute(add_up(table, "conversation_facts.conversation_id", is_sqlite))
    op.execute(look_for_people("conversation_facts.conversation_id"))
    for statement in sqlite_triggers() if is_sqlite else postgresql_triggers():
        op.get_bind().exec_driver_sql(statement)


def counter(name: str, kind: sa.types.TypeEngine[int]) -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default="0")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in PEOPLE.keys() | ADDED_UP.keys():
            for event in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER IF EXISTS conversation_numbers_{table}_{event}")
                op.execute(f"DROP TRIGGER IF EXISTS conversation_people_{table}_{event}")
    else:
        for table in ADDED_UP:
            op.execute(f"DROP FUNCTION conversation_numbers_of_{table}() CASCADE")
        op.execute("DROP FUNCTION conversation_people() CASCADE")
    for table in ("callbacks", "handoffs"):
        op.drop_index(f"ix_{table}_conversation_id", table)
    names = (*TOKENS, *ADDED_UP["tool_calls"], *ADDED_UP["confirmations"])
    for name in (*names, "first_audio", "needed_person"):
        op.drop_column("conversation_facts", name)


def add_up(table: str, conversation: str, is_sqlite: bool) -> str:
    """Return what adds up a table's rows of a conversation, or of all."""
    which = f"conversation_id = {conversation}"
    together = "group_concat({}, '')" if is_sqlite else "string_agg({}, '')"
    values = {
        "turns": (
            *(f"coalesce(sum({name}), 0)" for name in TOKENS),
            f"coalesce({together.format(letter(is_sqlite))}, '')",
        ),
        "tool_calls": ("count(*)", f"count(CASE WHEN status IN {FAILURES} THEN 1 END)"),
        "confirmations": ("count(*)", "count(CASE WHEN status = 'declined' THEN 1 END)"),
    }
    return (
        f"UPDATE conversation_facts SET ({', '.join(ADDED_UP[table])}) ="
        f" (SELECT {', '.join(values[table])} FROM {table} WHERE {which}) WHERE {which};"
    )


def letter(is_sqlite: bool) -> str:
    """Return the letter for how long the first sound of an answer took; nothing without one."""
    ms = "(CASE WHEN first_audio_ms < 0 THEN 0 ELSE first_audio_ms END)"
    steps = " ".join(
        f"WHEN first_audio_ms < {1 << (octave + 1)}"
        f" THEN {EXACT + 32 * (octave - OCTAVES[0]) - 32} + (first_audio_ms >> {octave - 5})"
        for octave in OCTAVES
    )
    last = EXACT + 32 * len(OCTAVES) - 1
    code = f"CASE WHEN first_audio_ms < {EXACT} THEN {ms} {steps} ELSE {last} END"
    made = f"{'char' if is_sqlite else 'chr'}({FIRST} + {code})"
    return f"CASE WHEN first_audio_ms IS NOT NULL THEN {made} END"


def look_for_people(conversation: str) -> str:
    """Return what looks whether anybody of the team was needed in a conversation, or in each."""
    which = f"conversation_id = {conversation}"
    signs = {
        "turns": "role = 'representative'",
        "tool_calls": "error_kind = 'unknown'",
        "handoffs": "status <> 'cancelled'",
        "callbacks": "status <> 'cancelled'",
        "tickets": None,
        "approvals": None,
        "outbox": "kind = 'team'",
    }
    found = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {which}{f' AND {sign}' if sign else ''})"
        for table, sign in signs.items()
    )
    return f"UPDATE conversation_facts SET needed_person = ({found}) WHERE {which};"


# A later migration that rebuilds one of these tables on SQLite must make its triggers again.
def sqlite_triggers() -> Iterator[str]:
    for table, columns in CHANGES.items():
        for event, row in (("INSERT", "new"), (f"UPDATE OF {columns}", "new"), ("DELETE", "old")):
            when = " WHEN " + counts(row) if table == "turns" and event == "INSERT" else ""
            yield (
                f"CREATE TRIGGER conversation_numbers_{table}_{event.split()[0].lower()}"
                f" AFTER {event} ON {table}{when} BEGIN"
                f" {add_up(table, f'{row}.conversation_id', True)} END"
            )
    for table, columns in PEOPLE.items():
        for event, row in (("INSERT", "new"), (f"UPDATE OF {columns}", "new"), ("DELETE", "old")):
            yield (
                f"CREATE TRIGGER conversation_people_{table}_{event.split()[0].lower()}"
                f" AFTER {event} ON {table}{says_so(table, event, row)} BEGIN"
                f" {look_for_people(f'{row}.conversation_id')} END"
            )


def counts(row: str) -> str:
    """Return whether a new turn adds anything: those of callers do not."""
    names = ", ".join(f"{row}.{name}" for name in ("first_audio_ms", *TOKENS))
    return f"coalesce({names}) IS NOT NULL"


def says_so(table: str, event: str, row: str) -> str:
    """Return when it is worth looking: turns and tool calls come all the time."""
    if table == "turns" and not event.startswith("UPDATE"):
        return f" WHEN {row}.role = 'representative'"
    if table == "tool_calls" and event == "INSERT":
        return f" WHEN {row}.error_kind = 'unknown'"
    if table == "tool_calls" and event.startswith("UPDATE"):
        is_either = "'unknown' IN (coalesce(new.error_kind, ''), coalesce(old.error_kind, ''))"
        return f" WHEN {is_either}"
    return ""


def postgresql_triggers() -> Iterator[str]:
    body = """
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE it varchar; BEGIN
          IF TG_OP = 'DELETE' THEN it := OLD.conversation_id;
          ELSE it := NEW.conversation_id; END IF;
          {statement}
          RETURN NULL;
        END $$"""
    yield body.format(name="conversation_people", statement=look_for_people("it"))
    for table, columns in CHANGES.items():
        name = f"conversation_numbers_of_{table}"
        yield body.format(name=name, statement=add_up(table, "it", False))
        for event, row in (("INSERT", "new"), (f"UPDATE OF {columns}", "new"), ("DELETE", "old")):
            when = f" WHEN ({counts(row)})" if table == "turns" and event == "INSERT" else ""
            yield (
                f"CREATE TRIGGER conversation_numbers_{event.split()[0].lower()} AFTER {event}"
                f" ON {table} FOR EACH ROW{when} EXECUTE FUNCTION {name}()"
            )
    for table, columns in PEOPLE.items():
        for event, row in (("INSERT", "new"), (f"UPDATE OF {columns}", "new"), ("DELETE", "old")):
            when = says_so(table, event, row).replace(" WHEN ", "")
            yield (
                f"CREATE TRIGGER conversation_people_{event.split()[0].lower()} AFTER {event}"
                f" ON {table} FOR EACH ROW{f' WHEN ({when})' if when else ''}"
                " EXECUTE FUNCTION conversation_people()"
            )
