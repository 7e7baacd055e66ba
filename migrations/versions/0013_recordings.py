"""Where each turn's words lie in the recording, and what no recording may hold.

Reason: a turn begins with what the provider kept from before its words; and digits of a card that
are taken out of rows must not be heard either.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PLACES = ("audio_start_ms", "audio_end_ms")


def upgrade() -> None:
    for name in PLACES:
        op.add_column("turns", sa.Column(name, sa.Integer(), nullable=True))
    op.create_table(
        "recording_silences",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("started_ms", sa.Integer(), nullable=False),
        sa.Column("ended_ms", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recording_silences"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_recording_silences_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_recording_silences_conversation_id", "recording_silences", ["conversation_id"]
    )
    is_open = sa.text("applied_at IS NULL")
    op.create_index(
        "ix_recording_silences_open",
        "recording_silences",
        ["id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    op.drop_table("recording_silences")
    for name in PLACES:
        op.drop_column("turns", name)
