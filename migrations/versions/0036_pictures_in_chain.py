"""The hashes of a conversation's pictures in the conversation's own row.

Reason: so that they are hashed with that, and an edited, removed or foreign picture is found.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("pictures_sha256", sa.String(), nullable=True))
    bind = op.get_bind()
    pictures = sa.table(
        "pictures", sa.column("conversation_id"), sa.column("number"), sa.column("sha256")
    )
    conversations = sa.table("conversations", sa.column("id"), sa.column("pictures_sha256"))
    hashes: dict[str, list[str]] = {}
    for id, number, sha256 in bind.execute(
        sa.select(*pictures.c).order_by(pictures.c.conversation_id, pictures.c.number)
    ):
        hashes.setdefault(id, []).append(f"{number}:{sha256}")
    for id, parts in hashes.items():
        bind.execute(
            conversations.update()
            .where(conversations.c.id == id)
            .values(pictures_sha256=" ".join(parts))
        )


def downgrade() -> None:
    op.drop_column("conversations", "pictures_sha256")
