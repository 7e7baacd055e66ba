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
    _set_parents(has_them=False)


def downgrade() -> None:
    known = "SELECT customer_id FROM customers"
    for table in PROMISING:
        strangers = f"customer_id NOT IN ({known})"
        op.execute(f"UPDATE {table} SET customer_id = NULL WHERE {strangers}")  # noqa: S608 - ours
    _set_parents(has_them=True)
    op.drop_column("outbox", "tool_call_id")
    op.drop_table("contacts")
    op.drop_table("completions")


def _set_parents(*, has_them: bool) -> None:
    """Tie the customers of requests to the shop's, or free them."""
    for table, (check, states) in PROMISING.items():
        name = op.f(f"fk_{table}_customer_id_customers")
        # SQLite builds the table anew from what it knows of it: checks it has to be told.
        kept = sa.CheckConstraint(f"status IN {states}", name=op.f(check))
        with op.batch_alter_table(table, table_args=(kept,)) as batch:
            if has_them:
                batch.create_foreign_key(name, "customers", ["customer_id"], ["customer_id"])
            else:
                batch.drop_constraint(name, type_="foreignkey")
