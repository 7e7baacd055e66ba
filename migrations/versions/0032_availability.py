"""Until when a user of the desk can come to callers who ask for a person.

Reason: where nobody can, the caller is told at once and not rung through for nothing.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "desk_users", sa.Column("available_until", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    with op.batch_alter_table("desk_users") as users:
        users.drop_column("available_until")
