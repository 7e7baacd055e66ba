"""People who sign in at the desk by name, and the browsers in which they are signed in.

Reason: who of a team read, approved or took over what is a person, not a key that many hold.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_users",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_desk_users"),
        sa.UniqueConstraint("name", name="uq_desk_users_name"),
        sa.CheckConstraint("role IN ('viewer', 'supervisor', 'admin')", name="userrole"),
    )
    op.create_table(
        "desk_sign_ins",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_sign_ins"),
        sa.UniqueConstraint("key_hash", name="uq_desk_sign_ins_key_hash"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["desk_users.id"],
            name="fk_desk_sign_ins_user_id_desk_users",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_desk_sign_ins_user_id", "desk_sign_ins", ["user_id"])
    op.create_index("ix_desk_sign_ins_expires_at", "desk_sign_ins", ["expires_at"])


def downgrade() -> None:
    op.drop_table("desk_sign_ins")
    op.drop_table("desk_users")
