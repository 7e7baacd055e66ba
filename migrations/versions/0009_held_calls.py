"""Tool calls that wait for the caller's yes are on record.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = (
    "running",
    "succeeded",
    "fix_arguments",
    "retry_later",
    "not_allowed",
    "failed",
    "timed_out",
    "awaiting_approval",
    "declined",
    "expired",
    "voided",
    "ended",
)
CHECK = "ck_tool_calls_toolcallstatus"


def upgrade() -> None:
    _allow((*STATES, "awaiting_confirmation"))


def downgrade() -> None:
    op.execute("UPDATE tool_calls SET status = 'voided' WHERE status = 'awaiting_confirmation'")
    _allow(STATES)


def _allow(states: tuple[str, ...]) -> None:
    with op.batch_alter_table("tool_calls") as calls:
        calls.drop_constraint(op.f(CHECK), type_="check")
        calls.create_check_constraint(op.f(CHECK), f"status IN {states}")
