"""What the team does about conversations: state, assignment, labels and notes.

Reason: people take over where an agent ends, and have to see who sees to what.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _conversation(*, is_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "conversation_id",
        sa.String(36),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=is_key,
    )


def upgrade() -> None:
    op.create_table(
        "conversation_work",
        _conversation(is_key=True),
        sa.Column("state", _one_of("workstate", "open", "waiting", "solved"), nullable=False),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
    )
    op.create_index(
        "ix_conversation_work_assignee_state", "conversation_work", ["assignee", "state"]
    )
    op.create_index("ix_conversation_work_state", "conversation_work", ["state"])
    colours = ("grey", "red", "orange", "green", "blue", "purple")
    op.create_table(
        "labels",
        sa.Column("id", sa.String(36), nullable=False, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("colour", _one_of("labelcolour", *colours), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "conversation_labels",
        _conversation(is_key=True),
        sa.Column(
            "label_id",
            sa.String(36),
            sa.ForeignKey("labels.id", ondelete="CASCADE"),
            nullable=False,
            primary_key=True,
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
    )
    op.create_index("ix_conversation_labels_label_id", "conversation_labels", ["label_id"])
    op.create_table(
        "notes",
        sa.Column("id", sa.String(36), nullable=False, primary_key=True),
        _conversation(),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index(
        "ix_notes_conversation_id_written_at", "notes", ["conversation_id", "written_at"]
    )
    op.create_index("ix_notes_written_at_id", "notes", ["written_at", "id"])


def downgrade() -> None:
    for table in ("notes", "conversation_labels", "labels", "conversation_work"):
        op.drop_table(table)
