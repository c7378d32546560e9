"""What was done about a meeting's time by ourselves."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meetings", sa.Column("tries", sa.Text(), nullable=False, server_default="[0, null]"))
