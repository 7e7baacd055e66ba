"""The hash of a conversation's recording in the conversation's own row.

Reason: so that it is hashed with that, and an edited row of a recording, or another file, is found.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("recording_sha256", sa.String(64), nullable=True))
    op.execute(
        "UPDATE conversations SET recording_sha256 = (SELECT sha256 FROM recordings"
        " WHERE recordings.conversation_id = conversations.id AND recordings.replaced_at IS NULL"
        " ORDER BY recordings.created_at DESC LIMIT 1)"
        " WHERE id IN (SELECT conversation_id FROM recordings)"
    )


def downgrade() -> None:
    op.drop_column("conversations", "recording_sha256")
