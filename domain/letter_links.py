"""The end of what a letter to a private customer had a link for. The letter is from then on about
the customer, so that it is forgotten with the account, whatever address it went to."""
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from domain.messages import Email


def end(session: Session, table, *those: ColumnElement[bool]) -> int:
    """Of a table with a `customer_id`, whose ids the letters are about. Says how many."""
    session.flush()
    whose = select(table.customer_id).where(table.id == Email.about_id).scalar_subquery()
    session.execute(
        update(Email).where(Email.about_id.in_(select(table.id).where(*those)))
        .values(about_id=whose).execution_options(synchronize_session=False))
    return session.execute(delete(table).where(*those)).rowcount
