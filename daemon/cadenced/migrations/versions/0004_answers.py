"""What people answered by mail, which mails were read, and what a reply to one of ours is recognised by."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("pair", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("start", sa.BigInteger()),
        sa.Column("end", sa.BigInteger()),
        sa.Column("until", sa.String()),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("ix_answers_pair", "answers", ["pair"])
    op.create_table(
        "inbox",
        sa.Column("message_id", sa.String(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
    )
    op.add_column("outbox", sa.Column("token", sa.String(), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("offers", sa.Text(), nullable=False, server_default="[]"))
    op.create_index("outbox_token", "outbox", ["token"])
    op.create_index("outbox_message_id", "outbox", ["message_id"])
