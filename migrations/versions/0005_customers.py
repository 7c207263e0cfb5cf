"""Private customers: accounts, cards, purses, orders and payments."""
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table('customer_registrations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('details_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=True),
    sa.Column('registered_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_registrations')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_customer_registrations_secret_hash'))
    )
    with op.batch_alter_table('customer_registrations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_registrations_registered_at'), ['registered_at'], unique=False)

    op.create_table('customers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('email_key', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('given_name', sa.String(), nullable=False),
    sa.Column('surname', sa.String(), nullable=False),
    sa.Column('sort_name', sa.String(), nullable=False),
    sa.Column('personnummer_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('personnummer_index', sa.LargeBinary(), nullable=True),
    sa.Column('born_on', sa.Date(), nullable=False),
    sa.Column('municipality', sa.String(), nullable=False),
    sa.Column('street', sa.String(), nullable=False),
    sa.Column('postcode', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('mobile', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=True),
    sa.Column('bankid_at', sa.DateTime(), nullable=True),
    sa.Column('blocked_at', sa.DateTime(), nullable=True),
    sa.Column('blocked_because', sa.String(), nullable=False),
    sa.Column('deleted_at', sa.DateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customers')),
    sa.UniqueConstraint('email_key', name=op.f('uq_customers_email_key')),
    sa.UniqueConstraint('personnummer_index', name=op.f('uq_customers_personnummer_index'))
    )
    with op.batch_alter_table('customers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customers_mobile'), ['mobile'], unique=False)
        batch_op.create_index(batch_op.f('ix_customers_sort_name'), ['sort_name'], unique=False)

    op.create_table('purse_list_end',
    sa.Column('key', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_purse_list_end'))
    )
    op.create_table('retention_reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ran_at', sa.DateTime(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_retention_reports'))
    )
    with op.batch_alter_table('retention_reports', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_retention_reports_ran_at'), ['ran_at'], unique=False)

    op.create_table('carts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('touched_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_carts_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carts')),
    sa.UniqueConstraint('customer_id', name=op.f('uq_carts_customer_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_carts_token_hash'))
    )
    with op.batch_alter_table('carts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_carts_touched_at'), ['touched_at'], unique=False)

    op.create_table('children',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('given_name', sa.String(), nullable=False),
    sa.Column('surname', sa.String(), nullable=False),
    sa.Column('personnummer_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('personnummer_index', sa.LargeBinary(), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=False),
    sa.Column('registered_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_children_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_children')),
    sa.UniqueConstraint('personnummer_index', name=op.f('uq_children_personnummer_index'))
    )
    with op.batch_alter_table('children', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_children_customer_id'), ['customer_id'], unique=False)

    op.create_table('customer_acceptances',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('accepted_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_customer_acceptances_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_acceptances')),
    sa.UniqueConstraint('customer_id', 'kind', 'version', name=op.f('uq_customer_acceptances_customer_id_kind_version'))
    )
    op.create_table('customer_logins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('agent', sa.String(), nullable=False),
    sa.Column('by_bankid', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('seen_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_customer_logins_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_logins')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_customer_logins_token_hash'))
    )
    with op.batch_alter_table('customer_logins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_logins_customer_id'), ['customer_id'], unique=False)

    op.create_table('email_changes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('old_hash', sa.LargeBinary(), nullable=True),
    sa.Column('new_hash', sa.LargeBinary(), nullable=True),
    sa.Column('old_at', sa.DateTime(), nullable=True),
    sa.Column('new_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_email_changes_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_changes')),
    sa.UniqueConstraint('new_hash', name=op.f('uq_email_changes_new_hash')),
    sa.UniqueConstraint('old_hash', name=op.f('uq_email_changes_old_hash'))
    )
    with op.batch_alter_table('email_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_email_changes_customer_id'), ['customer_id'], unique=False)

    op.create_table('password_resets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=True),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_password_resets_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_password_resets')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_password_resets_secret_hash'))
    )
    with op.batch_alter_table('password_resets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_password_resets_customer_id'), ['customer_id'], unique=False)

    op.create_table('postings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('posted_at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_postings_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postings'))
    )
    with op.batch_alter_table('postings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_postings_posted_at'), ['posted_at'], unique=False)

    op.create_table('service_acts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=True),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_service_acts_by_id')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_service_acts_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_acts'))
    )
    with op.batch_alter_table('service_acts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_acts_customer_id'), ['customer_id'], unique=False)

    op.create_table('shop_orders',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('total_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('street', sa.String(), nullable=False),
    sa.Column('postcode', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('placed_at', sa.DateTime(), nullable=False),
    sa.Column('pay_by', sa.DateTime(), nullable=False),
    sa.Column('paid_at', sa.DateTime(), nullable=True),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_shop_orders_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_orders')),
    sa.UniqueConstraint('number', name=op.f('uq_shop_orders_number')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_shop_orders_payment_id'))
    )
    with op.batch_alter_table('shop_orders', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shop_orders_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index('ix_shop_orders_open', ['pay_by'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('payments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('means', sa.String(40), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('amount_ore', sa.Integer(), nullable=False),
    sa.Column('refunded_ore', sa.Integer(), nullable=False),
    sa.Column('callback_hash', sa.LargeBinary(), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('reference', sa.String(), nullable=True),
    sa.Column('entrance', sa.String(), nullable=True),
    sa.Column('paid_with', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('begun_at', sa.DateTime(), nullable=False),
    sa.Column('settled_at', sa.DateTime(), nullable=True),
    sa.Column('looks', sa.Integer(), nullable=False),
    sa.Column('next_look_at', sa.DateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['shop_orders.id'], name=op.f('fk_payments_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
    sa.UniqueConstraint('callback_hash', name=op.f('uq_payments_callback_hash'))
    )
    with op.batch_alter_table('payments', schema=None) as batch_op:
        batch_op.create_index('ix_payments_due', ['next_look_at'], unique=False, sqlite_where=sa.text('next_look_at IS NOT NULL'), postgresql_where=sa.text('next_look_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_payments_order_id'), ['order_id'], unique=False)

    op.create_table('service_documents',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('act_id', sa.Uuid(), nullable=False),
    sa.Column('format', sa.String(40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('kept_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['act_id'], ['service_acts.id'], name=op.f('fk_service_documents_act_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_documents')),
    sa.UniqueConstraint('act_id', name=op.f('uq_service_documents_act_id'))
    )
    with op.batch_alter_table('service_documents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_documents_kept_at'), ['kept_at'], unique=False)

    op.create_table('card_blocks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('card_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('to', sa.String(40), nullable=False),
    sa.Column('to_card_id', sa.Uuid(), nullable=True),
    sa.Column('purse_ore', sa.Integer(), nullable=False),
    sa.Column('left_ore', sa.Integer(), nullable=False),
    sa.Column('tickets', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['card_id'], ['travel_cards.id'], name=op.f('fk_card_blocks_card_id')),
    sa.ForeignKeyConstraint(['to_card_id'], ['travel_cards.id'], name=op.f('fk_card_blocks_to_card_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_blocks')),
    sa.UniqueConstraint('card_id', name=op.f('uq_card_blocks_card_id'))
    )
    op.create_table('card_trips',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('card_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('zone', sa.Integer(), nullable=True),
    sa.Column('means', sa.String(40), nullable=False),
    sa.Column('product', sa.String(40), nullable=True),
    sa.Column('price_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['card_id'], ['travel_cards.id'], name=op.f('fk_card_trips_card_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_trips'))
    )
    with op.batch_alter_table('card_trips', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_trips_at'), ['at'], unique=False)
        batch_op.create_index('ix_card_trips_card_id_at', ['card_id', 'at'], unique=False)

    op.create_table('parcels',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('order_line_id', sa.Uuid(), nullable=True),
    sa.Column('old_card_id', sa.Uuid(), nullable=True),
    sa.Column('replaces_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('street', sa.String(), nullable=False),
    sa.Column('postcode', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('child_id', sa.Uuid(), nullable=True),
    sa.Column('purse_ore', sa.Integer(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(), nullable=False),
    sa.Column('promised_days', sa.Integer(), nullable=False),
    sa.Column('promised_on', sa.Date(), nullable=False),
    sa.Column('readdressed_at', sa.DateTime(), nullable=True),
    sa.Column('labelled_at', sa.DateTime(), nullable=True),
    sa.Column('card_id', sa.Uuid(), nullable=True),
    sa.Column('packed_at', sa.DateTime(), nullable=True),
    sa.Column('posting_id', sa.Uuid(), nullable=True),
    sa.Column('posted_at', sa.DateTime(), nullable=True),
    sa.Column('waited_days', sa.Integer(), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['card_id'], ['travel_cards.id'], name=op.f('fk_parcels_card_id')),
    sa.ForeignKeyConstraint(['child_id'], ['children.id'], name=op.f('fk_parcels_child_id')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_parcels_customer_id')),
    sa.ForeignKeyConstraint(['old_card_id'], ['travel_cards.id'], name=op.f('fk_parcels_old_card_id')),
    sa.ForeignKeyConstraint(['posting_id'], ['postings.id'], name=op.f('fk_parcels_posting_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['parcels.id'], name=op.f('fk_parcels_replaces_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parcels')),
    sa.UniqueConstraint('card_id', name=op.f('uq_parcels_card_id')),
    sa.UniqueConstraint('order_line_id', name=op.f('uq_parcels_order_line_id')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_parcels_replaces_id'))
    )
    with op.batch_alter_table('parcels', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_parcels_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_parcels_old_card_id'), ['old_card_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_parcels_posted_at'), ['posted_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_parcels_posting_id'), ['posting_id'], unique=False)
        batch_op.create_index('ix_parcels_waiting', ['ordered_at'], unique=False, sqlite_where=sa.text('posted_at IS NULL AND cancelled_at IS NULL'), postgresql_where=sa.text('posted_at IS NULL AND cancelled_at IS NULL'))

    op.create_table('purse_loads',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('card_id', sa.Uuid(), nullable=False),
    sa.Column('amount_ore', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('paid_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('entry', sa.Integer(), nullable=True),
    sa.Column('available_at', sa.DateTime(), nullable=True),
    sa.Column('reminded_at', sa.DateTime(), nullable=True),
    sa.Column('activated_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('ended_as', sa.String(40), nullable=True),
    sa.ForeignKeyConstraint(['card_id'], ['travel_cards.id'], name=op.f('fk_purse_loads_card_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purse_loads')),
    sa.UniqueConstraint('source_id', name=op.f('uq_purse_loads_source_id'))
    )
    with op.batch_alter_table('purse_loads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_purse_loads_card_id'), ['card_id'], unique=False)
        batch_op.create_index('ix_purse_loads_to_cards', ['entry'], unique=False, sqlite_where=sa.text('available_at IS NULL'), postgresql_where=sa.text('available_at IS NULL'))
        batch_op.create_index('ix_purse_loads_waiting', ['expires_at'], unique=False, sqlite_where=sa.text('activated_at IS NULL AND ended_at IS NULL'), postgresql_where=sa.text('activated_at IS NULL AND ended_at IS NULL'))

    op.create_table('purse_shortfalls',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('card_id', sa.Uuid(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('price_ore', sa.Integer(), nullable=False),
    sa.Column('missing_ore', sa.Integer(), nullable=False),
    sa.Column('because', sa.String(40), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['card_id'], ['travel_cards.id'], name=op.f('fk_purse_shortfalls_card_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purse_shortfalls')),
    sa.UniqueConstraint('source_id', name=op.f('uq_purse_shortfalls_source_id'))
    )
    with op.batch_alter_table('purse_shortfalls', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_purse_shortfalls_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_purse_shortfalls_card_id'), ['card_id'], unique=False)

    op.create_table('purses',
    sa.Column('card_id', sa.Uuid(), nullable=False),
    sa.Column('balance_ore', sa.Integer(), nullable=False),
    sa.Column('entry', sa.Integer(), nullable=True),
    sa.Column('paid_at', sa.DateTime(), nullable=True),
    sa.Column('paid_until', sa.DateTime(), nullable=True),
    sa.Column('paid_zones', sa.String(), nullable=False),
    sa.CheckConstraint('balance_ore >= 0', name='ck_purses_balance_ore'),
    sa.ForeignKeyConstraint(['card_id'], ['travel_cards.id'], name=op.f('fk_purses_card_id')),
    sa.PrimaryKeyConstraint('card_id', name=op.f('pk_purses')),
    sa.UniqueConstraint('entry', name=op.f('uq_purses_entry'))
    )
    with op.batch_alter_table('purses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_purses_paid_until'), ['paid_until'], unique=False)
        batch_op.create_index('ix_purses_to_list', ['card_id'], unique=False, sqlite_where=sa.text('entry IS NULL'), postgresql_where=sa.text('entry IS NULL'))

    op.create_table('cart_lines',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('cart_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('card_id', sa.Uuid(), nullable=True),
    sa.Column('child_id', sa.Uuid(), nullable=True),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('purse_ore', sa.Integer(), nullable=False),
    sa.Column('product', sa.String(40), nullable=True),
    sa.Column('extent', sa.String(40), nullable=True),
    sa.Column('zones', sa.String(), nullable=False),
    sa.Column('area', sa.String(40), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('shown_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['card_id'], ['travel_cards.id'], name=op.f('fk_cart_lines_card_id')),
    sa.ForeignKeyConstraint(['cart_id'], ['carts.id'], name=op.f('fk_cart_lines_cart_id')),
    sa.ForeignKeyConstraint(['child_id'], ['children.id'], name=op.f('fk_cart_lines_child_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_cart_lines_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cart_lines'))
    )
    with op.batch_alter_table('cart_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cart_lines_card_id'), ['card_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cart_lines_cart_id'), ['cart_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cart_lines_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cart_lines_ticket_id'), ['ticket_id'], unique=False)

    op.create_table('parcel_cases',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('parcel_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(40), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('opened_at', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('closed_by_id', sa.Uuid(), nullable=True),
    sa.Column('outcome', sa.String(40), nullable=True),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['closed_by_id'], ['people.id'], name=op.f('fk_parcel_cases_closed_by_id')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_parcel_cases_customer_id')),
    sa.ForeignKeyConstraint(['parcel_id'], ['parcels.id'], name=op.f('fk_parcel_cases_parcel_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parcel_cases'))
    )
    with op.batch_alter_table('parcel_cases', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_parcel_cases_closed_at'), ['closed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_parcel_cases_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index('ix_parcel_cases_open', ['parcel_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_parcel_cases_opened_at'), ['opened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_parcel_cases_parcel_id'), ['parcel_id'], unique=False)

    op.create_table('purse_entries',
    sa.Column('card_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('amount_ore', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['card_id'], ['purses.card_id'], name=op.f('fk_purse_entries_card_id')),
    sa.PrimaryKeyConstraint('card_id', 'kind', 'source_id', name=op.f('pk_purse_entries'))
    )
    op.create_table('shop_order_lines',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('within_id', sa.Uuid(), nullable=True),
    sa.Column('card_id', sa.Uuid(), nullable=True),
    sa.Column('child_id', sa.Uuid(), nullable=True),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('product', sa.String(40), nullable=True),
    sa.Column('extent', sa.String(40), nullable=True),
    sa.Column('zones', sa.String(), nullable=False),
    sa.Column('area', sa.String(40), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('price_list_id', sa.Uuid(), nullable=True),
    sa.Column('amount_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.Column('vat_basis_points', sa.Integer(), nullable=False),
    sa.Column('done_at', sa.DateTime(), nullable=True),
    sa.Column('done_id', sa.Uuid(), nullable=True),
    sa.Column('refused_because', sa.String(), nullable=False),
    sa.Column('refused_values', sa.JSON(), nullable=True),
    sa.Column('refunded_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['card_id'], ['travel_cards.id'], name=op.f('fk_shop_order_lines_card_id')),
    sa.ForeignKeyConstraint(['child_id'], ['children.id'], name=op.f('fk_shop_order_lines_child_id')),
    sa.ForeignKeyConstraint(['order_id'], ['shop_orders.id'], name=op.f('fk_shop_order_lines_order_id')),
    sa.ForeignKeyConstraint(['price_list_id'], ['price_lists.id'], name=op.f('fk_shop_order_lines_price_list_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_shop_order_lines_ticket_id')),
    sa.ForeignKeyConstraint(['within_id'], ['shop_order_lines.id'], name=op.f('fk_shop_order_lines_within_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_order_lines'))
    )
    with op.batch_alter_table('shop_order_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shop_order_lines_card_id'), ['card_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shop_order_lines_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_shop_order_lines_order_id'), ['order_id'], unique=False)

    op.create_table('refunds',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('line_id', sa.Uuid(), nullable=True),
    sa.Column('amount_ore', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(40), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('instruction_id', sa.String(), nullable=False),
    sa.Column('callback_hash', sa.LargeBinary(), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('settled_at', sa.DateTime(), nullable=True),
    sa.Column('looks', sa.Integer(), nullable=False),
    sa.Column('next_look_at', sa.DateTime(), nullable=True),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['line_id'], ['shop_order_lines.id'], name=op.f('fk_refunds_line_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_refunds_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refunds')),
    sa.UniqueConstraint('callback_hash', name=op.f('uq_refunds_callback_hash')),
    sa.UniqueConstraint('instruction_id', name=op.f('uq_refunds_instruction_id'))
    )
    with op.batch_alter_table('refunds', schema=None) as batch_op:
        batch_op.create_index('ix_refunds_due', ['next_look_at'], unique=False, sqlite_where=sa.text('next_look_at IS NOT NULL'), postgresql_where=sa.text('next_look_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_refunds_line_id'), ['line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_refunds_payment_id'), ['payment_id'], unique=False)

    with op.batch_alter_table('login_orders', schema=None) as batch_op:
        batch_op.add_column(sa.Column('door', sa.String(40), server_default='person', nullable=False))

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('customer_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('first_from', sa.Date(), nullable=True))
        batch_op.alter_column('service',
               existing_type=sa.String(40),
               nullable=True)
        batch_op.alter_column('company_id',
               existing_type=sa.Uuid(),
               nullable=True)
        batch_op.alter_column('department_id',
               existing_type=sa.Uuid(),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_tickets_customer_id'), ['customer_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_tickets_customer_id'), 'customers', ['customer_id'], ['id'])

    with op.batch_alter_table('travel_cards', schema=None) as batch_op:
        batch_op.add_column(sa.Column('customer_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('child_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('label', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('frozen_at', sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_travel_cards_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_travel_cards_customer_id'), ['customer_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_travel_cards_customer_id'), 'customers', ['customer_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_travel_cards_child_id'), 'children', ['child_id'], ['id'])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNTRIGGER[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table('travel_cards', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_travel_cards_child_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_travel_cards_customer_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_travel_cards_customer_id'))
        batch_op.drop_index(batch_op.f('ix_travel_cards_child_id'))
        batch_op.drop_column('frozen_at')
        batch_op.drop_column('label')
        batch_op.drop_column('child_id')
        batch_op.drop_column('customer_id')

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_tickets_customer_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_tickets_customer_id'))
        batch_op.alter_column('department_id',
               existing_type=sa.Uuid(),
               nullable=False)
        batch_op.alter_column('company_id',
               existing_type=sa.Uuid(),
               nullable=False)
        batch_op.alter_column('service',
               existing_type=sa.String(40),
               nullable=False)
        batch_op.drop_column('first_from')
        batch_op.drop_column('customer_id')

    with op.batch_alter_table('login_orders', schema=None) as batch_op:
        batch_op.drop_column('door')

    with op.batch_alter_table('refunds', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refunds_payment_id'))
        batch_op.drop_index(batch_op.f('ix_refunds_line_id'))
        batch_op.drop_index('ix_refunds_due', sqlite_where=sa.text('next_look_at IS NOT NULL'), postgresql_where=sa.text('next_look_at IS NOT NULL'))

    op.drop_table('refunds')
    with op.batch_alter_table('shop_order_lines', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shop_order_lines_order_id'))
        batch_op.drop_index(batch_op.f('ix_shop_order_lines_child_id'))
        batch_op.drop_index(batch_op.f('ix_shop_order_lines_card_id'))

    op.drop_table('shop_order_lines')
    op.drop_table('purse_entries')
    with op.batch_alter_table('parcel_cases', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_parcel_cases_parcel_id'))
        batch_op.drop_index(batch_op.f('ix_parcel_cases_opened_at'))
        batch_op.drop_index('ix_parcel_cases_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_parcel_cases_customer_id'))
        batch_op.drop_index(batch_op.f('ix_parcel_cases_closed_at'))

    op.drop_table('parcel_cases')
    with op.batch_alter_table('cart_lines', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cart_lines_ticket_id'))
        batch_op.drop_index(batch_op.f('ix_cart_lines_child_id'))
        batch_op.drop_index(batch_op.f('ix_cart_lines_cart_id'))
        batch_op.drop_index(batch_op.f('ix_cart_lines_card_id'))

    op.drop_table('cart_lines')
    with op.batch_alter_table('purses', schema=None) as batch_op:
        batch_op.drop_index('ix_purses_to_list', sqlite_where=sa.text('entry IS NULL'), postgresql_where=sa.text('entry IS NULL'))
        batch_op.drop_index(batch_op.f('ix_purses_paid_until'))

    op.drop_table('purses')
    with op.batch_alter_table('purse_shortfalls', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_purse_shortfalls_card_id'))
        batch_op.drop_index(batch_op.f('ix_purse_shortfalls_at'))

    op.drop_table('purse_shortfalls')
    with op.batch_alter_table('purse_loads', schema=None) as batch_op:
        batch_op.drop_index('ix_purse_loads_waiting', sqlite_where=sa.text('activated_at IS NULL AND ended_at IS NULL'), postgresql_where=sa.text('activated_at IS NULL AND ended_at IS NULL'))
        batch_op.drop_index('ix_purse_loads_to_cards', sqlite_where=sa.text('available_at IS NULL'), postgresql_where=sa.text('available_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_purse_loads_card_id'))

    op.drop_table('purse_loads')
    with op.batch_alter_table('parcels', schema=None) as batch_op:
        batch_op.drop_index('ix_parcels_waiting', sqlite_where=sa.text('posted_at IS NULL AND cancelled_at IS NULL'), postgresql_where=sa.text('posted_at IS NULL AND cancelled_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_parcels_posting_id'))
        batch_op.drop_index(batch_op.f('ix_parcels_posted_at'))
        batch_op.drop_index(batch_op.f('ix_parcels_old_card_id'))
        batch_op.drop_index(batch_op.f('ix_parcels_customer_id'))

    op.drop_table('parcels')
    with op.batch_alter_table('card_trips', schema=None) as batch_op:
        batch_op.drop_index('ix_card_trips_card_id_at')
        batch_op.drop_index(batch_op.f('ix_card_trips_at'))

    op.drop_table('card_trips')
    op.drop_table('card_blocks')
    with op.batch_alter_table('service_documents', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_documents_kept_at'))

    op.drop_table('service_documents')
    with op.batch_alter_table('payments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payments_order_id'))
        batch_op.drop_index('ix_payments_due', sqlite_where=sa.text('next_look_at IS NOT NULL'), postgresql_where=sa.text('next_look_at IS NOT NULL'))

    op.drop_table('payments')
    with op.batch_alter_table('shop_orders', schema=None) as batch_op:
        batch_op.drop_index('ix_shop_orders_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_shop_orders_customer_id'))

    op.drop_table('shop_orders')
    with op.batch_alter_table('service_acts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_acts_customer_id'))

    op.drop_table('service_acts')
    with op.batch_alter_table('postings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_postings_posted_at'))

    op.drop_table('postings')
    with op.batch_alter_table('password_resets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_password_resets_customer_id'))

    op.drop_table('password_resets')
    with op.batch_alter_table('email_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_email_changes_customer_id'))

    op.drop_table('email_changes')
    with op.batch_alter_table('customer_logins', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_logins_customer_id'))

    op.drop_table('customer_logins')
    op.drop_table('customer_acceptances')
    with op.batch_alter_table('children', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_children_customer_id'))

    op.drop_table('children')
    with op.batch_alter_table('carts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_carts_touched_at'))

    op.drop_table('carts')
    with op.batch_alter_table('retention_reports', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_retention_reports_ran_at'))

    op.drop_table('retention_reports')
    op.drop_table('purse_list_end')
    with op.batch_alter_table('customers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customers_sort_name'))
        batch_op.drop_index(batch_op.f('ix_customers_mobile'))

    op.drop_table('customers')
    with op.batch_alter_table('customer_registrations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_customer_registrations_registered_at'))

    op.drop_table('customer_registrations')


TRIGGERS = {
    "sqlite": [
        f"""CREATE TRIGGER purse_entries_refuses_{verb.lower()} BEFORE {verb}
            ON purse_entries BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"""
        for verb in ("UPDATE", "DELETE")],
    "postgresql": [
        """CREATE FUNCTION purse_entries_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'the ledger only grows'; END $$""",
        """CREATE TRIGGER purse_entries_refuses_change BEFORE UPDATE OR DELETE
           ON purse_entries FOR EACH ROW EXECUTE FUNCTION purse_entries_refuses()""",
        """CREATE TRIGGER purse_entries_refuses_truncate BEFORE TRUNCATE
           ON purse_entries FOR EACH STATEMENT EXECUTE FUNCTION purse_entries_refuses()"""],
}
UNTRIGGER = {
    "sqlite": [f"DROP TRIGGER purse_entries_refuses_{verb}" for verb in ("update", "delete")],
    "postgresql": ["DROP TRIGGER purse_entries_refuses_change ON purse_entries",
                   "DROP TRIGGER purse_entries_refuses_truncate ON purse_entries",
                   "DROP FUNCTION purse_entries_refuses()"],
}
