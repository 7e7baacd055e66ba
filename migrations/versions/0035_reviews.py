"""Reviews of conversations: which are drawn, and what reviewers think of them.

Reason: whether an agent does well is a judgement of people, which has to be drawn fairly and kept.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _conversation(*, is_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "conversation_id",
        sa.String(36),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=is_key,
    )


def upgrade() -> None:
    op.create_table(
        "review_rounds",
        sa.Column("id", sa.String(36), nullable=False, primary_key=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("share", sa.Double(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("reviewers", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=False),
        sa.Column("drawn_at", _TIME, nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
    )
    op.create_table(
        "review_items",
        _conversation(is_key=True),
        sa.Column("round_id", sa.String(36), sa.ForeignKey("review_rounds.id"), nullable=False),
        sa.Column("reviewers", sa.Integer(), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("complete_at", _TIME, nullable=True),
    )
    op.create_index(
        "ix_review_items_complete_at_added_at", "review_items", ["complete_at", "added_at"]
    )
    op.create_index("ix_review_items_round_id", "review_items", ["round_id"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(36), nullable=False, primary_key=True),
        _conversation(),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("is_failed", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("shown_at", _TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("conversation_id", "reviewer"),
    )
    op.create_index("ix_reviews_reviewer_given_at", "reviews", ["reviewer", "given_at"])
    op.create_table(
        "review_scores",
        sa.Column(
            "review_id",
            sa.String(36),
            sa.ForeignKey("reviews.id", ondelete="CASCADE"),
            nullable=False,
            primary_key=True,
        ),
        sa.Column("criterion", sa.String(40), nullable=False, primary_key=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("highest", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    for table in ("review_scores", "reviews", "review_items", "review_rounds"):
        op.drop_table(table)
