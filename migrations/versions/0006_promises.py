"""Promises and who kept them, contacts of customers, and messages that tell an outcome.

Reason: what is promised to a caller needs a reader, also when the caller is no customer of the demo
shop; and a message must know whose outcome it tells, to be left out when the caller has heard it.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PROMISING = {
    "tickets": ("ck_tickets_ticketstatus", ("open", "closed")),
    "callbacks": ("ck_callbacks_requeststatus", ("requested", "done", "cancelled")),
    "handoffs": ("ck_handoffs_requeststatus", ("requested", "done", "cancelled")),
}
"""Tables of requests to the team, which any caller may make, with the check on their states."""


def upgrade() -> None:
    op.create_table(
        "completions",
        sa.Column("promise_id", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("promise_id", name=op.f("pk_completions")),
    )
    op.create_table(
        "contacts",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_contacts")),
    )
    op.add_column("outbox", sa.Column("tool_call_id", sa.String(), nullable=True))
    _free_customers()


def downgrade() -> None:
    op.drop_column("outbox", "tool_call_id")
    op.drop_table("contacts")
    op.drop_table("completions")


def _free_customers() -> None:
    """Untie the customers of requests from the demo shop's, where an earlier release tied them."""
    for table, (check, states) in PROMISING.items():
        name = op.f(f"fk_{table}_customer_id_customers")
        if not sa.inspect(op.get_bind()).get_foreign_keys(table):
            continue
        # SQLite builds the table anew from what it knows of it: checks it has to be told.
        kept = sa.CheckConstraint(f"status IN {states}", name=op.f(check))
        with op.batch_alter_table(table, table_args=(kept,)) as batch:
            batch.drop_constraint(name, type_="foreignkey")
