"""Which process serves a conversation, which tickets were used, and where proofs were tried.

Reason: what one process knows of a conversation or a ticket must hold for all, and after a restart.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "conversation_claims",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("process_id", sa.String(36), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_claims_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversation_claims")),
    )
    op.create_table(
        "used_tickets",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_used_tickets")),
    )
    op.create_index(op.f("ix_used_tickets_forget_at"), "used_tickets", ["forget_at"])
    op.create_index(
        "ix_conversations_open",
        "conversations",
        ["started_at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    with op.batch_alter_table("identity_tries") as tries:
        tries.add_column(sa.Column("source", sa.String(), nullable=True))
        tries.create_index(
            op.f("ix_identity_tries_source_kind_tried_at"), ["source", "kind", "tried_at"]
        )


def downgrade() -> None:
    with op.batch_alter_table("identity_tries") as tries:
        tries.drop_index(op.f("ix_identity_tries_source_kind_tried_at"))
        tries.drop_column("source")
    op.drop_index("ix_conversations_open", table_name="conversations")
    op.drop_index(op.f("ix_used_tickets_forget_at"), table_name="used_tickets")
    op.drop_table("used_tickets")
    op.drop_table("conversation_claims")
    op.drop_table("processes")
