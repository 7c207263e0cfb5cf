"""The first tables."""
import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('companies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('organisation_number', sa.String(), nullable=False),
    sa.Column('street', sa.String(), nullable=False),
    sa.Column('postcode', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('invoice_email', sa.String(), nullable=False),
    sa.Column('peppol_id', sa.String(), nullable=True),
    sa.Column('deduction', sa.String(40), nullable=False),
    sa.Column('approved_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_companies')),
    sa.UniqueConstraint('organisation_number', name=op.f('uq_companies_organisation_number'))
    )
    op.create_table('emails',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('to', sa.String(), nullable=False),
    sa.Column('template', sa.String(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('put_at', sa.DateTime(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('problem', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_emails'))
    )
    op.create_table('events',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('act', sa.String(40), nullable=False),
    sa.Column('by_person_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_company_at', ['company_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_events_thing_id'), ['thing_id'], unique=False)

    op.create_table('login_orders',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('handle_hash', sa.LargeBinary(), nullable=False),
    sa.Column('order_ref', sa.String(), nullable=False),
    sa.Column('auto_start_token', sa.String(), nullable=False),
    sa.Column('qr_start_token', sa.String(), nullable=False),
    sa.Column('qr_start_secret', sa.String(), nullable=False),
    sa.Column('next_path', sa.String(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(), nullable=False),
    sa.Column('first_ordered_at', sa.DateTime(), nullable=False),
    sa.Column('collected_at', sa.DateTime(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('hint', sa.String(), nullable=False),
    sa.Column('identity_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('nonce_hash', sa.LargeBinary(), nullable=True),
    sa.Column('returned_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_orders')),
    sa.UniqueConstraint('handle_hash', name=op.f('uq_login_orders_handle_hash'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('task', sa.String(40), nullable=False),
    sa.Column('args', sa.JSON(), nullable=False),
    sa.Column('put_at', sa.DateTime(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(), nullable=True),
    sa.Column('done_at', sa.DateTime(), nullable=True),
    sa.Column('given_up_at', sa.DateTime(), nullable=True),
    sa.Column('last_error', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_due', ['next_try_at'], unique=False, sqlite_where=sa.text('next_try_at IS NOT NULL'), postgresql_where=sa.text('next_try_at IS NOT NULL'))

    op.create_table('people',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('personnummer_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('personnummer_index', sa.LargeBinary(), nullable=False),
    sa.Column('given_name', sa.String(), nullable=False),
    sa.Column('surname', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('personnummer_index', name=op.f('uq_people_personnummer_index'))
    )
    op.create_table('price_lists',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('published_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_lists')),
    sa.UniqueConstraint('valid_from', name=op.f('uq_price_lists_valid_from'))
    )
    op.create_table('submissions',
    sa.Column('key', sa.Uuid(), nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=False),
    sa.Column('location', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_submissions'))
    )
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submissions_taken_at'), ['taken_at'], unique=False)

    op.create_table('tries',
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.Column('hour', sa.DateTime(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', 'hour', name=op.f('pk_tries'))
    )
    op.create_table('acceptances',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('accepted_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_acceptances_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acceptances')),
    sa.UniqueConstraint('person_id', 'kind', 'version', name=op.f('uq_acceptances_person_id_kind_version'))
    )
    op.create_table('company_applications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_name', sa.String(), nullable=False),
    sa.Column('organisation_number', sa.String(), nullable=False),
    sa.Column('street', sa.String(), nullable=False),
    sa.Column('postcode', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('invoice_email', sa.String(), nullable=False),
    sa.Column('peppol_id', sa.String(), nullable=True),
    sa.Column('reference_number', sa.String(), nullable=False),
    sa.Column('given_name', sa.String(), nullable=False),
    sa.Column('surname', sa.String(), nullable=False),
    sa.Column('personnummer_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('mobile', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('mandate_attested_at', sa.DateTime(), nullable=False),
    sa.Column('status_hash', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('received_at', sa.DateTime(), nullable=False),
    sa.Column('promised_on', sa.Date(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('company_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_company_applications_company_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_company_applications_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_company_applications')),
    sa.UniqueConstraint('status_hash', name=op.f('uq_company_applications_status_hash'))
    )
    with op.batch_alter_table('company_applications', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_company_applications_organisation_number'), ['organisation_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_company_applications_state'), ['state'], unique=False)

    op.create_table('departments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('reference_number', sa.String(), nullable=False),
    sa.Column('cost_centre', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_departments_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departments'))
    )
    with op.batch_alter_table('departments', schema=None) as batch_op:
        batch_op.create_index('uq_departments_name', ['company_id', 'name_key'], unique=True)

    op.create_table('logins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_logins_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_logins')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_logins_token_hash'))
    )
    with op.batch_alter_table('logins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_logins_person_id'), ['person_id'], unique=False)

    op.create_table('monthly_reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('tickets', sa.Integer(), nullable=False),
    sa.Column('gross_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_monthly_reports_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_monthly_reports')),
    sa.UniqueConstraint('company_id', 'month_on', name=op.f('uq_monthly_reports_company_id_month_on'))
    )
    op.create_table('posts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(40), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=True),
    sa.Column('appointed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_posts_company_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_posts_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posts')),
    sa.UniqueConstraint('person_id', 'role', name=op.f('uq_posts_person_id_role'))
    )
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posts_company_id'), ['company_id'], unique=False)

    op.create_table('prices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('price_list_id', sa.Uuid(), nullable=False),
    sa.Column('product', sa.String(40), nullable=False),
    sa.Column('extent', sa.String(40), nullable=False),
    sa.Column('area', sa.String(40), nullable=True),
    sa.Column('price_ore', sa.Integer(), nullable=False),
    sa.Column('vat_basis_points', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['price_list_id'], ['price_lists.id'], name=op.f('fk_prices_price_list_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prices')),
    sa.UniqueConstraint('price_list_id', 'product', 'extent', 'area', name=op.f('uq_prices_price_list_id_product_extent_area'))
    )
    op.create_table('sms',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=True),
    sa.Column('to', sa.String(), nullable=False),
    sa.Column('template', sa.String(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('about_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('put_at', sa.DateTime(), nullable=False),
    sa.Column('sending_at', sa.DateTime(), nullable=True),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('delivered_at', sa.DateTime(), nullable=True),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('problem', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_sms_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sms')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_sms_provider_id'))
    )
    with op.batch_alter_table('sms', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sms_about_id'), ['about_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sms_company_id'), ['company_id'], unique=False)

    op.create_table('report_files',
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('written_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['monthly_reports.id'], name=op.f('fk_report_files_report_id')),
    sa.PrimaryKeyConstraint('report_id', 'kind', name=op.f('pk_report_files'))
    )
    op.create_table('traveller_imports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('not_read', sa.JSON(), nullable=False),
    sa.Column('rows_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('uploaded_at', sa.DateTime(), nullable=False),
    sa.Column('carried_out_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_traveller_imports_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_traveller_imports_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_traveller_imports'))
    )
    op.create_table('travellers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('personnummer_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('personnummer_index', sa.LargeBinary(), nullable=False),
    sa.Column('personnummer_masked', sa.String(), nullable=False),
    sa.Column('given_name', sa.String(), nullable=False),
    sa.Column('surname', sa.String(), nullable=False),
    sa.Column('sort_name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('mobile', sa.String(), nullable=True),
    sa.Column('employee_number', sa.String(), nullable=True),
    sa.Column('invoice_mark', sa.String(), nullable=True),
    sa.Column('registered_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_travellers_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_travellers_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_travellers')),
    sa.UniqueConstraint('company_id', 'personnummer_index', name=op.f('uq_travellers_company_id_personnummer_index'))
    )
    with op.batch_alter_table('travellers', schema=None) as batch_op:
        batch_op.create_index('ix_travellers_department_list', ['department_id', 'sort_name', 'id'], unique=False)
        batch_op.create_index('ix_travellers_list', ['company_id', 'sort_name', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_travellers_personnummer_index'), ['personnummer_index'], unique=False)

    op.create_table('business_travel_connections',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('traveller_id', sa.Uuid(), nullable=False),
    sa.Column('user_name', sa.String(), nullable=False),
    sa.Column('limit_ore', sa.Integer(), nullable=False),
    sa.Column('connected_at', sa.DateTime(), nullable=False),
    sa.Column('registered_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_business_travel_connections_company_id')),
    sa.ForeignKeyConstraint(['traveller_id'], ['travellers.id'], name=op.f('fk_business_travel_connections_traveller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_business_travel_connections')),
    sa.UniqueConstraint('user_name', name=op.f('uq_business_travel_connections_user_name'))
    )
    with op.batch_alter_table('business_travel_connections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_business_travel_connections_company_id'), ['company_id'], unique=False)
        batch_op.create_index('uq_business_travel_connections_open', ['traveller_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('tickets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('service', sa.String(40), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('department_name', sa.String(), nullable=False),
    sa.Column('reference_number', sa.String(), nullable=False),
    sa.Column('traveller_id', sa.Uuid(), nullable=True),
    sa.Column('holder', sa.String(), nullable=False),
    sa.Column('mobile', sa.String(), nullable=False),
    sa.Column('product', sa.String(40), nullable=False),
    sa.Column('extent', sa.String(40), nullable=False),
    sa.Column('zones', sa.String(), nullable=False),
    sa.Column('area', sa.String(40), nullable=True),
    sa.Column('price_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.Column('vat_basis_points', sa.Integer(), nullable=False),
    sa.Column('price_list_id', sa.Uuid(), nullable=False),
    sa.Column('sold_at', sa.DateTime(), nullable=False),
    sa.Column('sold_by_id', sa.Uuid(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('activate_by', sa.DateTime(), nullable=False),
    sa.Column('activated_at', sa.DateTime(), nullable=True),
    sa.Column('active_until', sa.DateTime(), nullable=True),
    sa.Column('days_used', sa.Integer(), nullable=False),
    sa.Column('use_by', sa.DateTime(), nullable=True),
    sa.Column('link_hash', sa.LargeBinary(), nullable=True),
    sa.Column('bundle', sa.LargeBinary(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_tickets_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_tickets_department_id')),
    sa.ForeignKeyConstraint(['price_list_id'], ['price_lists.id'], name=op.f('fk_tickets_price_list_id')),
    sa.ForeignKeyConstraint(['sold_by_id'], ['people.id'], name=op.f('fk_tickets_sold_by_id')),
    sa.ForeignKeyConstraint(['traveller_id'], ['travellers.id'], name=op.f('fk_tickets_traveller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tickets')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_tickets_link_hash')),
    sa.UniqueConstraint('number', name=op.f('uq_tickets_number'))
    )
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.create_index('ix_tickets_company_sold', ['company_id', 'sold_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_tickets_traveller_id'), ['traveller_id'], unique=False)

    op.create_table('business_travel_spendings',
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('spent_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['connection_id'], ['business_travel_connections.id'], name=op.f('fk_business_travel_spendings_connection_id')),
    sa.PrimaryKeyConstraint('connection_id', 'month_on', name=op.f('pk_business_travel_spendings'))
    )
    op.create_table('offer_applications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('traveller_id', sa.Uuid(), nullable=False),
    sa.Column('product', sa.String(40), nullable=False),
    sa.Column('extent', sa.String(40), nullable=False),
    sa.Column('zones', sa.String(), nullable=False),
    sa.Column('area', sa.String(40), nullable=True),
    sa.Column('price_ore', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('applied_at', sa.DateTime(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_offer_applications_company_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_offer_applications_decided_by_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_offer_applications_ticket_id')),
    sa.ForeignKeyConstraint(['traveller_id'], ['travellers.id'], name=op.f('fk_offer_applications_traveller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_applications'))
    )
    with op.batch_alter_table('offer_applications', schema=None) as batch_op:
        batch_op.create_index('ix_offer_applications_state', ['company_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_offer_applications_traveller_id'), ['traveller_id'], unique=False)

    op.create_table('one_time_codes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(), nullable=False),
    sa.Column('issued_at', sa.DateTime(), nullable=True),
    sa.Column('expires_at', sa.DateTime(), nullable=True),
    sa.Column('code_hash', sa.LargeBinary(), nullable=True),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.Column('voided_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['connection_id'], ['business_travel_connections.id'], name=op.f('fk_one_time_codes_connection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_codes'))
    )
    with op.batch_alter_table('one_time_codes', schema=None) as batch_op:
        batch_op.create_index('uq_one_time_codes_current', ['connection_id'], unique=True, sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))

    op.create_table('report_lines',
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('sold_at', sa.DateTime(), nullable=False),
    sa.Column('ticket_number', sa.String(), nullable=False),
    sa.Column('service', sa.String(40), nullable=False),
    sa.Column('reference_number', sa.String(), nullable=False),
    sa.Column('department_name', sa.String(), nullable=False),
    sa.Column('holder', sa.String(), nullable=False),
    sa.Column('product', sa.String(40), nullable=False),
    sa.Column('extent', sa.String(40), nullable=False),
    sa.Column('zones', sa.String(), nullable=False),
    sa.Column('area', sa.String(40), nullable=True),
    sa.Column('price_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.Column('vat_basis_points', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['monthly_reports.id'], name=op.f('fk_report_lines_report_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_report_lines_ticket_id')),
    sa.PrimaryKeyConstraint('report_id', 'ticket_id', name=op.f('pk_report_lines'))
    )
    op.create_table('salary_deductions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('traveller_id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('amount_ore', sa.Integer(), nullable=False),
    sa.Column('deduction', sa.String(40), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['offer_applications.id'], name=op.f('fk_salary_deductions_application_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_salary_deductions_company_id')),
    sa.ForeignKeyConstraint(['traveller_id'], ['travellers.id'], name=op.f('fk_salary_deductions_traveller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_salary_deductions')),
    sa.UniqueConstraint('application_id', 'month_on', name=op.f('uq_salary_deductions_application_id_month_on'))
    )
    with op.batch_alter_table('salary_deductions', schema=None) as batch_op:
        batch_op.create_index('ix_salary_deductions_month', ['company_id', 'month_on'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('salary_deductions', schema=None) as batch_op:
        batch_op.drop_index('ix_salary_deductions_month')

    op.drop_table('salary_deductions')
    op.drop_table('report_lines')
    with op.batch_alter_table('one_time_codes', schema=None) as batch_op:
        batch_op.drop_index('uq_one_time_codes_current', sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))

    op.drop_table('one_time_codes')
    with op.batch_alter_table('offer_applications', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_offer_applications_traveller_id'))
        batch_op.drop_index('ix_offer_applications_state')

    op.drop_table('offer_applications')
    op.drop_table('business_travel_spendings')
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tickets_traveller_id'))
        batch_op.drop_index('ix_tickets_company_sold')

    op.drop_table('tickets')
    with op.batch_alter_table('business_travel_connections', schema=None) as batch_op:
        batch_op.drop_index('uq_business_travel_connections_open', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_business_travel_connections_company_id'))

    op.drop_table('business_travel_connections')
    with op.batch_alter_table('travellers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_travellers_personnummer_index'))
        batch_op.drop_index('ix_travellers_list')
        batch_op.drop_index('ix_travellers_department_list')

    op.drop_table('travellers')
    op.drop_table('traveller_imports')
    op.drop_table('report_files')
    with op.batch_alter_table('sms', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sms_company_id'))
        batch_op.drop_index(batch_op.f('ix_sms_about_id'))

    op.drop_table('sms')
    op.drop_table('prices')
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_posts_company_id'))

    op.drop_table('posts')
    op.drop_table('monthly_reports')
    with op.batch_alter_table('logins', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_logins_person_id'))

    op.drop_table('logins')
    with op.batch_alter_table('departments', schema=None) as batch_op:
        batch_op.drop_index('uq_departments_name')

    op.drop_table('departments')
    with op.batch_alter_table('company_applications', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_company_applications_state'))
        batch_op.drop_index(batch_op.f('ix_company_applications_organisation_number'))

    op.drop_table('company_applications')
    op.drop_table('acceptances')
    op.drop_table('tries')
    with op.batch_alter_table('submissions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_submissions_taken_at'))

    op.drop_table('submissions')
    op.drop_table('price_lists')
    op.drop_table('people')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_due', sqlite_where=sa.text('next_try_at IS NOT NULL'), postgresql_where=sa.text('next_try_at IS NOT NULL'))

    op.drop_table('outbox')
    op.drop_table('login_orders')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_events_thing_id'))
        batch_op.drop_index('ix_events_company_at')

    op.drop_table('events')
    op.drop_table('emails')
    op.drop_table('companies')
