"""The tables of interviews, and what their rows become."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

interviews = sa.Table(
    "interviews", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("created_by", sa.Uuid, nullable=False),
    sa.Column("subscription_id", sa.Uuid),
    sa.Column("candidate_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid),
    sa.Column("candidate_name", sa.Text, nullable=False),
    sa.Column("job_id", sa.Uuid, nullable=False),
    sa.Column("job_title", sa.Text, nullable=False),
    sa.Column("question_count", sa.Integer, nullable=False),
    sa.Column("share_report", sa.Boolean, nullable=False),
    sa.Column("resume", JSONB(none_as_null=True)),
    sa.Column("job_description", JSONB(none_as_null=True)),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("start_key", sa.Text),
    sa.Column("start_hash", sa.LargeBinary, nullable=False),
    sa.Column("start_task_id", sa.Uuid, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("overall_score", sa.Numeric(4, 1)),
    sa.Column("consented_at", sa.DateTime(timezone=True)),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True)),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
)  # fmt: skip

question_answers = sa.Table(
    "question_answers", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("interview_id", sa.Uuid, nullable=False),
    sa.Column("position", sa.Integer),
    sa.Column("number", sa.Integer),
    sa.Column("question", JSONB, nullable=False),
    sa.Column("follows_id", sa.Uuid),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("recording_type", sa.Text, nullable=False),
    sa.Column("recording_id", sa.Uuid),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("is_considered", sa.Boolean, nullable=False),
    sa.Column("score", sa.Numeric(4, 1)),
    sa.Column("is_deviated", sa.Boolean),
    sa.Column("evidence", JSONB(none_as_null=True)),
    sa.Column("asked_at", sa.DateTime(timezone=True)),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
)  # fmt: skip

transcript = sa.Table(
    "transcript", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("interview_id", sa.Uuid, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("speaker", sa.Text, nullable=False),
    sa.Column("sender_id", sa.Uuid),
    sa.Column("sender_name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("question_id", sa.Uuid),
    sa.Column("client_id", sa.Text),
    sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

transcript_reads = sa.Table(
    "transcript_reads", metadata,
    sa.Column("interview_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)  # fmt: skip

feedback_reports = sa.Table(
    "feedback_reports", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("interview_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("overall_score", sa.Numeric(4, 1), nullable=False),
    sa.Column("detailed_scores", JSONB, nullable=False),
    sa.Column("comments", sa.Text, nullable=False),
    sa.Column("generated_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

score_overrides = sa.Table(
    "score_overrides", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("interview_id", sa.Uuid, nullable=False),
    sa.Column("question_id", sa.Uuid),
    sa.Column("value", sa.Numeric(4, 1), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

signals = sa.Table(
    "signals", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("interview_id", sa.Uuid, nullable=False),
    sa.Column("question_id", sa.Uuid),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("amount", sa.Double, nullable=False),
    sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

rooms = sa.Table(
    "rooms", metadata,
    sa.Column("interview_id", sa.Uuid, primary_key=True),
    sa.Column("wanted_until", sa.DateTime(timezone=True), nullable=False),
    sa.Column("lease_id", sa.Uuid),
    sa.Column("lease_holder", sa.Text, nullable=False),
    sa.Column("lease_until", sa.DateTime(timezone=True)),
    sa.Column("spoken_seq", sa.BigInteger, nullable=False),
    sa.Column("lead_user_id", sa.Uuid),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

room_consents = sa.Table(
    "room_consents", metadata,
    sa.Column("interview_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

track_pieces = sa.Table(
    "track_pieces", metadata,
    sa.Column("track_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("interview_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid),
    sa.Column("speaker", sa.Text, nullable=False),
    sa.Column("file_id", sa.Uuid, nullable=False),
    sa.Column("size_bytes", sa.Integer, nullable=False),
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
)  # fmt: skip

code_runs = sa.Table(
    "code_runs", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("interview_id", sa.Uuid, nullable=False),
    sa.Column("question_id", sa.Uuid, nullable=False),
    sa.Column("is_final", sa.Boolean, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("runner", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("results", JSONB, nullable=False),
    sa.Column("growth", sa.Double),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
)  # fmt: skip

documents = sa.Table(
    "documents", metadata,
    sa.Column("interview_id", sa.Uuid, primary_key=True),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("state_seq", sa.BigInteger, nullable=False),
)  # fmt: skip

document_updates = sa.Table(
    "document_updates", metadata,
    sa.Column("interview_id", sa.Uuid, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("batch_id", sa.Uuid, nullable=False),
    sa.Column("sender_id", sa.Uuid, nullable=False),
    sa.Column("update", sa.LargeBinary, nullable=False),
    sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip


@dataclass(frozen=True)
class Interview:
    """An interview; `tenant_id` is the employer's, `user_id` the candidate's account, known once the resume was read.

    A row is `starting` from its claim to its charge. Its id is the key of that charge. `start_task_id` is the task that finishes a start which broke off.
    `resume` and `job_description` are a Background and an Opening as JSON: what the questions were made from, whatever becomes of the originals.
    """

    id: UUID
    tenant_id: UUID
    created_by: UUID
    subscription_id: UUID | None
    candidate_id: UUID
    user_id: UUID | None
    candidate_name: str
    job_id: UUID
    job_title: str
    question_count: int
    share_report: bool
    resume: dict[str, Any] | None
    job_description: dict[str, Any] | None
    status: str
    start_key: str | None
    start_hash: bytes
    start_task_id: UUID
    last_seq: int
    overall_score: Decimal | None
    consented_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def room_name(self) -> str:
        """The room that both sides share."""
        return f"interview-{self.id}"


@dataclass(frozen=True)
class QuestionAnswer:
    """A planned or asked question, as JSON of asking's Question, with its answer.

    `position` is its place in the plan, from 0; what came up on the way has none. `number` says when it was asked, from 1.
    `state` is `planned`, `open`, `transcribing`, `answered` or `unanswered`. `is_considered` says that the next question was chosen with this answer in
    mind; `score` and `evidence` may come later, where the models were away.
    """

    id: UUID
    interview_id: UUID
    position: int | None
    number: int | None
    question: dict[str, Any]
    follows_id: UUID | None
    state: str
    answer: str
    code: str
    language: str
    source: str
    recording_type: str
    recording_id: UUID | None
    problem: str
    is_considered: bool
    score: Decimal | None
    is_deviated: bool | None
    evidence: dict[str, Any] | None
    asked_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Line:
    """One thing that was said. Without a sender it was the interviewer."""

    id: UUID
    interview_id: UUID
    seq: int
    speaker: str
    sender_id: UUID | None
    sender_name: str
    text: str
    question_id: UUID | None
    client_id: str | None
    said_at: datetime


@dataclass(frozen=True)
class Report:
    """A report; `detailed_scores` is all of it that is not a column, as JSON."""

    id: UUID
    interview_id: UUID
    version: int
    overall_score: Decimal
    detailed_scores: dict[str, Any]
    comments: str
    generated_at: datetime


@dataclass(frozen=True)
class Override:
    """A person's score beside that of the rules; without a question, for the interview as a whole."""

    id: UUID
    interview_id: UUID
    question_id: UUID | None
    value: Decimal
    reason: str
    user_id: UUID
    created_at: datetime


