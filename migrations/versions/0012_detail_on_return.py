"""Whether a caller who comes back is shown tools' arguments and outputs, as their ticket said.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of whoever may come back already nobody knows it any more: they are shown less.
    op.add_column(
        "resumptions",
        sa.Column("shows_detail", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("resumptions", "shows_detail")
