"""Where callers can read a help page.

Reason: an answer names its sources, which can only be links where their addresses are known.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("help_articles", sa.Column("url", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("help_articles", "url")
