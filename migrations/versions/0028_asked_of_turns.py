"""Indexes with all that turns are asked for by.

Reason: what few turns answer to was looked for in their rows, past all texts. Where words are
looked for, PostgreSQL put new ones into a list that every search read through.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ASKED = ("role", "modality", "is_interrupted", "first_audio_ms", "heard_ms", "cost_usd")
WORDS = ("ix_turns_search_words", "ix_tool_calls_search_words")


def upgrade() -> None:
    op.create_index("ix_turns_asked", "turns", ["number", *ASKED])
    op.create_index("ix_turns_placed", "turns", ["place", *ASKED])
    for name in ("ix_turns_first_audio_ms", "ix_turns_interrupted", "ix_turns_place"):
        op.drop_index(name, "turns")
    if op.get_bind().dialect.name == "sqlite":
        return
    for name in WORDS:
        op.execute(f"ALTER INDEX {name} SET (fastupdate = off)")
        op.execute(f"SELECT gin_clean_pending_list('{name}')")


def downgrade() -> None:
    op.create_index("ix_turns_first_audio_ms", "turns", ["first_audio_ms"])
    op.create_index("ix_turns_place", "turns", ["place"])
    op.create_index(
        "ix_turns_interrupted",
        "turns",
        ["number"],
        sqlite_where=sa.text("is_interrupted = 1"),
        postgresql_where=sa.text("is_interrupted"),
    )
    for name in ("ix_turns_asked", "ix_turns_placed"):
        op.drop_index(name, "turns")
    if op.get_bind().dialect.name != "sqlite":
        for name in WORDS:
            op.execute(f"ALTER INDEX {name} RESET (fastupdate)")
