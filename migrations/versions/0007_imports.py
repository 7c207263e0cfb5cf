"""Of the travellers, only those who are to leave are in the index of their last days. What a list
of travellers was found to do has another shape: one that waits is looked through anew."""
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = depends_on = None

NAME, TABLE, COLUMNS = "ix_travellers_leaves_on", "travellers", ["leaves_on"]
LEAVING = sa.text("leaves_on IS NOT NULL")


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, COLUMNS, sqlite_where=LEAVING, postgresql_where=LEAVING)
    look_through_anew()


def downgrade() -> None:
    look_through_anew()
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, COLUMNS)


def look_through_anew() -> None:
    """A worker that is to check or carry out one of them finds that it is neither."""
    op.execute("""
        UPDATE traveller_imports SET state = 'uploaded', done = 0
        WHERE state IN ('checking', 'checked', 'carrying_out')""")
    op.execute("""
        DELETE FROM import_pieces WHERE what <> 'cells' AND import_id IN (
            SELECT id FROM traveller_imports WHERE state = 'uploaded')""")
