"""Indexes of the few rows that a page which is always open asks for.

Reason: conversations that go on, and calls of which nobody knows whether they had their effect,
were looked for among all conversations and all calls that failed.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

OPEN = sa.text("duration_ms IS NULL")
MAYBE_UNKNOWN = sa.text(
    "CASE status WHEN 'failed' THEN coalesce(error_kind, 'unknown') END = 'unknown'"
)


def upgrade() -> None:
    op.create_index(
        "ix_conversation_facts_open",
        "conversation_facts",
        ["number"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_tool_calls_untold",
        "tool_calls",
        ["requested_at", "id"],
        sqlite_where=MAYBE_UNKNOWN,
        postgresql_where=MAYBE_UNKNOWN,
    )


def downgrade() -> None:
    op.drop_index("ix_tool_calls_untold", "tool_calls")
    op.drop_index("ix_conversation_facts_open", "conversation_facts")
