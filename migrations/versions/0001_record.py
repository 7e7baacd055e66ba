"""The tables of the record, with full text search of turns.

Reason: every turn, tool call and incident is kept and can be found.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SEPARATORS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~‘’‚“”„«»–—…¿¡\ufffd"  # noqa: RUF001
"""Punctuation of which PostgreSQL would make addresses, signs and hyphenated words."""


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "admin_tokens",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "audit_log",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(36)),
        sa.Column("subject", sa.String()),
        sa.Column("detail", sa.String()),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(None, "audit_log", ["conversation_id"])
    op.create_index(None, "audit_log", ["occurred_at"])
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("modality", one_of("modality", "audio", "text"), nullable=False),
        sa.Column("customer_id", sa.String()),
        sa.Column("caller_name", sa.String()),
        sa.Column(
            "caller_level",
            one_of("callerlevel", "anonymous", "claimed", "identified", "verified", "stepped_up"),
            nullable=False,
        ),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("end_reason", sa.String()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(None, "conversations", ["agent", "started_at", "id"])
    op.create_index(None, "conversations", ["customer_id", "started_at", "id"])
    op.create_index(None, "conversations", ["started_at", "id"])
    op.create_table(
        "confirmations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("tool_call_id", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("arguments_hash", sa.String(), nullable=False),
        sa.Column(
            "status",
            one_of("confirmationstatus", "offered", "accepted", "declined", "expired", "voided"),
            nullable=False,
        ),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", one_of("decidedby", "voice", "text", "tap")),
        sa.Column("answer", sa.String()),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(None, "confirmations", ["conversation_id", "offered_at"])
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36)),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(None, "incidents", ["code", "occurred_at", "id"])
    op.create_index(None, "incidents", ["conversation_id"])
    op.create_index(None, "incidents", ["occurred_at", "id"])
    op.create_table(
        "ratings",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String()),
        sa.Column("rated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("side", one_of("recordingside", "caller", "agent", "both"), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(None, "recordings", ["conversation_id"])
    op.create_table(
        "tool_calls",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("tool_call_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("arguments", sa.String(), nullable=False),
        sa.Column("arguments_hash", sa.String()),
        sa.Column("intent_key", sa.String()),
        sa.Column("effect", one_of("tooleffect", "read", "write")),
        sa.Column(
            "status",
            one_of(
                "toolcallstatus",
                "running",
                "succeeded",
                "fix_arguments",
                "retry_later",
                "not_allowed",
                "failed",
                "timed_out",
                "awaiting_approval",
                "declined",
                "expired",
                "voided",
                "ended",
            ),
            nullable=False,
        ),
        sa.Column("error_kind", sa.String()),
        sa.Column("output", sa.String(), nullable=False),
        sa.Column("is_untrusted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_external", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column("confirmation_id", sa.String(36)),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation_id", "tool_call_id"),
        sa.UniqueConstraint("intent_key"),
    )
    op.create_index(None, "tool_calls", ["name", "requested_at", "id"])
    op.create_index(None, "tool_calls", ["requested_at", "id"])
    op.create_index(None, "tool_calls", ["status", "requested_at", "id"])
    op.create_table(
        "turns",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "role", one_of("role", "caller", "agent", "representative", "system"), nullable=False
        ),
        sa.Column("modality", one_of("modality", "audio", "text"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("heard_text", sa.String(), nullable=False),
        sa.Column("heard_ms", sa.Integer(), nullable=False),
        sa.Column("is_interrupted", sa.Boolean(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("first_audio_ms", sa.Integer()),
        sa.Column("input_text_tokens", sa.Integer()),
        sa.Column("input_audio_tokens", sa.Integer()),
        sa.Column("cached_text_tokens", sa.Integer()),
        sa.Column("cached_audio_tokens", sa.Integer()),
        sa.Column("output_text_tokens", sa.Integer()),
        sa.Column("output_audio_tokens", sa.Integer()),
        sa.Column("cost_usd", sa.Double()),
        sa.Column("audio_start_ms", sa.Integer()),
        sa.Column("audio_end_ms", sa.Integer()),
        sa.Column("item_id", sa.String()),
        sa.Column("response_id", sa.String()),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("conversation_id", "seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(None, "turns", ["first_audio_ms"])
    op.create_index(
        "ix_turns_interrupted",
        "turns",
        ["number"],
        sqlite_where=sa.text("is_interrupted = 1"),
        postgresql_where=sa.text("is_interrupted"),
    )
    op.create_index(None, "turns", ["started_at"])

    if op.get_bind().dialect.name == "sqlite":
        create_sqlite_search()
    else:
        create_postgresql_search()


def create_sqlite_search() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE turns_search USING fts5("
        "text, content='turns', content_rowid='number', tokenize='unicode61 remove_diacritics 0')"
    )
    # A later migration that rebuilds the table of turns must make these triggers again.
    add = "INSERT INTO turns_search (rowid, text) VALUES (new.number, new.text);"
    remove = (
        "INSERT INTO turns_search (turns_search, rowid, text)"
        " VALUES ('delete', old.number, old.text);"
    )
    op.execute(f"CREATE TRIGGER turns_search_insert AFTER INSERT ON turns BEGIN {add} END")
    op.execute(f"CREATE TRIGGER turns_search_delete AFTER DELETE ON turns BEGIN {remove} END")
    op.execute(
        f"CREATE TRIGGER turns_search_update AFTER UPDATE OF text ON turns BEGIN {remove} {add} END"
    )


def create_postgresql_search() -> None:
    separators = SEPARATORS.replace("'", "''")
    # A tsvector has room for one megabyte of words; nobody says as much in one turn.
    words = f"translate(left(text, 100000), '{separators}', '{' ' * len(SEPARATORS)}')"
    # Not through op.execute with a string: its colons would be taken for parameters.
    op.get_bind().exec_driver_sql(
        "ALTER TABLE turns ADD COLUMN search_words tsvector"
        f" GENERATED ALWAYS AS (to_tsvector('simple', {words})) STORED".replace("%", "%%")
    )
    op.execute("CREATE INDEX ix_turns_search_words ON turns USING gin (search_words)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE turns_search")
    for table in (
        "admin_tokens",
        "audit_log",
        "ratings",
        "recordings",
        "incidents",
        "confirmations",
        "tool_calls",
        "turns",
        "conversations",
    ):
        op.drop_table(table)
