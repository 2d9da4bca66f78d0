"""The types of events that organizations are told of by webhooks: which of our own events each comes from, and what it carries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_PREFIX = "einstellen."
_ID = {"type": "string", "format": "uuid"}
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "fields": {"type": "array", "items": {"type": "string"}},
    **{name: {"type": "string"} for name in ("from_status", "to_status", "role", "family")},
}


@dataclass(frozen=True)
class EventType:
    """`kind` is what `source` records. The subject's id is told under `subject`, and of the details those named, where they are there.

    What is told are ids and states, never what somebody wrote: an integrator fetches the rest, with the rights of their own key.
    """

    source: str
    kind: str
    subject: str
    description: str
    details: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return _PREFIX + self.kind

    def data(self, subject_id: str, details: Mapping[str, Any]) -> dict[str, Any]:
        return {self.subject: subject_id} | {name: details[name] for name in self.details if name in details}

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the body."""
        properties = {name: _SHAPES.get(name, _ID) for name in (self.subject, *self.details)}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["type", "timestamp", "data"],
            "properties": {
                "type": {"const": self.name},
                "timestamp": {"type": "string", "format": "date-time"},
                "data": {"type": "object", "required": [self.subject], "properties": properties},
            },
        }


TEST = EventType("notifications", "webhook.tested", "endpoint_id", "You asked for a test of this endpoint.")
_ALL = (
    EventType("jobs", "job.published", "job_id", "A job was published.", ("fields",)),
    EventType("jobs", "job.updated", "job_id", "A job was changed.", ("fields",)),
    EventType("jobs", "job.closed", "job_id", "A job was closed."),
    EventType("jobs", "application.created", "application_id", "Somebody applied for a job.", ("job_id", "candidate_id")),
    EventType(
        "jobs", "application.moved", "application_id", "An application has another status.",
        ("job_id", "candidate_id", "from_status", "to_status"),
    ),
    EventType("candidates", "candidate.created", "candidate_id", "A candidate was added."),
    EventType("candidates", "candidate.updated", "candidate_id", "A candidate was changed.", ("fields", "cv_id")),
    EventType("candidates", "candidate.deleted", "candidate_id", "A candidate is gone."),
    EventType("interviews", "interview.started", "interview_id", "An AI interview has begun.", ("candidate_id", "job_id")),
    EventType("interviews", "interview.ended", "interview_id", "An AI interview has ended, and its report is there.", ("candidate_id",)),
    EventType("billing", "subscription.changed", "subscription_id", "A subscription began, changed or ended.", ("family",)),
    EventType("auth", "organization.updated", "organization_id", "The organization's name was changed."),
    EventType("auth", "organization.suspended", "organization_id", "The organization was suspended."),
    EventType("auth", "organization.resumed", "organization_id", "The organization is no longer suspended."),
    EventType("auth", "member.added", "user_id", "Somebody joined the organization.", ("role",)),
    EventType("auth", "member.changed", "user_id", "A member has another role.", ("role",)),
    EventType("auth", "member.removed", "user_id", "A member left or was removed."),
    EventType("auth", "api_key.revoked", "api_key_id", "An API key was revoked.", ("user_id",)),
    TEST,
)  # fmt: skip
EVENT_TYPES: Mapping[str, EventType] = {each.name: each for each in _ALL}
SOURCES = frozenset(each.source for each in _ALL) - {TEST.source}
# What nobody is told: people's accounts and sessions are theirs, what an organization takes for one person is its own, and one that is just made has
# no endpoint.
UNTOLD = frozenset({"user.registered", "user.updated", "user.deleted", "session.revoked", "organization.created", "candidate.merged"})


def of_event(source: str, kind: str) -> EventType | None:
    found = EVENT_TYPES.get(_PREFIX + kind)
    return found if found is not None and found.source == source else None


def unknown(names: Iterable[str]) -> list[str]:
    return sorted(set(names) - EVENT_TYPES.keys())
