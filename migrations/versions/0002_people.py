"""Companies, departments and people in full: administrators, invitations, imports, the chained log."""
import json
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table('event_chains',
    sa.Column('chain_id', sa.Uuid(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('chain_id', name=op.f('pk_event_chains'))
    )
    op.create_table('event_log',
    sa.Column('chain_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('act', sa.String(40), nullable=False),
    sa.Column('by_person_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('for_person_id', sa.Uuid(), nullable=True),
    sa.Column('for_name', sa.String(), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('chain_id', 'seq', name=op.f('pk_event_log'))
    )
    with op.batch_alter_table('event_log', schema=None) as batch_op:
        batch_op.create_index('ix_event_log_thing', ['thing_id', 'chain_id', 'seq'], unique=False)

    op.create_table('deputyships',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('named_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_deputyships_person_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_deputyships_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deputyships'))
    )
    with op.batch_alter_table('deputyships', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deputyships_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deputyships_post_id'), ['post_id'], unique=False)

    op.create_table('post_departments',
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_post_departments_department_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_post_departments_post_id')),
    sa.PrimaryKeyConstraint('post_id', 'department_id', name=op.f('pk_post_departments'))
    )
    with op.batch_alter_table('post_departments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_departments_department_id'), ['department_id'], unique=False)

    with op.batch_alter_table('companies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('services', sa.String(), server_default='send_ticket business_travel staff_offer', nullable=False))
        batch_op.alter_column('approved_at',
               existing_type=sa.DateTime(),
               nullable=True)
        batch_op.drop_constraint(batch_op.f('uq_companies_organisation_number'), type_='unique')
        batch_op.create_index('uq_companies_organisation_number', ['organisation_number'], unique=True, sqlite_where=sa.text('approved_at IS NOT NULL'), postgresql_where=sa.text('approved_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_companies_organisation_number'), ['organisation_number'], unique=False)

    with op.batch_alter_table('departments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('services', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('products', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('monthly_budget_ore', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('invoice_street', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('invoice_postcode', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('invoice_city', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('invoice_email', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('archived_at', sa.DateTime(), nullable=True))
        batch_op.drop_index(batch_op.f('uq_departments_name'))
        batch_op.create_index(batch_op.f('ix_departments_company_id'), ['company_id'], unique=False)
        batch_op.create_index('uq_departments_open_name', ['company_id', 'name_key'], unique=True, sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))

    with op.batch_alter_table('logins', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hat_id', sa.Uuid(), nullable=True))

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_posts_person_id_role'), type_='unique')
        batch_op.create_index('uq_posts_authority_person', ['person_id', 'role'], unique=True, sqlite_where=sa.text('company_id IS NULL'), postgresql_where=sa.text('company_id IS NULL'))
        batch_op.create_index('uq_posts_company_person', ['person_id'], unique=True, sqlite_where=sa.text('company_id IS NOT NULL'), postgresql_where=sa.text('company_id IS NOT NULL'))

    with op.batch_alter_table('report_lines', schema=None) as batch_op:
        batch_op.add_column(sa.Column('department_id', sa.Uuid(), nullable=True))

    with op.batch_alter_table('travellers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('protected', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('services', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('import_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('leaves_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('leaving_recalls', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.alter_column('personnummer_sealed',
               existing_type=sa.LargeBinary(),
               nullable=True)
        batch_op.alter_column('personnummer_index',
               existing_type=sa.LargeBinary(),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_travellers_leaves_on'), ['leaves_on'], unique=False)
    op.execute("UPDATE report_lines SET department_id = (SELECT department_id FROM tickets WHERE tickets.id = ticket_id)")
    _chain_the_events()
    op.drop_table("events")
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)



def downgrade() -> None:
    for statement in UNTRIGGER[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table('travellers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_travellers_leaves_on'))
        batch_op.alter_column('personnummer_index',
               existing_type=sa.LargeBinary(),
               nullable=False)
        batch_op.alter_column('personnummer_sealed',
               existing_type=sa.LargeBinary(),
               nullable=False)
        batch_op.drop_column('leaving_recalls')
        batch_op.drop_column('leaves_on')
        batch_op.drop_column('import_id')
        batch_op.drop_column('services')
        batch_op.drop_column('protected')

    with op.batch_alter_table('report_lines', schema=None) as batch_op:
        batch_op.drop_column('department_id')

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_index('uq_posts_company_person', sqlite_where=sa.text('company_id IS NOT NULL'), postgresql_where=sa.text('company_id IS NOT NULL'))
        batch_op.drop_index('uq_posts_authority_person', sqlite_where=sa.text('company_id IS NULL'), postgresql_where=sa.text('company_id IS NULL'))
        batch_op.create_unique_constraint(batch_op.f('uq_posts_person_id_role'), ['person_id', 'role'])

    with op.batch_alter_table('logins', schema=None) as batch_op:
        batch_op.drop_column('hat_id')

    with op.batch_alter_table('departments', schema=None) as batch_op:
        batch_op.drop_index('uq_departments_open_name', sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_departments_company_id'))
        batch_op.create_index(batch_op.f('uq_departments_name'), ['company_id', 'name_key'], unique=1)
        batch_op.drop_column('archived_at')
        batch_op.drop_column('invoice_email')
        batch_op.drop_column('invoice_city')
        batch_op.drop_column('invoice_postcode')
        batch_op.drop_column('invoice_street')
        batch_op.drop_column('monthly_budget_ore')
        batch_op.drop_column('products')
        batch_op.drop_column('services')

    with op.batch_alter_table('companies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_companies_organisation_number'))
        batch_op.drop_index('uq_companies_organisation_number', sqlite_where=sa.text('approved_at IS NOT NULL'), postgresql_where=sa.text('approved_at IS NOT NULL'))
        batch_op.create_unique_constraint(batch_op.f('uq_companies_organisation_number'), ['organisation_number'])
        batch_op.alter_column('approved_at',
               existing_type=sa.DateTime(),
               nullable=False)
        batch_op.drop_column('services')

    op.create_table('events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('act', sa.String(length=40), nullable=False),
    sa.Column('by_person_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_events_thing_id'), ['thing_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_events_company_at'), ['company_id', 'at'], unique=False)

    with op.batch_alter_table('post_departments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_post_departments_department_id'))

    op.drop_table('post_departments')
    with op.batch_alter_table('deputyships', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deputyships_post_id'))
        batch_op.drop_index(batch_op.f('ix_deputyships_person_id'))

    op.drop_table('deputyships')
    with op.batch_alter_table('event_log', schema=None) as batch_op:
        batch_op.drop_index('ix_event_log_thing')

    op.drop_table('event_log')
    op.drop_table('event_chains')


TRIGGERS = {
    "sqlite": [
        f"""CREATE TRIGGER event_log_refuses_{verb.lower()} BEFORE {verb} ON event_log
            BEGIN SELECT RAISE(ABORT, 'the log only grows'); END"""
        for verb in ("UPDATE", "DELETE")],
    "postgresql": [
        """CREATE FUNCTION event_log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'the log only grows'; END $$""",
        """CREATE TRIGGER event_log_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON event_log
           FOR EACH STATEMENT EXECUTE FUNCTION event_log_refuses()"""],
}
UNTRIGGER = {
    "sqlite": [f"DROP TRIGGER event_log_refuses_{verb}" for verb in ("update", "delete")],
    "postgresql": ["DROP TRIGGER event_log_refuses ON event_log",
                   "DROP FUNCTION event_log_refuses()"],
}

OLD = sa.table(
    "events", sa.column("id", sa.Uuid()), sa.column("company_id", sa.Uuid()),
    sa.column("at", sa.DateTime()), sa.column("act", sa.String()),
    sa.column("by_person_id", sa.Uuid()), sa.column("by_name", sa.String()),
    sa.column("thing_id", sa.Uuid()), sa.column("details", sa.JSON()))
LOG = sa.table(
    "event_log", sa.column("chain_id", sa.Uuid()), sa.column("seq", sa.Integer()),
    sa.column("department_id", sa.Uuid()), sa.column("at", sa.DateTime()),
    sa.column("act", sa.String()), sa.column("by_person_id", sa.Uuid()),
    sa.column("by_name", sa.String()), sa.column("for_person_id", sa.Uuid()),
    sa.column("for_name", sa.String()), sa.column("thing_id", sa.Uuid()),
    sa.column("details", sa.JSON()), sa.column("hash", sa.LargeBinary()))
CHAINS = sa.table("event_chains", sa.column("chain_id", sa.Uuid()),
                  sa.column("length", sa.Integer()), sa.column("head", sa.LargeBinary()))


def _chain_the_events() -> None:
    """What has been recorded so far begins the chains, in the order of time."""
    connection, ends = op.get_bind(), {}
    for old in connection.execute(sa.select(OLD).order_by(OLD.c.at, OLD.c.id)).mappings().all():
        chain_id = old["company_id"] or sa.Uuid().python_type(int=0)
        length, head = ends.get(chain_id, (0, bytes(32)))
        said = [chain_id.hex, length + 1, None, f"{old['at'].isoformat()}+00:00", old["act"],
                old["by_person_id"] and old["by_person_id"].hex, old["by_name"], None, "",
                old["thing_id"] and old["thing_id"].hex, old["details"]]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        head = sha256(head + text.encode()).digest()
        ends[chain_id] = length + 1, head
        connection.execute(sa.insert(LOG).values(
            chain_id=chain_id, seq=length + 1, at=old["at"], act=old["act"],
            by_person_id=old["by_person_id"], by_name=old["by_name"], for_name="",
            thing_id=old["thing_id"], details=old["details"], hash=head))
    for chain_id, (length, head) in ends.items():
        connection.execute(sa.insert(CHAINS).values(chain_id=chain_id, length=length, head=head))
