"""The table of notes that the tests of the chassis keep beside its own."""

import sqlalchemy as sa

notes = sa.Table("notes", sa.MetaData(), sa.Column("tenant_id", sa.Uuid), sa.Column("subject_id", sa.Uuid), sa.Column("body", sa.Text))
