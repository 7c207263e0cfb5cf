"""Tickets in full: orders, travel cards, price lists, the block list, phones that hold them."""
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table('block_list',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('reason', sa.String(40), nullable=False),
    sa.Column('added_at', sa.DateTime(), nullable=False),
    sa.Column('until', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_block_list')),
    sa.UniqueConstraint('number', name=op.f('uq_block_list_number'))
    )
    with op.batch_alter_table('block_list', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_block_list_until'), ['until'], unique=False)

    op.create_table('block_list_end',
    sa.Column('key', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_block_list_end'))
    )
    op.create_table('card_list_end',
    sa.Column('key', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_card_list_end'))
    )
    op.create_table('price_drafts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(), nullable=False),
    sa.Column('uploaded_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_drafts'))
    )
    op.create_table('validations',
    sa.Column('event_id', sa.String(), nullable=False),
    sa.Column('said', sa.LargeBinary(), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('received_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_validations'))
    )
    with op.batch_alter_table('validations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_validations_received_at'), ['received_at'], unique=False)

    op.create_table('recipient_groups',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_recipient_groups_company_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_recipient_groups_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient_groups')),
    sa.UniqueConstraint('company_id', 'name_key', name=op.f('uq_recipient_groups_company_id_name_key'))
    )
    op.create_table('ticket_orders',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(40), server_default='sent', nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('within', sa.JSON(), nullable=True),
    sa.Column('by', sa.JSON(), nullable=True),
    sa.Column('product', sa.String(40), nullable=False),
    sa.Column('extent', sa.String(40), nullable=False),
    sa.Column('zones', sa.String(), nullable=False),
    sa.Column('area', sa.String(40), nullable=True),
    sa.Column('to_cards', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('quantity', sa.Integer(), server_default='1', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('send_at', sa.DateTime(), nullable=True),
    sa.Column('greeting', sa.String(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('cost_centre', sa.String(), nullable=True),
    sa.Column('note', sa.String(), server_default='', nullable=False),
    sa.Column('ordered_at', sa.DateTime(), nullable=True),
    sa.Column('price_ore', sa.Integer(), nullable=True),
    sa.Column('vat_ore', sa.Integer(), nullable=True),
    sa.Column('vat_basis_points', sa.Integer(), nullable=True),
    sa.Column('price_list_id', sa.Uuid(), nullable=True),
    sa.Column('trial', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_ticket_orders_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_ticket_orders_department_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_ticket_orders_made_by_id')),
    sa.ForeignKeyConstraint(['price_list_id'], ['price_lists.id'], name=op.f('fk_ticket_orders_price_list_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_orders'))
    )
    with op.batch_alter_table('ticket_orders', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_orders_company_made', ['company_id', 'made_at'], unique=False)

    op.create_table('recipient_group_members',
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('traveller_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['recipient_groups.id'], name=op.f('fk_recipient_group_members_group_id')),
    sa.ForeignKeyConstraint(['traveller_id'], ['travellers.id'], name=op.f('fk_recipient_group_members_traveller_id')),
    sa.PrimaryKeyConstraint('group_id', 'traveller_id', name=op.f('pk_recipient_group_members'))
    )
    with op.batch_alter_table('recipient_group_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recipient_group_members_traveller_id'), ['traveller_id'], unique=False)

    op.create_table('travel_cards',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=True),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('traveller_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('holder', sa.String(), server_default='', nullable=False),
    sa.Column('words', sa.String(), server_default='', nullable=False),
    sa.Column('mobile', sa.String(), nullable=True),
    sa.Column('registered_at', sa.DateTime(), nullable=False),
    sa.Column('blocked_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_travel_cards_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_travel_cards_department_id')),
    sa.ForeignKeyConstraint(['traveller_id'], ['travellers.id'], name=op.f('fk_travel_cards_traveller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_travel_cards')),
    sa.UniqueConstraint('number', name=op.f('uq_travel_cards_number'))
    )
    with op.batch_alter_table('travel_cards', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_travel_cards_company_id'), ['company_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_travel_cards_department_id'), ['department_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_travel_cards_mobile'), ['mobile'], unique=False)
        batch_op.create_index(batch_op.f('ix_travel_cards_traveller_id'), ['traveller_id'], unique=False)

    op.create_table('order_recipients',
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('mobile', sa.String(), nullable=False),
    sa.Column('typed', sa.String(), server_default='', nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('traveller_id', sa.Uuid(), nullable=True),
    sa.Column('card_id', sa.Uuid(), nullable=True),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('problem', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('left_out', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('sent', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['card_id'], ['travel_cards.id'], name=op.f('fk_order_recipients_card_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_order_recipients_department_id')),
    sa.ForeignKeyConstraint(['order_id'], ['ticket_orders.id'], name=op.f('fk_order_recipients_order_id')),
    sa.ForeignKeyConstraint(['traveller_id'], ['travellers.id'], name=op.f('fk_order_recipients_traveller_id')),
    sa.PrimaryKeyConstraint('order_id', 'number', name=op.f('pk_order_recipients'))
    )
    with op.batch_alter_table('order_recipients', schema=None) as batch_op:
        batch_op.create_index('ix_order_recipients_mobile', ['order_id', 'mobile'], unique=False)

    op.create_table('business_travel_authorisations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('product', sa.String(40), nullable=False),
    sa.Column('extent', sa.String(40), nullable=False),
    sa.Column('zones', sa.String(), nullable=False),
    sa.Column('area', sa.String(40), nullable=True),
    sa.Column('price_ore', sa.Integer(), nullable=False),
    sa.Column('vat_basis_points', sa.Integer(), nullable=False),
    sa.Column('price_list_id', sa.Uuid(), nullable=False),
    sa.Column('authorised_at', sa.DateTime(), nullable=False),
    sa.Column('authorised_by_id', sa.Uuid(), nullable=True),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('trial', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['authorised_by_id'], ['people.id'], name=op.f('fk_business_travel_authorisations_authorised_by_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_business_travel_authorisations_company_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['business_travel_connections.id'], name=op.f('fk_business_travel_authorisations_connection_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_business_travel_authorisations_department_id')),
    sa.ForeignKeyConstraint(['price_list_id'], ['price_lists.id'], name=op.f('fk_business_travel_authorisations_price_list_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_business_travel_authorisations_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_business_travel_authorisations')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_business_travel_authorisations_ticket_id'))
    )
    with op.batch_alter_table('business_travel_authorisations', schema=None) as batch_op:
        batch_op.create_index('ix_business_travel_authorisations_open', ['expires_at'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index('ix_business_travel_authorisations_open_of', ['connection_id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('holding_codes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=True),
    sa.Column('code_hash', sa.LargeBinary(), nullable=True),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.Column('voided_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_holding_codes_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holding_codes'))
    )
    with op.batch_alter_table('holding_codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_holding_codes_ordered_at'), ['ordered_at'], unique=False)
        batch_op.create_index('uq_holding_codes_current', ['ticket_id'], unique=True, sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))

    op.create_table('ticket_holdings',
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('phone_hash', sa.LargeBinary(), nullable=False),
    sa.Column('moves', sa.Integer(), nullable=False),
    sa.Column('counted_from', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_holdings_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_ticket_holdings'))
    )
    op.create_table('ticket_reissues',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_reissues_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_reissues')),
    sa.UniqueConstraint('number', name=op.f('uq_ticket_reissues_number'))
    )
    with op.batch_alter_table('ticket_reissues', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_reissues_ticket_id'), ['ticket_id'], unique=False)

    op.create_table('ticket_reminders',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_reminders_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_reminders')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_ticket_reminders_ticket_id'))
    )
    op.create_table('business_travel_ledger',
    sa.Column('authorisation_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('room_ore', sa.Integer(), nullable=False),
    sa.Column('charge_ore', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('trial', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['authorisation_id'], ['business_travel_authorisations.id'], name=op.f('fk_business_travel_ledger_authorisation_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_business_travel_ledger_company_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['business_travel_connections.id'], name=op.f('fk_business_travel_ledger_connection_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_business_travel_ledger_department_id')),
    sa.PrimaryKeyConstraint('authorisation_id', 'step', name=op.f('pk_business_travel_ledger'))
    )
    with op.batch_alter_table('business_travel_ledger', schema=None) as batch_op:
        batch_op.create_index('ix_business_travel_ledger_company', ['company_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_business_travel_ledger_connection_id'), ['connection_id'], unique=False)

    with op.batch_alter_table('price_lists', schema=None) as batch_op:
        batch_op.add_column(sa.Column('published_by', sa.String(), server_default='', nullable=False))

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cost_centre', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('note', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('order_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('renews_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('card_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('card_entry', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('available_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('language', sa.String(), server_default='sv', nullable=False))
        batch_op.add_column(sa.Column('send_at', sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_tickets_card_id'), ['card_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tickets_mobile'), ['mobile'], unique=False)
        batch_op.create_index(batch_op.f('ix_tickets_order_id'), ['order_id'], unique=False)
        batch_op.create_index('ix_tickets_to_cards', ['card_entry'], unique=False, sqlite_where=sa.text('card_id IS NOT NULL AND available_at IS NULL'), postgresql_where=sa.text('card_id IS NOT NULL AND available_at IS NULL'))
        batch_op.create_index('ix_tickets_to_list', ['sold_at'], unique=False, sqlite_where=sa.text('card_id IS NOT NULL AND card_entry IS NULL'), postgresql_where=sa.text('card_id IS NOT NULL AND card_entry IS NULL'))
        batch_op.create_unique_constraint(batch_op.f('uq_tickets_card_entry'), ['card_entry'])
        batch_op.create_unique_constraint(batch_op.f('uq_tickets_renews_id'), ['renews_id'])
        batch_op.create_foreign_key(batch_op.f('fk_tickets_card_id'), 'travel_cards', ['card_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_tickets_renews_id'), 'tickets', ['renews_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_tickets_order_id'), 'ticket_orders', ['order_id'], ['id'])
    _open_the_ledger()
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNTRIGGER[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_tickets_order_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_tickets_renews_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_tickets_card_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_tickets_renews_id'), type_='unique')
        batch_op.drop_constraint(batch_op.f('uq_tickets_card_entry'), type_='unique')
        batch_op.drop_index('ix_tickets_to_list', sqlite_where=sa.text('card_id IS NOT NULL AND card_entry IS NULL'), postgresql_where=sa.text('card_id IS NOT NULL AND card_entry IS NULL'))
        batch_op.drop_index('ix_tickets_to_cards', sqlite_where=sa.text('card_id IS NOT NULL AND available_at IS NULL'), postgresql_where=sa.text('card_id IS NOT NULL AND available_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_tickets_order_id'))
        batch_op.drop_index(batch_op.f('ix_tickets_mobile'))
        batch_op.drop_index(batch_op.f('ix_tickets_card_id'))
        batch_op.drop_column('send_at')
        batch_op.drop_column('language')
        batch_op.drop_column('available_at')
        batch_op.drop_column('card_entry')
        batch_op.drop_column('card_id')
        batch_op.drop_column('renews_id')
        batch_op.drop_column('order_id')
        batch_op.drop_column('note')
        batch_op.drop_column('cost_centre')

    with op.batch_alter_table('price_lists', schema=None) as batch_op:
        batch_op.drop_column('published_by')

    with op.batch_alter_table('business_travel_ledger', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_business_travel_ledger_connection_id'))
        batch_op.drop_index('ix_business_travel_ledger_company')

    op.drop_table('business_travel_ledger')
    op.drop_table('ticket_reminders')
    with op.batch_alter_table('ticket_reissues', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_reissues_ticket_id'))

    op.drop_table('ticket_reissues')
    op.drop_table('ticket_holdings')
    with op.batch_alter_table('holding_codes', schema=None) as batch_op:
        batch_op.drop_index('uq_holding_codes_current', sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_holding_codes_ordered_at'))

    op.drop_table('holding_codes')
    with op.batch_alter_table('business_travel_authorisations', schema=None) as batch_op:
        batch_op.drop_index('ix_business_travel_authorisations_open_of', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_business_travel_authorisations_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.drop_table('business_travel_authorisations')
    with op.batch_alter_table('order_recipients', schema=None) as batch_op:
        batch_op.drop_index('ix_order_recipients_mobile')

    op.drop_table('order_recipients')
    with op.batch_alter_table('travel_cards', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_travel_cards_traveller_id'))
        batch_op.drop_index(batch_op.f('ix_travel_cards_mobile'))
        batch_op.drop_index(batch_op.f('ix_travel_cards_department_id'))
        batch_op.drop_index(batch_op.f('ix_travel_cards_company_id'))

    op.drop_table('travel_cards')
    with op.batch_alter_table('recipient_group_members', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recipient_group_members_traveller_id'))

    op.drop_table('recipient_group_members')
    with op.batch_alter_table('ticket_orders', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_orders_company_made')

    op.drop_table('ticket_orders')
    op.drop_table('recipient_groups')
    with op.batch_alter_table('validations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_validations_received_at'))

    op.drop_table('validations')
    op.drop_table('price_drafts')
    op.drop_table('card_list_end')
    op.drop_table('block_list_end')
    with op.batch_alter_table('block_list', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_block_list_until'))

    op.drop_table('block_list')


TRIGGERS = {
    "sqlite": [
        """CREATE TRIGGER business_travel_ledger_refuses_update BEFORE UPDATE
           ON business_travel_ledger BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END""",
        """CREATE TRIGGER business_travel_ledger_refuses_delete BEFORE DELETE
           ON business_travel_ledger WHEN NOT OLD.trial
           BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"""],
    "postgresql": [
        """CREATE FUNCTION business_travel_ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'the ledger only grows'; END $$""",
        """CREATE TRIGGER business_travel_ledger_refuses_update BEFORE UPDATE OR TRUNCATE
           ON business_travel_ledger
           FOR EACH STATEMENT EXECUTE FUNCTION business_travel_ledger_refuses()""",
        """CREATE TRIGGER business_travel_ledger_refuses_delete BEFORE DELETE
           ON business_travel_ledger FOR EACH ROW WHEN (NOT OLD.trial)
           EXECUTE FUNCTION business_travel_ledger_refuses()"""],
}
"""What a trial has used goes with it."""
UNTRIGGER = {
    "sqlite": [f"DROP TRIGGER business_travel_ledger_refuses_{verb}"
               for verb in ("update", "delete")],
    "postgresql": [*(f"DROP TRIGGER business_travel_ledger_refuses_{verb} ON business_travel_ledger"
                     for verb in ("update", "delete")),
                   "DROP FUNCTION business_travel_ledger_refuses()"],
}

AUTHORISED = """
    INSERT INTO business_travel_authorisations (
        id, company_id, department_id, connection_id, product, extent, zones, area, price_ore,
        vat_basis_points, price_list_id, authorised_at, authorised_by_id, expires_at, state,
        ticket_id, trial)
    SELECT tickets.id, tickets.company_id, department_id, connections.id, product, extent, zones,
        area, price_ore, vat_basis_points, price_list_id, sold_at, sold_by_id, sold_at, 'captured',
        tickets.id, trial
    FROM tickets JOIN business_travel_connections AS connections
        ON connections.traveller_id = tickets.traveller_id AND connected_at <= sold_at
        AND (ended_at IS NULL OR ended_at > sold_at)
    WHERE service = 'business_travel'"""
AUTHORISATIONS = sa.table(
    "business_travel_authorisations", sa.column("id", sa.Uuid()), sa.column("company_id", sa.Uuid()),
    sa.column("department_id", sa.Uuid()), sa.column("connection_id", sa.Uuid()),
    sa.column("price_ore", sa.Integer()), sa.column("authorised_at", sa.DateTime()),
    sa.column("trial", sa.Boolean()))
LEDGER = sa.table(
    "business_travel_ledger", sa.column("authorisation_id", sa.Uuid()),
    sa.column("step", sa.Integer()), sa.column("kind", sa.String()),
    sa.column("company_id", sa.Uuid()), sa.column("department_id", sa.Uuid()),
    sa.column("connection_id", sa.Uuid()), sa.column("month_on", sa.Date()),
    sa.column("room_ore", sa.Integer()), sa.column("charge_ore", sa.Integer()),
    sa.column("at", sa.DateTime()), sa.column("trial", sa.Boolean()))
COUNTERS = {name: sa.table(name, sa.column(owner), sa.column("month_on"), sa.column("spent_ore"))
            for name, owner in (("business_travel_spendings", "connection_id"),
                                ("department_spendings", "department_id"))}


def _open_the_ledger() -> None:
    """What has been bought so far was authorised and captured at once."""
    from datetime import UTC
    from zoneinfo import ZoneInfo
    bind, zone = op.get_bind(), ZoneInfo("Europe/Stockholm")
    op.execute(AUTHORISED)
    for old in bind.execute(sa.select(AUTHORISATIONS)).mappings().all():
        month_on = old["authorised_at"].replace(tzinfo=UTC).astimezone(zone).date().replace(day=1)
        entry = {"authorisation_id": old["id"], "month_on": month_on, "at": old["authorised_at"],
                 **{name: old[name] for name in ("company_id", "department_id", "connection_id", "trial")}}
        bind.execute(sa.insert(LEDGER), [
            entry | {"step": 1, "kind": "reserve", "room_ore": old["price_ore"], "charge_ore": 0},
            entry | {"step": 2, "kind": "capture", "room_ore": 0, "charge_ore": old["price_ore"]}])
    _count_anew()


def _count_anew() -> None:
    """A department's counter did not know of what was bought before there were budgets."""
    for counter in COUNTERS.values():
        owner = LEDGER.c[counter.c.keys()[0]]
        op.execute(sa.delete(counter))
        op.execute(sa.insert(counter).from_select(
            counter.c.keys(), sa.select(owner, LEDGER.c.month_on, sa.func.sum(LEDGER.c.room_ore))
            .group_by(owner, LEDGER.c.month_on)))
