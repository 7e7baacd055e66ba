"""Sums of quarters of an hour, and sums in the order in which they are read.

Reason: in zones that are off by part of an hour, numbers over a year read a row of every
conversation in it; and every reading passed the sums of all dimensions. The service makes sums anew
after the upgrade, five days a second.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
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


def upgrade() -> None:
    make_table("dimension", "start", "value")


def downgrade() -> None:
    make_table("start", "dimension", "value")


def make_table(*key: str) -> None:
    """Make the table of sums again, empty: days are added up anew."""
    op.execute("DELETE FROM stats_days")
    op.drop_table("stats_rollups")
    op.create_table(
        "stats_rollups",
        sa.Column("dimension", sa.String(16), nullable=False),
        sa.Column("start", NUMBER, nullable=False, autoincrement=False),
        sa.Column("value", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("duration_ms", *TOKENS)),
        sa.Column("cost_usd", sa.Double()),
        sa.Column("waits", sa.String(), nullable=False),
        sa.Column("end_reasons", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(*key),
    )
