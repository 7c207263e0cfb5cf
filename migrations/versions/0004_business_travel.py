"""Business travel in full: policies, raises of a limit, pauses, and the API of the app."""
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table('api_clients',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('former_hash', sa.LargeBinary(), nullable=True),
    sa.Column('former_until', sa.DateTime(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('secret_made_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('webhook_url', sa.String(), nullable=False),
    sa.Column('webhook_secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('webhook_rests_until', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_clients'))
    )
    op.create_table('api_tokens',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['api_clients.id'], name=op.f('fk_api_tokens_client_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_api_tokens'))
    )
    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_tokens_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_api_tokens_expires_at'), ['expires_at'], unique=False)

    op.create_table('code_sendings',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('ordered_at', sa.DateTime(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['people.id'], name=op.f('fk_code_sendings_by_id')),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_code_sendings_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_sendings'))
    )
    with op.batch_alter_table('code_sendings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_code_sendings_company_id'), ['company_id'], unique=False)

    op.create_table('idempotency_keys',
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('key_hash', sa.LargeBinary(), nullable=False),
    sa.Column('said_hash', sa.LargeBinary(), nullable=False),
    sa.Column('claimed_at', sa.DateTime(), nullable=False),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['api_clients.id'], name=op.f('fk_idempotency_keys_client_id')),
    sa.PrimaryKeyConstraint('client_id', 'key_hash', name=op.f('pk_idempotency_keys'))
    )
    with op.batch_alter_table('idempotency_keys', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotency_keys_claimed_at'), ['claimed_at'], unique=False)

    op.create_table('policy_groups',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.Column('products', sa.String(), nullable=True),
    sa.Column('extents', sa.String(), nullable=True),
    sa.Column('zones', sa.String(), nullable=True),
    sa.Column('areas', sa.String(), nullable=True),
    sa.Column('weekdays', sa.String(), nullable=True),
    sa.Column('begins', sa.Time(), nullable=True),
    sa.Column('ends', sa.Time(), nullable=True),
    sa.Column('top_price_ore', sa.Integer(), nullable=True),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('purpose_choices', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_policy_groups_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_groups')),
    sa.UniqueConstraint('company_id', 'name_key', name=op.f('uq_policy_groups_company_id_name_key'))
    )
    with op.batch_alter_table('policy_groups', schema=None) as batch_op:
        batch_op.create_index('uq_policy_groups_default', ['company_id'], unique=True, sqlite_where=sa.text('is_default'), postgresql_where=sa.text('is_default'))

    op.create_table('webhooks',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(40), nullable=False),
    sa.Column('about_id', sa.Uuid(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('delivered_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['api_clients.id'], name=op.f('fk_webhooks_client_id')),
    sa.ForeignKeyConstraint(['message_id'], ['outbox.id'], name=op.f('fk_webhooks_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhooks'))
    )
    with op.batch_alter_table('webhooks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_webhooks_about_id'), ['about_id'], unique=False)
        batch_op.create_index('ix_webhooks_client', ['client_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_webhooks_message_id'), ['message_id'], unique=False)

    op.create_table('budget_warnings',
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('percent', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('told_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_budget_warnings_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_budget_warnings_department_id')),
    sa.PrimaryKeyConstraint('department_id', 'month_on', 'percent', name=op.f('pk_budget_warnings'))
    )
    with op.batch_alter_table('budget_warnings', schema=None) as batch_op:
        batch_op.create_index('ix_budget_warnings_untold', ['company_id'], unique=False, sqlite_where=sa.text('told_at IS NULL'), postgresql_where=sa.text('told_at IS NULL'))

    op.create_table('purchase_months',
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('department_id', sa.Uuid(), nullable=False),
    sa.Column('bought', sa.Integer(), nullable=False),
    sa.Column('bought_ore', sa.Integer(), nullable=False),
    sa.Column('refunded', sa.Integer(), nullable=False),
    sa.Column('refunded_ore', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_purchase_months_company_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_purchase_months_department_id')),
    sa.PrimaryKeyConstraint('company_id', 'month_on', 'department_id', name=op.f('pk_purchase_months'))
    )
    op.create_table('limit_raises',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('asked_ore', sa.Integer(), nullable=False),
    sa.Column('asked_until_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('state', sa.String(40), nullable=False),
    sa.Column('granted_ore', sa.Integer(), nullable=True),
    sa.Column('granted_until_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_limit_raises_company_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['business_travel_connections.id'], name=op.f('fk_limit_raises_connection_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['people.id'], name=op.f('fk_limit_raises_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_limit_raises'))
    )
    with op.batch_alter_table('limit_raises', schema=None) as batch_op:
        batch_op.create_index('ix_limit_raises_asked', ['company_id'], unique=False, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.create_index(batch_op.f('ix_limit_raises_company_id'), ['company_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_limit_raises_connection_id'), ['connection_id'], unique=False)
        batch_op.create_index('ix_limit_raises_granted', ['connection_id'], unique=False, sqlite_where=sa.text("state = 'granted'"), postgresql_where=sa.text("state = 'granted'"))

    op.create_table('limit_warnings',
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('percent', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('told_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_limit_warnings_company_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['business_travel_connections.id'], name=op.f('fk_limit_warnings_connection_id')),
    sa.PrimaryKeyConstraint('connection_id', 'month_on', 'percent', name=op.f('pk_limit_warnings'))
    )
    with op.batch_alter_table('limit_warnings', schema=None) as batch_op:
        batch_op.create_index('ix_limit_warnings_untold', ['company_id'], unique=False, sqlite_where=sa.text('told_at IS NULL'), postgresql_where=sa.text('told_at IS NULL'))

    op.create_table('payment_methods',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('registered_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['api_clients.id'], name=op.f('fk_payment_methods_client_id')),
    sa.ForeignKeyConstraint(['connection_id'], ['business_travel_connections.id'], name=op.f('fk_payment_methods_connection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_methods')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_payment_methods_token_hash'))
    )
    with op.batch_alter_table('payment_methods', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_methods_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_methods_connection_id'), ['connection_id'], unique=False)

    with op.batch_alter_table('business_travel_authorisations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('valid_from', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('purpose', sa.String(), server_default='', nullable=False))

    with op.batch_alter_table('business_travel_connections', schema=None) as batch_op:
        batch_op.add_column(sa.Column('policy_group_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('from_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('to_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('paused_at', sa.DateTime(), nullable=True))
        batch_op.create_index('ix_business_travel_connections_ending', ['to_on'], unique=False, sqlite_where=sa.text('to_on IS NOT NULL AND ended_at IS NULL'), postgresql_where=sa.text('to_on IS NOT NULL AND ended_at IS NULL'))
        batch_op.create_foreign_key(batch_op.f('fk_business_travel_connections_policy_group_id'), 'policy_groups', ['policy_group_id'], ['id'])

    with op.batch_alter_table('one_time_codes', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sending_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('reminded_at', sa.DateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_one_time_codes_sending_id'), ['sending_id'], unique=False)
        batch_op.create_index('ix_one_time_codes_unused', ['expires_at'], unique=False, sqlite_where=sa.text('voided_at IS NULL AND used_at IS NULL AND reminded_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL AND used_at IS NULL AND reminded_at IS NULL'))
        batch_op.create_foreign_key(batch_op.f('fk_one_time_codes_sending_id'), 'code_sendings', ['sending_id'], ['id'])

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posts_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('report_lines', schema=None) as batch_op:
        batch_op.add_column(sa.Column('purpose', sa.String(), server_default='', nullable=False))

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('purpose', sa.String(), server_default='', nullable=False))
        batch_op.create_index('ix_tickets_purchases', ['company_id', 'sold_at'], unique=False, sqlite_where=sa.text("service = 'business_travel'"), postgresql_where=sa.text("service = 'business_travel'"))

    with op.batch_alter_table('traveller_imports', schema=None) as batch_op:
        batch_op.add_column(sa.Column('from_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('to_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('policy_group_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_traveller_imports_policy_group_id'), 'policy_groups', ['policy_group_id'], ['id'])
    _count_the_months()


def downgrade() -> None:
    with op.batch_alter_table('traveller_imports', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_traveller_imports_policy_group_id'), type_='foreignkey')
        batch_op.drop_column('policy_group_id')
        batch_op.drop_column('to_on')
        batch_op.drop_column('from_on')

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_index('ix_tickets_purchases', sqlite_where=sa.text("service = 'business_travel'"), postgresql_where=sa.text("service = 'business_travel'"))
        batch_op.drop_column('purpose')

    with op.batch_alter_table('report_lines', schema=None) as batch_op:
        batch_op.drop_column('purpose')

    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_posts_person_id'))

    with op.batch_alter_table('one_time_codes', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_one_time_codes_sending_id'), type_='foreignkey')
        batch_op.drop_index('ix_one_time_codes_unused', sqlite_where=sa.text('voided_at IS NULL AND used_at IS NULL AND reminded_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL AND used_at IS NULL AND reminded_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_one_time_codes_sending_id'))
        batch_op.drop_column('reminded_at')
        batch_op.drop_column('sending_id')

    with op.batch_alter_table('business_travel_connections', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_business_travel_connections_policy_group_id'), type_='foreignkey')
        batch_op.drop_index('ix_business_travel_connections_ending', sqlite_where=sa.text('to_on IS NOT NULL AND ended_at IS NULL'), postgresql_where=sa.text('to_on IS NOT NULL AND ended_at IS NULL'))
        batch_op.drop_column('paused_at')
        batch_op.drop_column('to_on')
        batch_op.drop_column('from_on')
        batch_op.drop_column('policy_group_id')

    with op.batch_alter_table('business_travel_authorisations', schema=None) as batch_op:
        batch_op.drop_column('purpose')
        batch_op.drop_column('valid_from')

    with op.batch_alter_table('payment_methods', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payment_methods_connection_id'))
        batch_op.drop_index(batch_op.f('ix_payment_methods_client_id'))

    op.drop_table('payment_methods')
    with op.batch_alter_table('limit_warnings', schema=None) as batch_op:
        batch_op.drop_index('ix_limit_warnings_untold', sqlite_where=sa.text('told_at IS NULL'), postgresql_where=sa.text('told_at IS NULL'))

    op.drop_table('limit_warnings')
    with op.batch_alter_table('limit_raises', schema=None) as batch_op:
        batch_op.drop_index('ix_limit_raises_granted', sqlite_where=sa.text("state = 'granted'"), postgresql_where=sa.text("state = 'granted'"))
        batch_op.drop_index(batch_op.f('ix_limit_raises_connection_id'))
        batch_op.drop_index(batch_op.f('ix_limit_raises_company_id'))
        batch_op.drop_index('ix_limit_raises_asked', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.drop_table('limit_raises')
    op.drop_table('purchase_months')
    with op.batch_alter_table('budget_warnings', schema=None) as batch_op:
        batch_op.drop_index('ix_budget_warnings_untold', sqlite_where=sa.text('told_at IS NULL'), postgresql_where=sa.text('told_at IS NULL'))

    op.drop_table('budget_warnings')
    with op.batch_alter_table('webhooks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_webhooks_message_id'))
        batch_op.drop_index('ix_webhooks_client')
        batch_op.drop_index(batch_op.f('ix_webhooks_about_id'))

    op.drop_table('webhooks')
    with op.batch_alter_table('policy_groups', schema=None) as batch_op:
        batch_op.drop_index('uq_policy_groups_default', sqlite_where=sa.text('is_default'), postgresql_where=sa.text('is_default'))

    op.drop_table('policy_groups')
    with op.batch_alter_table('idempotency_keys', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idempotency_keys_claimed_at'))

    op.drop_table('idempotency_keys')
    with op.batch_alter_table('code_sendings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_code_sendings_company_id'))

    op.drop_table('code_sendings')
    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_tokens_expires_at'))
        batch_op.drop_index(batch_op.f('ix_api_tokens_client_id'))

    op.drop_table('api_tokens')
    op.drop_table('api_clients')


LEDGER = sa.table(
    "business_travel_ledger", sa.column("kind", sa.String()),
    sa.column("company_id", sa.Uuid()), sa.column("department_id", sa.Uuid()),
    sa.column("charge_ore", sa.Integer()), sa.column("at", sa.DateTime()))
CHANGES = ["bought", "bought_ore", "refunded", "refunded_ore"]
MONTHS = sa.table(
    "purchase_months", sa.column("company_id", sa.Uuid()), sa.column("month_on", sa.Date()),
    sa.column("department_id", sa.Uuid()), *map(sa.column, CHANGES))


def _count_the_months() -> None:
    """What the ledger has charged so far, by department and month."""
    from collections import defaultdict
    from datetime import UTC
    from zoneinfo import ZoneInfo
    bind, zone = op.get_bind(), ZoneInfo("Europe/Stockholm")
    found: dict = defaultdict(lambda: dict.fromkeys(CHANGES, 0))
    for entry in bind.execute(sa.select(LEDGER).where(LEDGER.c.charge_ore != 0)).mappings():
        month_on = entry["at"].replace(tzinfo=UTC).astimezone(zone).date().replace(day=1)
        change = "bought" if entry["kind"] == "capture" else "refunded"
        month = found[entry["company_id"], month_on, entry["department_id"]]
        month[change] += 1
        month[f"{change}_ore"] += abs(entry["charge_ore"])
    if found:
        bind.execute(sa.insert(MONTHS), [
            dict(zip(MONTHS.c.keys()[:3], key, strict=True)) | month for key, month in found.items()])
