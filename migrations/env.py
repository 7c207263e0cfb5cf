"""How Alembic takes a step: over the connection that it is given."""
from alembic import context

from domain.store import Base

context.configure(connection=context.config.attributes["connection"],
                  target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
