"""What another device may continue a conversation with, kept where every process finds it.

Reason: it was known to the process alone that served the conversation, and gone with it.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

IS_OFFERED = sa.text("offer_hash IS NOT NULL")


def upgrade() -> None:
    op.add_column("resumptions", sa.Column("offer_hash", sa.String(64), nullable=True))
    op.add_column(
        "resumptions", sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "uq_resumptions_offer_hash",
        "resumptions",
        ["offer_hash"],
        unique=True,
        sqlite_where=IS_OFFERED,
        postgresql_where=IS_OFFERED,
    )


def downgrade() -> None:
    op.drop_index("uq_resumptions_offer_hash", "resumptions")
    op.drop_column("resumptions", "offered_until")
    op.drop_column("resumptions", "offer_hash")
