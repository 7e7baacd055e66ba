"""How loud each recording is, for a picture of it.

Reason: to find out from the sound takes as long as to decode it.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recordings", sa.Column("peaks", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("recordings", "peaks")
