"""Who is gone is taken out of the logs of documents as well, in the system scope alone."""

from alembic import op

revision = "0004_people_who_go"
down_revision = "0003_changes"

POLICIES = """
CREATE POLICY document_updates_rename ON document_updates FOR UPDATE USING ((SELECT app_system()));
CREATE POLICY document_updates_drop ON document_updates FOR DELETE USING ((SELECT app_system()));
"""


def upgrade() -> None:
    op.execute(POLICIES)
