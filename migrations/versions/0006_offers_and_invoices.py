"""Staff offers with their deductions; invoices, their delivery and payment; statistics."""
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table('invoice_series',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_invoice_series'))
    )
    op.create_table('month_runs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('begun_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_month_runs')),
    sa.UniqueConstraint('month_on', name=op.f('uq_month_runs_month_on'))
    )
    op.create_table('bank_files',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('written_at', sa.DateTime(), nullable=False),
    sa.Column('read_at', sa.DateTime(), nullable=False),
    sa.Column('read_by_id', sa.Uuid(), nullable=True),
    sa.Column('read_by_name', sa.String(), nullable=False),
    sa.Column('payments', sa.Integer(), nullable=False),
    sa.Column('known', sa.Integer(), nullable=False),
    sa.Column('total_ore', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['read_by_id'], ['people.id'], name=op.f('fk_bank_files_read_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_files')),
    sa.UniqueConstraint('digest', name=op.f('uq_bank_files_digest'))
    )
    with op.batch_alter_table('bank_files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bank_files_read_at'), ['read_at'], unique=False)

    op.create_table('bookkeeping_settings',
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('send_ticket_account', sa.Integer(), nullable=False),
    sa.Column('business_travel_account', sa.Integer(), nullable=False),
    sa.Column('staff_offer_account', sa.Integer(), nullable=False),
    sa.Column('vat_account', sa.Integer(), nullable=False),
    sa.Column('payable_account', sa.Integer(), nullable=False),
    sa.Column('dimension', sa.Integer(), nullable=False),
    sa.Column('series', sa.String(), nullable=False),
    sa.Column('vat_services', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_bookkeeping_settings_company_id')),
    sa.PrimaryKeyConstraint('company_id', name=op.f('pk_bookkeeping_settings'))
    )
    op.create_table('company_stops',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('announced_at', sa.DateTime(), nullable=False),
    sa.Column('stops_at', sa.DateTime(), nullable=False),
    sa.Column('overdue_ore', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('lifted_at', sa.DateTime(), nullable=True),
    sa.Column('lifted_by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_company_stops_by_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_company_stops_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_company_stops'))
    )
    with op.batch_alter_table('company_stops', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_company_stops_company_id'), ['company_id'], unique=False)
        batch_op.create_index('uq_company_stops_open', ['company_id'], unique=True, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    op.create_table('invoice_prints',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(), nullable=True),
    sa.Column('posted_at', sa.DateTime(), nullable=True),
    sa.Column('posted_by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_invoice_prints_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_prints'))
    )
    with op.batch_alter_table('invoice_prints', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invoice_prints_made_at'), ['made_at'], unique=False)
        batch_op.create_index('ix_invoice_prints_open', ['made_at'], unique=False, sqlite_where=sa.text('posted_at IS NULL'), postgresql_where=sa.text('posted_at IS NULL'))

    op.create_table('invoices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('reference_number', sa.String(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('period_from', sa.Date(), nullable=False),
    sa.Column('period_to', sa.Date(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('gross_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.Column('credits_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.String(), server_default='', nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('organisation_number', sa.String(), nullable=False),
    sa.Column('street', sa.String(), nullable=False),
    sa.Column('postcode', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('peppol_id', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_invoices_company_id')),
    sa.ForeignKeyConstraint(['credits_id'], ['invoices.id'], name=op.f('fk_invoices_credits_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoices')),
    sa.UniqueConstraint('number', name=op.f('uq_invoices_number'))
    )
    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.create_index('ix_invoices_company', ['company_id', 'issued_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoices_credits_id'), ['credits_id'], unique=False)
        batch_op.create_index('ix_invoices_month', ['month_on'], unique=False)

    op.create_table('legal_employers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('organisation_number', sa.String(), nullable=False),
    sa.Column('payroll_id', sa.String(), nullable=True),
    sa.Column('added_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_legal_employers_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_legal_employers')),
    sa.UniqueConstraint('company_id', 'organisation_number', name=op.f('uq_legal_employers_company_id_organisation_number'))
    )
    op.create_table('list_files',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('within', sa.JSON(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('ordered_by', sa.String(), nullable=False),
    sa.Column('what', sa.String(40), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('format', sa.String(40), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('mail_to', sa.String(), nullable=True),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(), nullable=False),
    sa.Column('alive_at', sa.DateTime(), nullable=True),
    sa.Column('ready_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_list_files_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_files'))
    )
    with op.batch_alter_table('list_files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_files_company_id'), ['company_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_list_files_ordered_at'), ['ordered_at'], unique=False)

    op.create_table('month_closings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('why', sa.String(), server_default='', nullable=False),
    sa.Column('tried_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_month_closings_company_id')),
    sa.ForeignKeyConstraint(['run_id'], ['month_runs.id'], name=op.f('fk_month_closings_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_month_closings')),
    sa.UniqueConstraint('run_id', 'company_id', name=op.f('uq_month_closings_run_id_company_id'))
    )
    with op.batch_alter_table('month_closings', schema=None) as batch_op:
        batch_op.create_index('ix_month_closings_open', ['company_id'], unique=False, sqlite_where=sa.text("state <> 'done'"), postgresql_where=sa.text("state <> 'done'"))

    op.create_table('payroll_settings',
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('format', sa.String(40), nullable=False),
    sa.Column('identity', sa.String(40), nullable=False),
    sa.Column('net_code', sa.String(), nullable=True),
    sa.Column('gross_code', sa.String(), nullable=True),
    sa.Column('benefit_code', sa.String(), nullable=True),
    sa.Column('sign', sa.String(40), nullable=False),
    sa.Column('cost_centres', sa.Boolean(), nullable=False),
    sa.Column('cells', sa.String(), nullable=False),
    sa.Column('header', sa.Boolean(), nullable=False),
    sa.Column('separator', sa.String(40), nullable=False),
    sa.Column('decimal', sa.String(40), nullable=False),
    sa.Column('encoding', sa.String(40), nullable=False),
    sa.Column('days', sa.String(40), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_payroll_settings_company_id')),
    sa.PrimaryKeyConstraint('company_id', name=op.f('pk_payroll_settings'))
    )
    op.create_table('saved_reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('what', sa.String(40), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('format', sa.String(40), nullable=False),
    sa.Column('monthly', sa.Boolean(), nullable=False),
    sa.Column('sent_for', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_saved_reports_company_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_saved_reports_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_reports'))
    )
    with op.batch_alter_table('saved_reports', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_reports_company_id'), ['company_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_saved_reports_monthly'), ['monthly'], unique=False)
        batch_op.create_index(batch_op.f('ix_saved_reports_person_id'), ['person_id'], unique=False)

    op.create_table('staff_offers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('products', sa.String(), nullable=False),
    sa.Column('extents', sa.String(), nullable=True),
    sa.Column('department_ids', sa.String(), nullable=True),
    sa.Column('employment_forms', sa.String(), nullable=True),
    sa.Column('share_basis_points', sa.Integer(), nullable=False),
    sa.Column('share_ore', sa.Integer(), nullable=True),
    sa.Column('deduction', sa.String(40), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('last_apply_day', sa.Integer(), nullable=True),
    sa.Column('closes_on', sa.Date(), nullable=True),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('second_eyes_above_ore', sa.Integer(), nullable=True),
    sa.Column('auto_below_ore', sa.Integer(), nullable=True),
    sa.Column('is_default', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_staff_offers_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_offers'))
    )
    with op.batch_alter_table('staff_offers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_offers_company_id'), ['company_id'], unique=False)
        batch_op.create_index('uq_staff_offers_default', ['company_id'], unique=True, sqlite_where=sa.text('is_default'), postgresql_where=sa.text('is_default'))

    op.create_table('incoming_payments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('bank_file_id', sa.Uuid(), nullable=True),
    sa.Column('bank_key', sa.String(), nullable=True),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('amount_ore', sa.BigInteger(), nullable=False),
    sa.Column('left_ore', sa.BigInteger(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('payer', sa.String(), nullable=False),
    sa.Column('payer_number', sa.String(), nullable=False),
    sa.Column('message', sa.String(), nullable=False),
    sa.Column('doubt', sa.String(40), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['bank_file_id'], ['bank_files.id'], name=op.f('fk_incoming_payments_bank_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming_payments')),
    sa.UniqueConstraint('bank_key', name=op.f('uq_incoming_payments_bank_key'))
    )
    with op.batch_alter_table('incoming_payments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incoming_payments_bank_file_id'), ['bank_file_id'], unique=False)
        batch_op.create_index('ix_incoming_payments_open', ['paid_on'], unique=False, sqlite_where=sa.text('left_ore <> 0'), postgresql_where=sa.text('left_ore <> 0'))

    op.create_table('invoice_deliveries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(40), nullable=False),
    sa.Column('to', sa.String(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('put_at', sa.DateTime(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('problem', sa.String(), server_default='', nullable=False),
    sa.Column('looks', sa.Integer(), nullable=False),
    sa.Column('next_look_at', sa.DateTime(), nullable=True),
    sa.Column('print_id', sa.Uuid(), nullable=True),
    sa.Column('replaced_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_invoice_deliveries_invoice_id')),
    sa.ForeignKeyConstraint(['print_id'], ['invoice_prints.id'], name=op.f('fk_invoice_deliveries_print_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_deliveries')),
    sa.UniqueConstraint('invoice_id', 'attempt', name=op.f('uq_invoice_deliveries_invoice_id_attempt')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_invoice_deliveries_provider_id'))
    )
    with op.batch_alter_table('invoice_deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_invoice_deliveries_asked', ['next_look_at'], unique=False, sqlite_where=sa.text('next_look_at IS NOT NULL'), postgresql_where=sa.text('next_look_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_invoice_deliveries_print_id'), ['print_id'], unique=False)
        batch_op.create_index('ix_invoice_deliveries_to_print', ['put_at'], unique=False, sqlite_where=sa.text("channel = 'paper' AND state = 'waiting' AND print_id IS NULL"), postgresql_where=sa.text("channel = 'paper' AND state = 'waiting' AND print_id IS NULL"))
        batch_op.create_index('ix_invoice_deliveries_troubled', ['put_at'], unique=False, sqlite_where=sa.text("state IN ('refused', 'failed') AND replaced_at IS NULL"), postgresql_where=sa.text("state IN ('refused', 'failed') AND replaced_at IS NULL"))

    op.create_table('invoice_files',
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('written_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_invoice_files_invoice_id')),
    sa.PrimaryKeyConstraint('invoice_id', 'kind', name=op.f('pk_invoice_files'))
    )
    op.create_table('invoice_reminders',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('left_ore', sa.BigInteger(), nullable=False),
    sa.Column('pay_by', sa.Date(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=False),
    sa.Column('to', sa.String(), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_invoice_reminders_invoice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_reminders')),
    sa.UniqueConstraint('invoice_id', 'number', name=op.f('uq_invoice_reminders_invoice_id_number'))
    )
    op.create_table('list_file_pieces',
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['list_files.id'], name=op.f('fk_list_file_pieces_file_id')),
    sa.PrimaryKeyConstraint('file_id', 'number', name=op.f('pk_list_file_pieces'))
    )
    op.create_table('month_totals',
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('service', sa.String(40), nullable=False),
    sa.Column('vat_basis_points', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('tickets', sa.Integer(), nullable=False),
    sa.Column('gross_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['monthly_reports.id'], name=op.f('fk_month_totals_report_id')),
    sa.PrimaryKeyConstraint('month_on', 'report_id', 'service', 'vat_basis_points', name=op.f('pk_month_totals'))
    )
    op.create_table('payroll_exports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('legal_employer_id', sa.Uuid(), nullable=True),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('sum_ore', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_payroll_exports_company_id')),
    sa.ForeignKeyConstraint(['legal_employer_id'], ['legal_employers.id'], name=op.f('fk_payroll_exports_legal_employer_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_payroll_exports_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payroll_exports'))
    )
    with op.batch_alter_table('payroll_exports', schema=None) as batch_op:
        batch_op.create_index('ix_payroll_exports_month', ['company_id', 'month_on'], unique=False)

    op.create_table('receivables',
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('left_ore', sa.BigInteger(), nullable=False),
    sa.Column('settled_at', sa.DateTime(), nullable=True),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.Column('reminders', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_receivables_company_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_receivables_invoice_id')),
    sa.PrimaryKeyConstraint('invoice_id', name=op.f('pk_receivables'))
    )
    with op.batch_alter_table('receivables', schema=None) as batch_op:
        batch_op.create_index('ix_receivables_open', ['due_on'], unique=False, sqlite_where=sa.text('left_ore <> 0'), postgresql_where=sa.text('left_ore <> 0'))
        batch_op.create_index('ix_receivables_open_of', ['company_id', 'due_on'], unique=False, sqlite_where=sa.text('left_ore <> 0'), postgresql_where=sa.text('left_ore <> 0'))

    op.create_table('invoice_payments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('amount_ore', sa.BigInteger(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('other_id', sa.Uuid(), nullable=True),
    sa.Column('takes_back_id', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_invoice_payments_by_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_invoice_payments_invoice_id')),
    sa.ForeignKeyConstraint(['other_id'], ['invoices.id'], name=op.f('fk_invoice_payments_other_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['incoming_payments.id'], name=op.f('fk_invoice_payments_payment_id')),
    sa.ForeignKeyConstraint(['takes_back_id'], ['invoice_payments.id'], name=op.f('fk_invoice_payments_takes_back_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_payments')),
    sa.UniqueConstraint('takes_back_id', name=op.f('uq_invoice_payments_takes_back_id'))
    )
    with op.batch_alter_table('invoice_payments', schema=None) as batch_op:
        batch_op.create_index('ix_invoice_payments_invoice', ['invoice_id', 'made_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_payments_other_id'), ['other_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_payments_payment_id'), ['payment_id'], unique=False)

    op.create_table('month_checks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('checked_at', sa.DateTime(), nullable=False),
    sa.Column('checked_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['checked_by_id'], ['people.id'], name=op.f('fk_month_checks_checked_by_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_month_checks_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_month_checks_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_month_checks'))
    )
    with op.batch_alter_table('month_checks', schema=None) as batch_op:
        batch_op.create_index('ix_month_checks_month', ['company_id', 'month_on'], unique=False)

    op.create_table('statistics',
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('service', sa.String(40), nullable=False),
    sa.Column('product', sa.String(), nullable=False),
    sa.Column('extent', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('vat_basis_points', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('tickets', sa.Integer(), nullable=False),
    sa.Column('gross_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_statistics_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_statistics_department_id')),
    sa.PrimaryKeyConstraint('company_id', 'month_on', 'department_id', 'service', 'product', 'extent', 'area', 'vat_basis_points', name=op.f('pk_statistics')),
    sqlite_with_rowid=False
    )
    op.create_table('statistics_of_people',
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('service', sa.String(40), nullable=False),
    sa.Column('traveller_id', sa.Uuid(), nullable=False),
    sa.Column('tickets', sa.Integer(), nullable=False),
    sa.Column('gross_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_statistics_of_people_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_statistics_of_people_department_id')),
    sa.PrimaryKeyConstraint('company_id', 'month_on', 'department_id', 'service', 'traveller_id', name=op.f('pk_statistics_of_people')),
    sqlite_with_rowid=False
    )
    op.create_table('statistics_of_purposes',
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('service', sa.String(40), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('tickets', sa.Integer(), nullable=False),
    sa.Column('gross_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_statistics_of_purposes_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_statistics_of_purposes_department_id')),
    sa.PrimaryKeyConstraint('company_id', 'month_on', 'department_id', 'service', 'purpose', name=op.f('pk_statistics_of_purposes')),
    sqlite_with_rowid=False
    )
    op.create_table('specification_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=True),
    sa.Column('invoice_id', sa.Uuid(), nullable=True),
    sa.Column('rolled_on', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('entry', sa.Integer(), nullable=False),
    sa.Column('counted_at', sa.DateTime(), nullable=False),
    sa.Column('sold_at', sa.DateTime(), nullable=False),
    sa.Column('ticket_number', sa.String(), nullable=False),
    sa.Column('service', sa.String(40), nullable=False),
    sa.Column('reference_number', sa.String(), nullable=False),
    sa.Column('cost_centre', sa.String(), server_default='', nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('department_name', sa.String(), nullable=False),
    sa.Column('traveller_id', sa.Uuid(), nullable=True),
    sa.Column('holder', sa.String(), nullable=False),
    sa.Column('carrier', sa.String(), server_default='', nullable=False),
    sa.Column('purpose', sa.String(), server_default='', nullable=False),
    sa.Column('note', sa.String(), server_default='', nullable=False),
    sa.Column('product', sa.String(40), nullable=False),
    sa.Column('extent', sa.String(40), nullable=False),
    sa.Column('zones', sa.String(), nullable=False),
    sa.Column('area', sa.String(40), nullable=True),
    sa.Column('price_ore', sa.Integer(), nullable=False),
    sa.Column('vat_ore', sa.Integer(), nullable=False),
    sa.Column('vat_basis_points', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_specification_lines_company_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_specification_lines_invoice_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['report_id'], ['monthly_reports.id'], name=op.f('fk_specification_lines_report_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_specification_lines_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_specification_lines')),
    sa.UniqueConstraint('ticket_id', 'entry', name=op.f('uq_specification_lines_ticket_id_entry'))
    )
    with op.batch_alter_table('specification_lines', schema=None) as batch_op:
        batch_op.create_index('ix_specification_lines_corrections', ['company_id', 'counted_at'], unique=False, sqlite_where=sa.text('entry > 1'), postgresql_where=sa.text('entry > 1'))
        batch_op.create_index('ix_specification_lines_invoice', ['invoice_id', 'counted_at'], unique=False)
        batch_op.create_index('ix_specification_lines_open', ['company_id', 'counted_at'], unique=False, sqlite_where=sa.text('report_id IS NULL'), postgresql_where=sa.text('report_id IS NULL'))
        batch_op.create_index('ix_specification_lines_report', ['report_id', 'counted_at'], unique=False)
        batch_op.create_index('ix_specification_lines_rolled_on', ['company_id', 'reference_number'], unique=False, sqlite_where=sa.text('rolled_on'), postgresql_where=sa.text('rolled_on'))

    op.create_table('deduction_settlements',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(40), nullable=False),
    sa.Column('how', sa.String(40), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('credited_ore', sa.Integer(), nullable=False),
    sa.Column('rest_ore', sa.Integer(), nullable=False),
    sa.Column('owed_ore', sa.Integer(), nullable=False),
    sa.Column('employer_ore', sa.Integer(), nullable=False),
    sa.Column('settled_at', sa.DateTime(), nullable=False),
    sa.Column('settled_by_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['offer_applications.id'], name=op.f('fk_deduction_settlements_application_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_deduction_settlements_company_id')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['people.id'], name=op.f('fk_deduction_settlements_settled_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deduction_settlements')),
    sa.UniqueConstraint('application_id', 'number', name=op.f('uq_deduction_settlements_application_id_number'))
    )
    op.create_table('invoice_questions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=True),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answered_by_id', sa.Uuid(), nullable=True),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('credit_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['answered_by_id'], ['people.id'], name=op.f('fk_invoice_questions_answered_by_id')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['people.id'], name=op.f('fk_invoice_questions_asked_by_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_invoice_questions_company_id')),
    sa.ForeignKeyConstraint(['credit_id'], ['invoices.id'], name=op.f('fk_invoice_questions_credit_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_invoice_questions_invoice_id')),
    sa.ForeignKeyConstraint(['line_id'], ['specification_lines.id'], name=op.f('fk_invoice_questions_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_questions'))
    )
    with op.batch_alter_table('invoice_questions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invoice_questions_answered_at'), ['answered_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_questions_asked_at'), ['asked_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_questions_company_id'), ['company_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_questions_invoice_id'), ['invoice_id'], unique=False)
        batch_op.create_index('uq_invoice_questions_open', ['line_id'], unique=True, sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))

    op.create_table('offer_reminders',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['offer_applications.id'], name=op.f('fk_offer_reminders_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_reminders')),
    sa.UniqueConstraint('application_id', 'kind', name=op.f('uq_offer_reminders_application_id_kind'))
    )
    op.execute(sa.text(COPY))
    op.drop_table('report_lines')
    with op.batch_alter_table('companies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('invoice_channel', sa.String(40), nullable=True))
        batch_op.add_column(sa.Column('stops_at', sa.DateTime(), nullable=True))

    with op.batch_alter_table('departments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('legal_employer_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_departments_legal_employer_id'), 'legal_employers', ['legal_employer_id'], ['id'])

    with op.batch_alter_table('monthly_reports', schema=None) as batch_op:
        batch_op.add_column(sa.Column('invoiced_at', sa.DateTime(), nullable=True))

    with op.batch_alter_table('offer_applications', schema=None) as batch_op:
        batch_op.add_column(sa.Column('offer_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('card_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('employer_ore', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('employee_ore', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('months', sa.Integer(), server_default='12', nullable=False))
        batch_op.add_column(sa.Column('deduction', sa.String(40), server_default='net', nullable=False))
        batch_op.add_column(sa.Column('decide_by', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('consent', sa.String(40), nullable=True))
        batch_op.add_column(sa.Column('applied_by_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('renews_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('question', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('asked_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('answer', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('answered_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('first_yes_by_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('first_yes_at', sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_offer_applications_offer_id'), ['offer_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_offer_applications_offer_id'), 'staff_offers', ['offer_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_offer_applications_applied_by_id'), 'people', ['applied_by_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_offer_applications_first_yes_by_id'), 'people', ['first_yes_by_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_offer_applications_card_id'), 'travel_cards', ['card_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_offer_applications_renews_id'), 'offer_applications', ['renews_id'], ['id'])

    with op.batch_alter_table('salary_deductions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(40), server_default='instalment', nullable=False))
        batch_op.add_column(sa.Column('employer_ore', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('export_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('mark', sa.String(40), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_salary_deductions_application_id_month_on'), type_='unique')
        batch_op.create_index('ix_salary_deductions_application', ['application_id', 'month_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_salary_deductions_export_id'), ['export_id'], unique=False)
        batch_op.create_index('uq_salary_deductions_instalment', ['application_id', 'month_on'], unique=True, sqlite_where=sa.text("kind = 'instalment'"), postgresql_where=sa.text("kind = 'instalment'"))
        batch_op.create_foreign_key(batch_op.f('fk_salary_deductions_export_id'), 'payroll_exports', ['export_id'], ['id'])

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('counted', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_index('ix_tickets_recall_uncounted', ['company_id', 'recalled_at'], unique=False, sqlite_where=sa.text('counted < 2 AND recalled_at IS NOT NULL'), postgresql_where=sa.text('counted < 2 AND recalled_at IS NOT NULL'))
        batch_op.create_index('ix_tickets_uncounted', ['company_id', 'sold_at'], unique=False, sqlite_where=sa.text('counted = 0'), postgresql_where=sa.text('counted = 0'))

    with op.batch_alter_table('travellers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('employment_form', sa.String(40), nullable=True))
        batch_op.add_column(sa.Column('leaving_takes_rest', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.drop_index(batch_op.f('ix_travellers_personnummer_index'))
        batch_op.drop_constraint(batch_op.f('uq_travellers_company_id_personnummer_index'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_travellers_personnummer_index_company_id'), ['personnummer_index', 'company_id'])
    _offer_what_was_offered(op.get_bind())
    _lock_the_payroll()


def downgrade() -> None:
    _unlock_the_payroll()
    with op.batch_alter_table('travellers', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_travellers_personnummer_index_company_id'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_travellers_company_id_personnummer_index'), ['company_id', 'personnummer_index'])
        batch_op.create_index(batch_op.f('ix_travellers_personnummer_index'), ['personnummer_index'], unique=False)
        batch_op.drop_column('leaving_takes_rest')
        batch_op.drop_column('employment_form')

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_index('ix_tickets_uncounted', sqlite_where=sa.text('counted = 0'), postgresql_where=sa.text('counted = 0'))
        batch_op.drop_index('ix_tickets_recall_uncounted', sqlite_where=sa.text('counted < 2 AND recalled_at IS NOT NULL'), postgresql_where=sa.text('counted < 2 AND recalled_at IS NOT NULL'))
        batch_op.drop_column('counted')

    with op.batch_alter_table('salary_deductions', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_salary_deductions_export_id'), type_='foreignkey')
        batch_op.drop_index('uq_salary_deductions_instalment', sqlite_where=sa.text("kind = 'instalment'"), postgresql_where=sa.text("kind = 'instalment'"))
        batch_op.drop_index(batch_op.f('ix_salary_deductions_export_id'))
        batch_op.drop_index('ix_salary_deductions_application')
        batch_op.create_unique_constraint(batch_op.f('uq_salary_deductions_application_id_month_on'), ['application_id', 'month_on'])
        batch_op.drop_column('mark')
        batch_op.drop_column('export_id')
        batch_op.drop_column('employer_ore')
        batch_op.drop_column('kind')

    with op.batch_alter_table('offer_applications', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_offer_applications_renews_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_offer_applications_card_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_offer_applications_first_yes_by_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_offer_applications_applied_by_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_offer_applications_offer_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_offer_applications_offer_id'))
        batch_op.drop_column('first_yes_at')
        batch_op.drop_column('first_yes_by_id')
        batch_op.drop_column('answered_at')
        batch_op.drop_column('answer')
        batch_op.drop_column('asked_at')
        batch_op.drop_column('question')
        batch_op.drop_column('renews_id')
        batch_op.drop_column('applied_by_id')
        batch_op.drop_column('consent')
        batch_op.drop_column('decide_by')
        batch_op.drop_column('deduction')
        batch_op.drop_column('months')
        batch_op.drop_column('employee_ore')
        batch_op.drop_column('employer_ore')
        batch_op.drop_column('card_id')
        batch_op.drop_column('offer_id')

    with op.batch_alter_table('monthly_reports', schema=None) as batch_op:
        batch_op.drop_column('invoiced_at')

    with op.batch_alter_table('departments', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_departments_legal_employer_id'), type_='foreignkey')
        batch_op.drop_column('legal_employer_id')

    with op.batch_alter_table('companies', schema=None) as batch_op:
        batch_op.drop_column('stops_at')
        batch_op.drop_column('invoice_channel')

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
    sa.Column('price_ore', sa.INTEGER(), nullable=False),
    sa.Column('vat_ore', sa.INTEGER(), nullable=False),
    sa.Column('vat_basis_points', sa.INTEGER(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=True),
    sa.Column('purpose', sa.String(), server_default=sa.text("('')"), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['monthly_reports.id'], name=op.f('fk_report_lines_report_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_report_lines_ticket_id')),
    sa.PrimaryKeyConstraint('report_id', 'ticket_id', name=op.f('pk_report_lines'))
    )
    op.drop_table('offer_reminders')
    with op.batch_alter_table('invoice_questions', schema=None) as batch_op:
        batch_op.drop_index('uq_invoice_questions_open', sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_invoice_questions_invoice_id'))
        batch_op.drop_index(batch_op.f('ix_invoice_questions_company_id'))
        batch_op.drop_index(batch_op.f('ix_invoice_questions_asked_at'))
        batch_op.drop_index(batch_op.f('ix_invoice_questions_answered_at'))

    op.drop_table('invoice_questions')
    op.drop_table('deduction_settlements')
    with op.batch_alter_table('specification_lines', schema=None) as batch_op:
        batch_op.drop_index('ix_specification_lines_rolled_on', sqlite_where=sa.text('rolled_on'), postgresql_where=sa.text('rolled_on'))
        batch_op.drop_index('ix_specification_lines_report')
        batch_op.drop_index('ix_specification_lines_open', sqlite_where=sa.text('report_id IS NULL'), postgresql_where=sa.text('report_id IS NULL'))
        batch_op.drop_index('ix_specification_lines_invoice')
        batch_op.drop_index('ix_specification_lines_corrections', sqlite_where=sa.text('entry > 1'), postgresql_where=sa.text('entry > 1'))

    op.execute(sa.text(BACK))
    op.drop_table('specification_lines')
    op.drop_table('statistics_of_purposes')
    op.drop_table('statistics_of_people')
    op.drop_table('statistics')
    with op.batch_alter_table('month_checks', schema=None) as batch_op:
        batch_op.drop_index('ix_month_checks_month')

    op.drop_table('month_checks')
    with op.batch_alter_table('invoice_payments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invoice_payments_payment_id'))
        batch_op.drop_index(batch_op.f('ix_invoice_payments_other_id'))
        batch_op.drop_index('ix_invoice_payments_invoice')

    op.drop_table('invoice_payments')
    with op.batch_alter_table('receivables', schema=None) as batch_op:
        batch_op.drop_index('ix_receivables_open_of', sqlite_where=sa.text('left_ore <> 0'), postgresql_where=sa.text('left_ore <> 0'))
        batch_op.drop_index('ix_receivables_open', sqlite_where=sa.text('left_ore <> 0'), postgresql_where=sa.text('left_ore <> 0'))

    op.drop_table('receivables')
    with op.batch_alter_table('payroll_exports', schema=None) as batch_op:
        batch_op.drop_index('ix_payroll_exports_month')

    op.drop_table('payroll_exports')
    op.drop_table('month_totals')
    op.drop_table('list_file_pieces')
    op.drop_table('invoice_reminders')
    op.drop_table('invoice_files')
    with op.batch_alter_table('invoice_deliveries', schema=None) as batch_op:
        batch_op.drop_index('ix_invoice_deliveries_troubled', sqlite_where=sa.text("state IN ('refused', 'failed') AND replaced_at IS NULL"), postgresql_where=sa.text("state IN ('refused', 'failed') AND replaced_at IS NULL"))
        batch_op.drop_index('ix_invoice_deliveries_to_print', sqlite_where=sa.text("channel = 'paper' AND state = 'waiting' AND print_id IS NULL"), postgresql_where=sa.text("channel = 'paper' AND state = 'waiting' AND print_id IS NULL"))
        batch_op.drop_index(batch_op.f('ix_invoice_deliveries_print_id'))
        batch_op.drop_index('ix_invoice_deliveries_asked', sqlite_where=sa.text('next_look_at IS NOT NULL'), postgresql_where=sa.text('next_look_at IS NOT NULL'))

    op.drop_table('invoice_deliveries')
    with op.batch_alter_table('incoming_payments', schema=None) as batch_op:
        batch_op.drop_index('ix_incoming_payments_open', sqlite_where=sa.text('left_ore <> 0'), postgresql_where=sa.text('left_ore <> 0'))
        batch_op.drop_index(batch_op.f('ix_incoming_payments_bank_file_id'))

    op.drop_table('incoming_payments')
    with op.batch_alter_table('staff_offers', schema=None) as batch_op:
        batch_op.drop_index('uq_staff_offers_default', sqlite_where=sa.text('is_default'), postgresql_where=sa.text('is_default'))
        batch_op.drop_index(batch_op.f('ix_staff_offers_company_id'))

    op.drop_table('staff_offers')
    with op.batch_alter_table('saved_reports', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_saved_reports_person_id'))
        batch_op.drop_index(batch_op.f('ix_saved_reports_monthly'))
        batch_op.drop_index(batch_op.f('ix_saved_reports_company_id'))

    op.drop_table('saved_reports')
    op.drop_table('payroll_settings')
    with op.batch_alter_table('month_closings', schema=None) as batch_op:
        batch_op.drop_index('ix_month_closings_open', sqlite_where=sa.text("state <> 'done'"), postgresql_where=sa.text("state <> 'done'"))

    op.drop_table('month_closings')
    with op.batch_alter_table('list_files', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_list_files_ordered_at'))
        batch_op.drop_index(batch_op.f('ix_list_files_company_id'))

    op.drop_table('list_files')
    op.drop_table('legal_employers')
    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.drop_index('ix_invoices_month')
        batch_op.drop_index(batch_op.f('ix_invoices_credits_id'))
        batch_op.drop_index('ix_invoices_company')

    op.drop_table('invoices')
    with op.batch_alter_table('invoice_prints', schema=None) as batch_op:
        batch_op.drop_index('ix_invoice_prints_open', sqlite_where=sa.text('posted_at IS NULL'), postgresql_where=sa.text('posted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_invoice_prints_made_at'))

    op.drop_table('invoice_prints')
    with op.batch_alter_table('company_stops', schema=None) as batch_op:
        batch_op.drop_index('uq_company_stops_open', sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_company_stops_company_id'))

    op.drop_table('company_stops')
    op.drop_table('bookkeeping_settings')
    with op.batch_alter_table('bank_files', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bank_files_read_at'))

    op.drop_table('bank_files')
    op.drop_table('month_runs')
    op.drop_table('invoice_series')


SAME = ("report_id, ticket_id, sold_at, ticket_number, service, reference_number, department_id, "
        "department_name, holder, purpose, product, extent, zones, area, price_ore, vat_ore, "
        "vat_basis_points")
LINES = ", ".join(f"lines.{column}" for column in SAME.split(", "))
COPY = f"""
    INSERT INTO specification_lines (company_id, entry, counted_at, cost_centre, note,
                                     traveller_id, {SAME})
    SELECT tickets.company_id, CASE WHEN lines.price_ore < 0 THEN 1 ELSE 0 END,
           CASE WHEN lines.price_ore < 0 THEN coalesce(tickets.recalled_at, lines.sold_at)
                ELSE lines.sold_at END, tickets.cost_centre, tickets.note, tickets.traveller_id,
           {LINES}
    FROM report_lines AS lines JOIN tickets ON tickets.id = lines.ticket_id"""  # noqa: S608  our own names
BACK = f"""
    INSERT INTO report_lines ({SAME})
    SELECT {SAME} FROM specification_lines WHERE report_id IS NOT NULL AND entry < 2"""  # noqa: S608


def _offer_what_was_offered(connection) -> None:
    """Each company gets an offer of its own: what it offered before was for all."""
    companies = sa.table("companies", sa.column("id", sa.Uuid()), sa.column("deduction"))
    offers = sa.table("staff_offers", sa.column("id", sa.Uuid()),
                      sa.column("company_id", sa.Uuid()),
                      sa.column("created_at", sa.DateTime()), sa.column("is_default", sa.Boolean()),
                      *map(sa.column, ("name", "text", "products", "share_basis_points",
                                       "deduction", "months", "version")))
    applications = sa.table("offer_applications", sa.column("company_id", sa.Uuid()),
                            sa.column("offer_id", sa.Uuid()), *map(sa.column, (
                                "deduction", "employee_ore", "price_ore", "decide_by", "starts_on",
                                "consent")))
    for company_id, deduction in connection.execute(sa.select(companies)).all():
        offer_id = uuid4()
        connection.execute(offers.insert().values(
            id=offer_id, company_id=company_id, name="Årsbiljett", text="", products="period_365",
            share_basis_points=0, deduction=deduction, months=12, is_default=True, version=1,
            created_at=sa.func.current_timestamp()))
        connection.execute(applications.update().where(
            applications.c.company_id == company_id).values(
            offer_id=offer_id, deduction=deduction, employee_ore=applications.c.price_ore,
            decide_by=applications.c.starts_on, consent="portal"))


LOCKS = {
    "sqlite": [
        f"""CREATE TRIGGER salary_deductions_refuses_{verb.lower()} BEFORE {verb}
            ON salary_deductions WHEN OLD.export_id IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'the payroll has it'); END"""
        for verb in ("UPDATE", "DELETE")],
    "postgresql": [
        """CREATE FUNCTION salary_deductions_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'the payroll has it'; END $$""",
        """CREATE TRIGGER salary_deductions_refuses BEFORE UPDATE OR DELETE ON salary_deductions
           FOR EACH ROW WHEN (OLD.export_id IS NOT NULL)
           EXECUTE FUNCTION salary_deductions_refuses()"""],
}
UNLOCKS = {
    "sqlite": [f"DROP TRIGGER salary_deductions_refuses_{verb}" for verb in ("update", "delete")],
    "postgresql": ["DROP TRIGGER salary_deductions_refuses ON salary_deductions",
                   "DROP FUNCTION salary_deductions_refuses()"],
}


def _lock_the_payroll() -> None:
    """What has gone to the payroll with a file stays as it is."""
    for statement in LOCKS[op.get_bind().dialect.name]:
        op.execute(statement)


def _unlock_the_payroll() -> None:
    """A month has one row of an application again, of all that it had."""
    for statement in UNLOCKS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.execute("""UPDATE salary_deductions SET amount_ore = (
        SELECT sum(same.amount_ore) FROM salary_deductions AS same
        WHERE same.application_id = salary_deductions.application_id
          AND same.month_on = salary_deductions.month_on)""")
    op.execute("""DELETE FROM salary_deductions WHERE EXISTS (
        SELECT 1 FROM salary_deductions AS same
        WHERE same.application_id = salary_deductions.application_id
          AND same.month_on = salary_deductions.month_on AND same.id < salary_deductions.id)""")
