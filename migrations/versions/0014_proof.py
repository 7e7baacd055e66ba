"""Chains of hashes over the record: links, their heads, and anchors of the whole log.

Conversations that are there already get a head without a link; the running service adopts them.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = ("conversation", "turn", "tool_call", "confirmation", "incident", "rating")
CHANGES = ("adopted", "written", "redacted", "erased")


def upgrade() -> None:
    op.create_table(
        "proof_links",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("rowkind", *KINDS), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("change", _choice("change", *CHANGES), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "position", name="pk_proof_links"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "proof_heads",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("anchored", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_proof_heads"),
    )
    nothing = "0" * 64
    op.execute(
        f"INSERT INTO proof_heads (conversation_id, position, head) SELECT id, 0, '{nothing}'"  # noqa: S608
        " FROM conversations"
    )
    for name, where in (("anchor", "anchored < position"), ("adopt", "position = 0")):
        op.create_index(
            f"ix_proof_heads_to_{name}",
            "proof_heads",
            ["conversation_id"],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "proof_anchors",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_proof_anchors"),
    )
    op.create_table(
        "proof_anchored",
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("anchor", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "anchor", name="pk_proof_anchored"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_proof_anchored_anchor_conversation_id",
        "proof_anchored",
        ["anchor", "conversation_id"],
    )


def downgrade() -> None:
    for table in ("proof_anchored", "proof_anchors", "proof_heads", "proof_links"):
        op.drop_table(table)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
