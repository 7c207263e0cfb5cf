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
    sa.Column('named', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('chain_id', 'seq', name=op.f('pk_event_log'))
    )
    with op.batch_alter_table('event_log', schema=None) as batch_op:
        batch_op.create_index('ix_event_log_thing', ['thing_id', 'chain_id', 'seq'], unique=False)

    op.create_table('invitations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('role', sa.String(40), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('invited_by_id', sa.Uuid(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_invitations_company_id')),
    sa.ForeignKeyConstraint(['invited_by_id'], ['people.id'], name=op.f('fk_invitations_invited_by_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_invitations_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_invitations_secret_hash'))
    )
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitations_company_id'), ['company_id'], unique=False)

    op.create_table('join_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_number', sa.String(), nullable=False),
    sa.Column('given_name', sa.String(), nullable=False),
    sa.Column('surname', sa.String(), nullable=False),
    sa.Column('personnummer_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('mobile', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('status_hash', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('received_at', sa.DateTime(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_join_requests_company_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_join_requests_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_join_requests')),
    sa.UniqueConstraint('status_hash', name=op.f('uq_join_requests_status_hash'))
    )
    with op.batch_alter_table('join_requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_join_requests_company_id'), ['company_id'], unique=False)

    op.create_table('scim_tokens',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_scim_tokens_company_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_scim_tokens_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scim_tokens')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_scim_tokens_secret_hash'))
    )
    with op.batch_alter_table('scim_tokens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scim_tokens_company_id'), ['company_id'], unique=False)

    op.create_table('application_messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('written_at', sa.DateTime(), nullable=False),
    sa.Column('clerk_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['company_applications.id'], name=op.f('fk_application_messages_application_id')),
    sa.ForeignKeyConstraint(['clerk_id'], ['people.id'], name=op.f('fk_application_messages_clerk_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_messages'))
    )
    with op.batch_alter_table('application_messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_messages_application_id'), ['application_id'], unique=False)

    op.create_table('department_spendings',
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('spent_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_department_spendings_department_id')),
    sa.PrimaryKeyConstraint('department_id', 'month_on', name=op.f('pk_department_spendings'))
    )
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

    op.create_table('invitation_departments',
    sa.Column('invitation_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_invitation_departments_department_id')),
    sa.ForeignKeyConstraint(['invitation_id'], ['invitations.id'], name=op.f('fk_invitation_departments_invitation_id')),
    sa.PrimaryKeyConstraint('invitation_id', 'department_id', name=op.f('pk_invitation_departments'))
    )
    op.create_table('post_departments',
    sa.Column('post_id', sa.Uuid(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_post_departments_department_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_post_departments_post_id')),
    sa.PrimaryKeyConstraint('post_id', 'department_id', name=op.f('pk_post_departments'))
    )
    with op.batch_alter_table('post_departments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_departments_department_id'), ['department_id'], unique=False)

    op.create_table('scim_groups',
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=True),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_scim_groups_department_id')),
    sa.PrimaryKeyConstraint('department_id', name=op.f('pk_scim_groups'))
    )
    op.create_table('trials',
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('application_id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('mobile', sa.String(), nullable=False),
    sa.Column('tickets', sa.Integer(), nullable=False),
    sa.Column('texts', sa.Integer(), nullable=False),
    sa.Column('keeps', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('begun_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['company_applications.id'], name=op.f('fk_trials_application_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_trials_company_id')),
    sa.PrimaryKeyConstraint('company_id', name=op.f('pk_trials')),
    sa.UniqueConstraint('application_id', name=op.f('uq_trials_application_id'))
    )
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trials_begun_at'), ['begun_at'], unique=False)

    op.create_table('import_pieces',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('what', sa.String(40), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['traveller_imports.id'], name=op.f('fk_import_pieces_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'what', 'number', name=op.f('pk_import_pieces'))
    )
    op.create_table('scim_users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('traveller_id', sa.Uuid(), nullable=False),
    sa.Column('user_name', sa.String(), nullable=False),
    sa.Column('user_name_key', sa.String(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=True),
    sa.Column('display_key', sa.String(), nullable=True),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('removed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_scim_users_company_id')),
    sa.ForeignKeyConstraint(['traveller_id'], ['travellers.id'], name=op.f('fk_scim_users_traveller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scim_users'))
    )
    with op.batch_alter_table('scim_users', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scim_users_external_id'), ['external_id'], unique=False)
        batch_op.create_index('ix_scim_users_listed', ['company_id', 'created_at', 'id'], unique=False, sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
        batch_op.create_index('uq_scim_users_name', ['company_id', 'user_name_key'], unique=True, sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
        batch_op.create_index('uq_scim_users_traveller', ['traveller_id'], unique=True, sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))

    op.create_table('welcomes',
    sa.Column('traveller_id', sa.Uuid(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['traveller_id'], ['travellers.id'], name=op.f('fk_welcomes_traveller_id')),
    sa.PrimaryKeyConstraint('traveller_id', name=op.f('pk_welcomes')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_welcomes_secret_hash'))
    )
    with op.batch_alter_table('business_travel_connections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_business_travel_connections_traveller_id'), ['traveller_id'], unique=False)

    with op.batch_alter_table('companies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sector', sa.String(40), server_default='private', nullable=False))
        batch_op.add_column(sa.Column('invoice_street', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('invoice_postcode', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('invoice_city', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('services', sa.String(), server_default='send_ticket business_travel staff_offer', nullable=False))
        batch_op.alter_column('approved_at',
               existing_type=sa.DateTime(),
               nullable=True)
        batch_op.drop_constraint(batch_op.f('uq_companies_organisation_number'), type_='unique')
        batch_op.create_index('uq_companies_organisation_number', ['organisation_number'], unique=True, sqlite_where=sa.text('approved_at IS NOT NULL'), postgresql_where=sa.text('approved_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_companies_organisation_number'), ['organisation_number'], unique=False)

    with op.batch_alter_table('company_applications', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sector', sa.String(40), server_default='private', nullable=False))
        batch_op.add_column(sa.Column('invoice_street', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('invoice_postcode', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('invoice_city', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('size', sa.String(40), nullable=True))
        batch_op.add_column(sa.Column('services', sa.String(), server_default='send_ticket business_travel staff_offer', nullable=False))
        batch_op.add_column(sa.Column('personnummer_index', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('asked_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('clerk_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('taken_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('named', sa.String(), server_default='', nullable=False))
        batch_op.create_index(batch_op.f('ix_company_applications_personnummer_index'), ['personnummer_index'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_company_applications_clerk_id'), 'people', ['clerk_id'], ['id'])

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

    with op.batch_alter_table('emails', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about_id', sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f('ix_emails_about_id'), ['about_id'], unique=False)

    with op.batch_alter_table('logins', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hat_id', sa.Uuid(), nullable=True))

    with op.batch_alter_table('one_time_codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_one_time_codes_connection_id'), ['connection_id'], unique=False)

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_posts_person_id_role'), type_='unique')
        batch_op.create_index('uq_posts_authority_person', ['person_id', 'role'], unique=True, sqlite_where=sa.text('company_id IS NULL'), postgresql_where=sa.text('company_id IS NULL'))
        batch_op.create_index('uq_posts_company_person', ['person_id'], unique=True, sqlite_where=sa.text('company_id IS NOT NULL'), postgresql_where=sa.text('company_id IS NOT NULL'))

    with op.batch_alter_table('report_lines', schema=None) as batch_op:
        batch_op.add_column(sa.Column('department_id', sa.Uuid(), nullable=True))

    with op.batch_alter_table('salary_deductions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_salary_deductions_traveller_id'), ['traveller_id'], unique=False)

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('trial', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('recalled_at', sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_tickets_recalled_at'), ['recalled_at'], unique=False)

    with op.batch_alter_table('traveller_imports', schema=None) as batch_op:
        batch_op.add_column(sa.Column('within', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('state', sa.String(40), server_default='done', nullable=False))
        batch_op.add_column(sa.Column('file_name', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('kind', sa.String(), server_default='csv', nullable=False))
        batch_op.add_column(sa.Column('header', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('columns', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('mended_sealed', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('by', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('leavers', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('rooms', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('total', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('done', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('round', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('problem', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('result', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('undone_at', sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_traveller_imports_company_id'), ['company_id'], unique=False)
        batch_op.drop_column('not_read')
        batch_op.drop_column('rows_sealed')

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
        batch_op.drop_index(batch_op.f('ix_travellers_department_list'))
        batch_op.drop_index(batch_op.f('ix_travellers_list'))
        batch_op.create_index('ix_travellers_here', ['company_id', 'sort_name', 'id'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index('ix_travellers_here_department', ['department_id', 'sort_name', 'id'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_travellers_leaves_on'), ['leaves_on'], unique=False)
    op.execute("UPDATE report_lines SET department_id = (SELECT department_id FROM tickets WHERE tickets.id = ticket_id)")
    op.execute("UPDATE company_applications SET named = lower(company_name || ' ' || given_name || ' ' || surname)")
    _chain_the_events()
    op.drop_table("events")
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)



def downgrade() -> None:
    for statement in UNTRIGGER[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table('travellers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_travellers_leaves_on'))
        batch_op.drop_index('ix_travellers_here_department', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index('ix_travellers_here', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_travellers_list'), ['company_id', 'sort_name', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_travellers_department_list'), ['department_id', 'sort_name', 'id'], unique=False)
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

    with op.batch_alter_table('traveller_imports', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rows_sealed', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('not_read', sa.JSON(), server_default='[]', nullable=False))
        batch_op.drop_index(batch_op.f('ix_traveller_imports_company_id'))
        batch_op.drop_column('undone_at')
        batch_op.drop_column('result')
        batch_op.drop_column('problem')
        batch_op.drop_column('round')
        batch_op.drop_column('done')
        batch_op.drop_column('total')
        batch_op.drop_column('rooms')
        batch_op.drop_column('leavers')
        batch_op.drop_column('by')
        batch_op.drop_column('mended_sealed')
        batch_op.drop_column('columns')
        batch_op.drop_column('header')
        batch_op.drop_column('kind')
        batch_op.drop_column('file_name')
        batch_op.drop_column('state')
        batch_op.drop_column('within')

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tickets_recalled_at'))
        batch_op.drop_column('recalled_at')
        batch_op.drop_column('trial')

    with op.batch_alter_table('salary_deductions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_salary_deductions_traveller_id'))

    with op.batch_alter_table('report_lines', schema=None) as batch_op:
        batch_op.drop_column('department_id')

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_index('uq_posts_company_person', sqlite_where=sa.text('company_id IS NOT NULL'), postgresql_where=sa.text('company_id IS NOT NULL'))
        batch_op.drop_index('uq_posts_authority_person', sqlite_where=sa.text('company_id IS NULL'), postgresql_where=sa.text('company_id IS NULL'))
        batch_op.create_unique_constraint(batch_op.f('uq_posts_person_id_role'), ['person_id', 'role'])

    with op.batch_alter_table('one_time_codes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_one_time_codes_connection_id'))

    with op.batch_alter_table('logins', schema=None) as batch_op:
        batch_op.drop_column('hat_id')

    with op.batch_alter_table('emails', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_emails_about_id'))
        batch_op.drop_column('about_id')

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

    with op.batch_alter_table('company_applications', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_company_applications_clerk_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_company_applications_personnummer_index'))
        batch_op.drop_column('named')
        batch_op.drop_column('taken_at')
        batch_op.drop_column('clerk_id')
        batch_op.drop_column('asked_at')
        batch_op.drop_column('personnummer_index')
        batch_op.drop_column('services')
        batch_op.drop_column('size')
        batch_op.drop_column('invoice_city')
        batch_op.drop_column('invoice_postcode')
        batch_op.drop_column('invoice_street')
        batch_op.drop_column('sector')

    with op.batch_alter_table('companies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_companies_organisation_number'))
        batch_op.drop_index('uq_companies_organisation_number', sqlite_where=sa.text('approved_at IS NOT NULL'), postgresql_where=sa.text('approved_at IS NOT NULL'))
        batch_op.create_unique_constraint(batch_op.f('uq_companies_organisation_number'), ['organisation_number'])
        batch_op.alter_column('approved_at',
               existing_type=sa.DateTime(),
               nullable=False)
        batch_op.drop_column('services')
        batch_op.drop_column('invoice_city')
        batch_op.drop_column('invoice_postcode')
        batch_op.drop_column('invoice_street')
        batch_op.drop_column('sector')

    with op.batch_alter_table('business_travel_connections', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_business_travel_connections_traveller_id'))

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

    op.drop_table('welcomes')
    with op.batch_alter_table('scim_users', schema=None) as batch_op:
        batch_op.drop_index('uq_scim_users_traveller', sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
        batch_op.drop_index('uq_scim_users_name', sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
        batch_op.drop_index('ix_scim_users_listed', sqlite_where=sa.text('removed_at IS NULL'), postgresql_where=sa.text('removed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_scim_users_external_id'))

    op.drop_table('scim_users')
    op.drop_table('import_pieces')
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trials_begun_at'))

    op.drop_table('trials')
    op.drop_table('scim_groups')
    with op.batch_alter_table('post_departments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_post_departments_department_id'))

    op.drop_table('post_departments')
    op.drop_table('invitation_departments')
    with op.batch_alter_table('deputyships', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deputyships_post_id'))
        batch_op.drop_index(batch_op.f('ix_deputyships_person_id'))

    op.drop_table('deputyships')
    op.drop_table('department_spendings')
    with op.batch_alter_table('application_messages', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_messages_application_id'))

    op.drop_table('application_messages')
    with op.batch_alter_table('scim_tokens', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_scim_tokens_company_id'))

    op.drop_table('scim_tokens')
    with op.batch_alter_table('join_requests', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_join_requests_company_id'))

    op.drop_table('join_requests')
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitations_company_id'))

    op.drop_table('invitations')
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
    sa.column("details", sa.JSON()), sa.column("hash", sa.LargeBinary()),
    sa.column("named", sa.String()))
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
            thing_id=old["thing_id"], details=old["details"], hash=head,
            named="\n".join(filter(None, [old["by_name"], old["details"].get("traveller"),
                                          old["details"].get("holder")])).casefold()))
    for chain_id, (length, head) in ends.items():
        connection.execute(sa.insert(CHAINS).values(chain_id=chain_id, length=length, head=head))
