"""Tickets about anything, and proofs of any name.

Reason: what a ticket is about, and what callers are asked to prove, is a company's own to say.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = ("knowledge", "code")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("about", sa.String(), nullable=True))
    op.execute(
        "UPDATE tickets SET about = 'order ' || CAST(order_number AS VARCHAR)"
        " WHERE order_number IS NOT NULL"
    )
    with op.batch_alter_table("tickets", table_args=(_states(),)) as tickets:
        tickets.drop_column("order_number")
    with op.batch_alter_table("identity_tries") as tries:
        tries.drop_constraint(op.f("ck_identity_tries_proofkind"), type_="check")


def downgrade() -> None:
    op.execute(f"DELETE FROM identity_tries WHERE kind NOT IN {KINDS}")  # noqa: S608 - ours
    with op.batch_alter_table("identity_tries") as tries:
        tries.create_check_constraint(op.f("ck_identity_tries_proofkind"), f"kind IN {KINDS}")
    op.add_column("tickets", sa.Column("order_number", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE tickets SET order_number = CAST(SUBSTR(about, 7) AS INTEGER)"
        " WHERE about LIKE 'order %'"
    )
    with op.batch_alter_table("tickets", table_args=(_states(),)) as tickets:
        tickets.drop_column("about")


def _states() -> sa.CheckConstraint:
    """Return what SQLite has to be told when it builds the table of tickets anew."""
    return sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_tickets_ticketstatus"))
