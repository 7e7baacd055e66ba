"""What a token of the team may do, and until when.

Reason: a page that shows transcripts needs no key that approves refunds. Those of before keep all
rights.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "admin_tokens", sa.Column("scopes", sa.String(), nullable=False, server_default="admin")
    )
    op.add_column(
        "admin_tokens", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("admin_tokens", "expires_at")
    op.drop_column("admin_tokens", "scopes")
