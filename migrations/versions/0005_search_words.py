"""Words to search for as the service itself finds them, in place of each database's own.

Reason: the databases' parsers take a whole Chinese, Japanese or Thai sentence for one word, see
other words than each other, and tell "café" from "cafe".

Revision ID: 0005
Revises: 0004
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from agent_service.store.schema import SearchWords

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BATCH = 2_000
SEPARATORS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~‘’‚“”„«»–—…¿¡\ufffd"  # noqa: RUF001
"""As in 0001, for the way back."""

TURNS = sa.table(
    "turns",
    sa.column("number", sa.BigInteger()),
    sa.column("text", sa.String()),
    sa.column("search_words", SearchWords()),
)

# Whoever knows nothing of the words, such as the release before this one, writes the text alone:
# it is then found by the words that the database sees, and what was taken out of it is not.
# A later migration that rebuilds the table of turns must make these triggers again.
ADD = "INSERT INTO turns_search (rowid, search_words) VALUES (new.number, new.search_words);"
REMOVE = (
    "INSERT INTO turns_search (turns_search, rowid, search_words)"
    " SELECT 'delete', old.number, old.search_words WHERE old.search_words IS NOT NULL;"
)
TAKE_TEXT = "UPDATE turns SET search_words = new.text WHERE number = new.number;"
SQLITE_TRIGGERS = (
    ("insert", "AFTER INSERT ON turns WHEN new.search_words IS NOT NULL", ADD),
    ("insert_text", "AFTER INSERT ON turns WHEN new.search_words IS NULL", TAKE_TEXT),
    (
        "update",
        "AFTER UPDATE OF search_words ON turns WHEN new.search_words IS NOT old.search_words",
        REMOVE + ADD,
    ),
    (
        "update_text",
        (
            "AFTER UPDATE OF text ON turns"
            " WHEN new.text <> old.text AND new.search_words IS old.search_words"
        ),
        TAKE_TEXT,
    ),
    ("delete", "AFTER DELETE ON turns", REMOVE),
)
POSTGRESQL_FUNCTION = """
CREATE FUNCTION turns_search_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.search_words IS NULL OR (
    TG_OP = 'UPDATE' AND NEW.text <> OLD.text AND NEW.search_words = OLD.search_words
  ) THEN
    NEW.search_words := to_tsvector('simple', left(NEW.text, 100000));
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        drop_sqlite_search("insert", "update", "delete")
        op.execute("ALTER TABLE turns ADD COLUMN search_words VARCHAR")
        fill()
        create_sqlite_search("search_words", "ascii")
        for name, event, statements in SQLITE_TRIGGERS:
            op.execute(f"CREATE TRIGGER turns_search_{name} {event} BEGIN {statements} END")
    else:
        op.execute("DROP INDEX ix_turns_search_words")
        op.execute("ALTER TABLE turns ALTER COLUMN search_words DROP EXPRESSION")
        fill()
        op.execute("CREATE INDEX ix_turns_search_words ON turns USING gin (search_words)")
        # So that it knows a rare word from a common one: it walks through all turns otherwise, in
        # the hope of finding the newest hits soon.
        op.execute("ALTER TABLE turns ALTER COLUMN search_words SET STATISTICS 1000")
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(
            "CREATE TRIGGER turns_search_words BEFORE INSERT OR UPDATE OF text, search_words"
            " ON turns FOR EACH ROW EXECUTE FUNCTION turns_search_words()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        drop_sqlite_search(*(name for name, _, _ in SQLITE_TRIGGERS))
        op.execute("ALTER TABLE turns DROP COLUMN search_words")
        create_sqlite_search("text", "unicode61 remove_diacritics 0")
        add = "INSERT INTO turns_search (rowid, text) VALUES (new.number, new.text);"
        remove = (
            "INSERT INTO turns_search (turns_search, rowid, text)"
            " VALUES ('delete', old.number, old.text);"
        )
        for name, event, statements in (
            ("insert", "AFTER INSERT", add),
            ("delete", "AFTER DELETE", remove),
            ("update", "AFTER UPDATE OF text", remove + add),
        ):
            op.execute(
                f"CREATE TRIGGER turns_search_{name} {event} ON turns BEGIN {statements} END"
            )
    else:
        op.execute("DROP FUNCTION turns_search_words() CASCADE")
        op.execute("ALTER TABLE turns DROP COLUMN search_words")
        separators = SEPARATORS.replace("'", "''")
        words = f"translate(left(text, 100000), '{separators}', '{' ' * len(SEPARATORS)}')"
        # Not through op.execute with a string: its colons would be taken for parameters.
        op.get_bind().exec_driver_sql(
            "ALTER TABLE turns ADD COLUMN search_words tsvector"
            f" GENERATED ALWAYS AS (to_tsvector('simple', {words})) STORED".replace("%", "%%")
        )
        op.execute("CREATE INDEX ix_turns_search_words ON turns USING gin (search_words)")


def drop_sqlite_search(*triggers: str) -> None:
    for name in triggers:
        op.execute(f"DROP TRIGGER turns_search_{name}")
    op.execute("DROP TABLE turns_search")


def create_sqlite_search(column: str, tokenizer: str) -> None:
    op.execute(
        f"CREATE VIRTUAL TABLE turns_search USING fts5({column}, content='turns',"
        f" content_rowid='number', tokenize='{tokenizer}')"
    )
    op.execute("INSERT INTO turns_search (turns_search) VALUES ('rebuild')")


def fill() -> None:
    change = (
        TURNS.update()
        .where(TURNS.c.number == sa.bindparam("turn"))
        .values(search_words=sa.bindparam("said"))
    )
    for batch in batches():
        op.get_bind().execute(change, batch)


def batches() -> Iterator[list[dict[str, object]]]:
    last = 0
    while True:
        rows = op.get_bind().execute(
            sa.select(TURNS.c.number, TURNS.c.text)
            .where(TURNS.c.number > last)
            .order_by(TURNS.c.number)
            .limit(BATCH)
        )
        batch: list[dict[str, object]] = [{"turn": row.number, "said": row.text} for row in rows]
        if not batch:
            return
        yield batch
        last = int(str(batch[-1]["turn"]))