@dataclass(frozen=True)
class Signal:
    """Something that was noticed: by the candidate's client at `noticed_at`, by its own clock, and told us at `created_at`, or by us in the record itself."""

    id: UUID
    interview_id: UUID
    question_id: UUID | None
    kind: str
    amount: float
    noticed_at: datetime
    created_at: datetime


@dataclass(frozen=True)
class RoomState:
    """What is kept of a room beside its transcript, so that any interviewer can go on in it.

    Somebody waits for an interviewer until `wanted_until`. The one that has the lease says so with each call, by `lease_id`. Up to `spoken_seq` all was said
    aloud.
    """

    interview_id: UUID
    wanted_until: datetime
    lease_id: UUID | None
    lease_holder: str
    lease_until: datetime | None
    spoken_seq: int
    lead_user_id: UUID | None
    opened_at: datetime


@dataclass(frozen=True)
class Piece:
    """A stretch of one voice or picture (`kind`: `audio` or `video`), in a file of its own."""

    track_id: UUID
    number: int
    interview_id: UUID
    user_id: UUID | None
    speaker: str
    file_id: UUID
    size_bytes: int
    milliseconds: int
    started_at: datetime
    kind: str


@dataclass(frozen=True)
class CodeRun:
    """One run of a candidate's code. `results` has the outcome of each test as JSON; a run that was never ended died with its process."""

    id: UUID
    interview_id: UUID
    question_id: UUID
    is_final: bool
    language: str
    code: str
    runner: str
    state: str
    problem: str
    results: list[dict[str, Any]]
    growth: float | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Document:
    """The shared editor of an interview: `state` is what all updates up to `state_seq` make, `size` what all in its log weigh."""

    interview_id: UUID
    last_seq: int
    size: int
    state: bytes
    state_seq: int


@dataclass(frozen=True)
class Update:
    """One entry in the log of edits: a Yjs update, by whom, and in which batch it came."""

    interview_id: UUID
    seq: int
    batch_id: UUID
    sender_id: UUID
    update: bytes
    stored_at: datetime


@dataclass(frozen=True)
class Stretch:
    """Edits of one sender without a long pause, by the numbers and times of the first and the last."""

    sender_id: UUID
    first_seq: int
    last_seq: int
    began_at: datetime
    ended_at: datetime
