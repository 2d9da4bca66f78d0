"""Reminders of interviews, and whom they reach."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.notifications.tables.notifications import metadata

interview_reminders = sa.Table(
    "interview_reminders", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("application_id", sa.Uuid, nullable=False),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("employer_id", sa.Uuid, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("interview_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("reminder_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("fixed", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("candidate_hidden", sa.Boolean, nullable=False),
)  # fmt: skip

reminder_recipients = sa.Table(
    "reminder_recipients", metadata,
    sa.Column("reminder_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("task_id", sa.Uuid, nullable=False),
)  # fmt: skip


@dataclass(frozen=True)
class Reminder:
    """A reminder of an interview to both sides. `reminder_at` is when the first of them is reminded; `fixed` says that this was asked for.

    `candidate_hidden`: the organization does not learn whose account the candidate's is.
    """

    id: UUID
    application_id: UUID
    tenant_id: UUID
    candidate_id: UUID
    employer_id: UUID
    title: str
    interview_at: datetime
    reminder_at: datetime
    status: str
    fixed: bool
    created_at: datetime
    candidate_hidden: bool = False


@dataclass(frozen=True)
class Reminded:
    """One of the two who are reminded, and the task that does it."""

    reminder_id: UUID
    user_id: UUID
    remind_at: datetime
    status: str
    task_id: UUID
