"""Who a user of the desk is at the single sign-on.

Reason: names there change hands, issuer and subject do not.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("desk_users") as users:
        users.add_column(sa.Column("identity", sa.String(), nullable=True))
        users.create_unique_constraint("uq_desk_users_identity", ["identity"])


def downgrade() -> None:
    with op.batch_alter_table("desk_users") as users:
        users.drop_constraint("uq_desk_users_identity", type_="unique")
        users.drop_column("identity")
