"""What stays of a message's payload once it has been settled.

Reason: a receiver needs the bank account or the telephone number that the record does not keep.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("kept_payload", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "kept_payload")
