"""The bodies of mails that are done with go, and an index that knows which mail is next without reading any."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    outbox = sa.table("outbox", sa.column("state", sa.String()), sa.column("body", sa.LargeBinary()))
    op.execute(outbox.update().where(outbox.c.state.in_(["sent", "expired"])).values(body=b""))
    op.drop_index("outbox_next", "outbox")
    op.create_index("outbox_next", "outbox", ["state", "next_try", "expires", "due", "key"])
