"""Staff offers with their deductions; invoices, their delivery and payment; statistics."""
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = depends_on = None


def upgrade() -> None:
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

    op.create_table('specification_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('company_id', sa.Uuid(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=True),
    sa.Column('invoice_id', sa.Uuid(), nullable=True),
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
    sa.ForeignKeyConstraint(['invoice_id'], ['invoices.id'], name=op.f('fk_specification_lines_invoice_id')),
    sa.ForeignKeyConstraint(['report_id'], ['monthly_reports.id'], name=op.f('fk_specification_lines_report_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_specification_lines_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_specification_lines')),
    sa.UniqueConstraint('ticket_id', 'entry', name=op.f('uq_specification_lines_ticket_id_entry'))
    )
    with op.batch_alter_table('specification_lines', schema=None) as batch_op:
        batch_op.create_index('ix_specification_lines_company', ['company_id', 'reference_number'], unique=False, sqlite_where=sa.text('invoice_id IS NULL'), postgresql_where=sa.text('invoice_id IS NULL'))
        batch_op.create_index('ix_specification_lines_invoice', ['invoice_id', 'counted_at'], unique=False)
        batch_op.create_index('ix_specification_lines_open', ['company_id', 'counted_at'], unique=False, sqlite_where=sa.text('report_id IS NULL'), postgresql_where=sa.text('report_id IS NULL'))
        batch_op.create_index('ix_specification_lines_report', ['report_id', 'counted_at'], unique=False)

    op.execute(sa.text(COPY))
    op.drop_table('report_lines')
    with op.batch_alter_table('monthly_reports', schema=None) as batch_op:
        batch_op.add_column(sa.Column('invoiced_at', sa.DateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('monthly_reports', schema=None) as batch_op:
        batch_op.drop_column('invoiced_at')

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
    with op.batch_alter_table('specification_lines', schema=None) as batch_op:
        batch_op.drop_index('ix_specification_lines_report')
        batch_op.drop_index('ix_specification_lines_open', sqlite_where=sa.text('report_id IS NULL'), postgresql_where=sa.text('report_id IS NULL'))
        batch_op.drop_index('ix_specification_lines_invoice')
        batch_op.drop_index('ix_specification_lines_company', sqlite_where=sa.text('invoice_id IS NULL'), postgresql_where=sa.text('invoice_id IS NULL'))

    op.execute(sa.text(BACK))
    op.drop_table('specification_lines')
    with op.batch_alter_table('invoices', schema=None) as batch_op:
        batch_op.drop_index('ix_invoices_month')
        batch_op.drop_index(batch_op.f('ix_invoices_credits_id'))
        batch_op.drop_index('ix_invoices_company')

    op.drop_table('invoices')


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
