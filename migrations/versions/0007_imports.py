"""Indexes of some rows only: of the travellers those who are to leave, and of a yes and no in the
words in which SQLite is asked for it. What a list of travellers was found to do has another shape:
one that waits is looked through anew."""
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = depends_on = None

NAME, TABLE, COLUMNS = "ix_travellers_leaves_on", "travellers", ["leaves_on"]
LEAVING = sa.text("leaves_on IS NOT NULL")
OF_YES = [
    ("uq_policy_groups_default", "policy_groups", ["company_id"], "is_default", True),
    ("uq_staff_offers_default", "staff_offers", ["company_id"], "is_default", True),
    ("ix_specification_lines_rolled_on", "specification_lines",
     ["company_id", "reference_number"], "rolled_on", False)]


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, COLUMNS, sqlite_where=LEAVING, postgresql_where=LEAVING)
    make_of_yes("{} = 1")
    look_through_anew()


def downgrade() -> None:
    look_through_anew()
    make_of_yes("{}")
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, COLUMNS)


def make_of_yes(words: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, table, columns, column, unique in OF_YES:
            op.drop_index(name, table)
            op.create_index(name, table, columns, unique=unique,
                            sqlite_where=sa.text(words.format(column)))


def look_through_anew() -> None:
    """A worker that is to check or carry out one of them finds that it is neither."""
    op.execute("""
        UPDATE traveller_imports SET state = 'uploaded', done = 0
        WHERE state IN ('checking', 'checked', 'carrying_out')""")
    op.execute("""
        DELETE FROM import_pieces WHERE what <> 'cells' AND import_id IN (
            SELECT id FROM traveller_imports WHERE state = 'uploaded')""")
