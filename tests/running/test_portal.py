from datetime import UTC, datetime

from sqlalchemy import create_engine, insert, text

from domain.companies import Company
from migrations import migrate
from running.portal import is_ready


def test_a_database_is_ready_when_it_has_the_last_tables_and_somebody_in_them(tmp_path):
    file = tmp_path / "portal.db"
    assert not is_ready(file)
    engine = create_engine(f"sqlite:///{file}")
    engine.connect().close()
    assert not is_ready(file)
    migrate(engine)
    assert not is_ready(file)
    with engine.begin() as connection:
        connection.execute(insert(Company), {
            "name": "Bolaget AB", "organisation_number": "5560001234", "street": "", "city": "",
            "postcode": "", "invoice_email": "", "approved_at": datetime(2026, 1, 1, tzinfo=UTC)})
    assert is_ready(file)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not is_ready(file)
    engine.dispose()
