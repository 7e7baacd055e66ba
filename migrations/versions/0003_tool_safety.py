"""Limits, approvals, the outbox, proofs of identity and the kill switches of tools.

Reason: what a tool may do, and what it started outside the database, must survive the process.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OUTBOX_MOVES = (
    "queued>sent",
    "sent>confirmed",
    "sent>rejected",
    "sent>unknown",
    "unknown>confirmed",
    "unknown>rejected",
)


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("tool_call_id", sa.String(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("arguments", sa.String(), nullable=False),
        sa.Column("binding_hash", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("caller_name", sa.String(), nullable=True),
        sa.Column(
            "caller_level",
            sa.Enum(
                "anonymous",
                "claimed",
                "identified",
                "verified",
                "stepped_up",
                name="callerlevel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("confirmation_id", sa.String(36), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "seconded",
                "approved",
                "declined",
                "expired",
                name="approvalstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_by", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint(
            "conversation_id",
            "tool_call_id",
            name=op.f("uq_approvals_conversation_id_tool_call_id"),
        ),
    )
    op.create_index(
        op.f("ix_approvals_status_requested_at"),
        "approvals",
        ["status", "requested_at"],
        unique=False,
    )
    op.create_table(
        "identity_tries",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "knowledge",
                "code",
                name="proofkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_tries")),
    )
    op.create_index(
        op.f("ix_identity_tries_account_kind_tried_at"),
        "identity_tries",
        ["account", "kind", "tried_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_identity_tries_conversation_id_kind"),
        "identity_tries",
        ["conversation_id", "kind"],
        unique=False,
    )
    op.create_table(
        "limit_counters",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "holder", "tool", name=op.f("pk_limit_counters")),
    )
    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
    )
    op.create_index(
        op.f("ix_one_time_codes_customer_id_sent_at"),
        "one_time_codes",
        ["customer_id", "sent_at"],
        unique=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("is_secret", sa.Boolean(), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "sent",
                "confirmed",
                "rejected",
                "unknown",
                name="outboxstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbox_idempotency_key")),
    )
    op.create_index(op.f("ix_outbox_conversation_id"), "outbox", ["conversation_id"], unique=False)
    op.create_index(
        op.f("ix_outbox_status_next_try_at"), "outbox", ["status", "next_try_at"], unique=False
    )
    op.create_table(
        "tool_switches",
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tool", name=op.f("pk_tool_switches")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER outbox_move BEFORE UPDATE OF status ON outbox"
            " WHEN OLD.status <> NEW.status"
            f" AND OLD.status || '>' || NEW.status NOT IN {OUTBOX_MOVES}"
            " BEGIN SELECT RAISE(ABORT, 'outbox cannot move to this status now'); END"
        )
    else:
        op.execute(
            "CREATE FUNCTION outbox_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF OLD.status <> NEW.status"
            f" AND OLD.status || '>' || NEW.status NOT IN {OUTBOX_MOVES} THEN"
            " RAISE EXCEPTION 'outbox cannot move to this status now'"
            " USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER outbox_move BEFORE UPDATE OF status ON outbox"
            " FOR EACH ROW EXECUTE FUNCTION outbox_move()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION outbox_move() CASCADE")
    op.drop_table("tool_switches")
    op.drop_index(op.f("ix_outbox_status_next_try_at"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_conversation_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_one_time_codes_customer_id_sent_at"), table_name="one_time_codes")
    op.drop_table("one_time_codes")
    op.drop_table("limit_counters")
    op.drop_index(op.f("ix_identity_tries_conversation_id_kind"), table_name="identity_tries")
    op.drop_index(op.f("ix_identity_tries_account_kind_tried_at"), table_name="identity_tries")
    op.drop_table("identity_tries")
    op.drop_index(op.f("ix_approvals_status_requested_at"), table_name="approvals")
    op.drop_table("approvals")
