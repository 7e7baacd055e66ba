# ruff: noqa: S608  what this statement is put together from is written here
"""Sums of whole days.

Reason: numbers over a year read a row of every conversation in it.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = (
    *("conversations", "over", "contained", "ratings", "rating", "turns", "interruptions"),
    *("interrupted", "tool_calls", "tool_failures", "confirmations", "confirmations_declined"),
)
TOKENS = (
    *("input_text_tokens", "input_audio_tokens", "cached_text_tokens", "cached_audio_tokens"),
    *("output_text_tokens", "output_audio_tokens"),
)

EVENTS = {"INSERT": ("new",), "UPDATE": ("old", "new"), "DELETE": ("old",)}


def upgrade() -> None:
    op.create_table(
        "stats_days",
        sa.Column("day", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "stats_rollups",
        sa.Column("start", NUMBER, nullable=False, autoincrement=False),
        sa.Column("dimension", sa.String(16), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("duration_ms", *TOKENS)),
        sa.Column("cost_usd", sa.Double()),
        sa.Column("waits", sa.String(), nullable=False),
        sa.Column("end_reasons", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("start", "dimension", "value"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for event, rows in EVENTS.items():
            days = ", ".join(
                f"CAST(strftime('%s', {row}.started_at) AS INTEGER) / 86400" for row in rows
            )
            op.execute(
                f"CREATE TRIGGER stats_days_{event.lower()} AFTER {event} ON conversation_facts"
                f" BEGIN DELETE FROM stats_days WHERE day IN ({days}); END"
            )
        return
    op.execute("""
        CREATE FUNCTION stats_days_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM stats_days
              WHERE day = floor(extract(epoch FROM OLD.started_at) / 86400)::integer;
          END IF;
          IF TG_OP <> 'DELETE' THEN
            DELETE FROM stats_days
              WHERE day = floor(extract(epoch FROM NEW.started_at) / 86400)::integer;
          END IF;
          RETURN NULL;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER stats_days AFTER INSERT OR UPDATE OR DELETE ON conversation_facts"
        " FOR EACH ROW EXECUTE FUNCTION stats_days_change()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER stats_days_{event}")
    else:
        op.execute("DROP FUNCTION stats_days_change() CASCADE")
    op.drop_table("stats_rollups")
    op.drop_table("stats_days")
