"""One time axis: where turns, tool calls, questions and incidents lie in their conversation.

Reason: the provider's offsets begin anew with each of its sessions and count only sound that was
sent, so that nothing could be found by them.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TIMES = {
    "turns": ("started_at", "ended_at"),
    "tool_calls": ("requested_at", "ended_at"),
    "confirmations": ("offered_at", "decided_at"),
    "incidents": ("occurred_at", None),
}
PLACES = ("started_ms", "ended_ms")
PROVIDERS = ("audio_start_ms", "audio_end_ms")


def upgrade() -> None:
    for table, times in TIMES.items():
        for place, time in zip(PLACES, times, strict=True):
            op.add_column(table, sa.Column(place, sa.Integer(), nullable=True))
            if time is not None:
                op.execute(
                    f"UPDATE {table} SET {place} = ({_since_it_began(table, time)})"  # noqa: S608
                )
    for name in PROVIDERS:
        op.drop_column("turns", name)


def downgrade() -> None:
    for name in PROVIDERS:
        op.add_column("turns", sa.Column(name, sa.Integer(), nullable=True))
    for table in TIMES:
        for place in PLACES:
            op.drop_column(table, place)


def _since_it_began(table: str, time: str) -> str:
    """Return the SELECT of the milliseconds from the conversation's beginning to that time."""
    if op.get_bind().dialect.name == "sqlite":
        passed = f"(julianday({table}.{time}) - julianday(c.started_at)) * 86400000"
    else:
        passed = f"EXTRACT(EPOCH FROM {table}.{time} - c.started_at) * 1000"
    return (
        f"SELECT CAST(ROUND({passed}) AS INTEGER) FROM conversations c"  # noqa: S608
        f" WHERE c.id = {table}.conversation_id"
    )
