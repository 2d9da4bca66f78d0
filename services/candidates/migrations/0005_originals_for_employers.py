"""Organizations read the CVs of those who applied to them, beside the profile that was filled from them."""

from alembic import op

revision = "0005_originals_for_employers"
down_revision = "0004_quicker_policies"

POLICIES = """
CREATE POLICY cvs_read ON cvs FOR SELECT USING (
    EXISTS (SELECT FROM grants g WHERE g.candidate_id = cvs.candidate_id AND g.tenant_id = (SELECT app_tenant())));
DROP POLICY cv_texts_own ON cv_texts;
CREATE POLICY cv_texts_read ON cv_texts FOR SELECT USING (EXISTS (SELECT FROM cvs c WHERE c.id = cv_id));
"""


def upgrade() -> None:
    op.execute(POLICIES)
