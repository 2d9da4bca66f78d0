"""Every change in the audit log says what was before and what is after, or stands here with the reason why it does not."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SERVICES = Path(__file__).parents[2] / "services"

# What these words tell of was not there before, or is only read, sent or noted: there is no before.
FIRST = {
    "allowed", "begun", "challenged", "compacted", "considered", "created", "downloaded", "given", "granted", "held", "issued",
    "leased", "linked", "listed", "noted", "opened", "parsed", "read", "ready", "received", "recorded", "refilled", "registered", "requested",
    "said", "self_identified", "sent", "shared", "spent", "started", "transcribed", "unreadable", "uploaded", "voided", "written", "added",
    "change_requested", "reset_requested", "verification_requested", "impact_reported", "code_wrong",
    "tested", "replayed", "bounced", "withheld", "failed", "run", "ran", "examined",
}  # fmt: skip

# Changes without a before and an after, by the name of the action: why.
_SAYS_BOTH = "the action itself says which of two it was, and which it is"
_PERSONAL = "what it was is personal, and is kept nowhere"
_LEDGER = "the booking that it names has the amounts, in a ledger that nobody changes either"
WITHOUT = {
    "admin.created": "an account that was not there", "email.verified": _SAYS_BOTH, "email.changed": _PERSONAL, "password.changed": _PERSONAL,
    "billing_details.put": _PERSONAL, "user.updated": _PERSONAL, "user.deleted": _PERSONAL, "person.erased": _PERSONAL, "contact.put": _PERSONAL,
    "session.revoked": _SAYS_BOTH, "session.resumed": _SAYS_BOTH,
    "totp.codes_renewed": "a secret", "keys.rotated": "a secret; the entry before it names the key before", "export.expired": _SAYS_BOTH,
    "message.deleted": _PERSONAL, "message.edited": _PERSONAL, "tutor.deleted": _PERSONAL,
    "credits.expired": _LEDGER, "credits.refunded": _LEDGER,
    "report.kept": _SAYS_BOTH, "recording.refused": _SAYS_BOTH, "lead.taken": _SAYS_BOTH, "lead.given_back": _SAYS_BOTH,
    "answer.extended": "what was said is personal, and stands in the transcript",
    "preferences.unsubscribed": _SAYS_BOTH, "suppression.lifted": _SAYS_BOTH, "push_subscription.gone": _PERSONAL,
    "push_subscription.deleted": _PERSONAL, "notification.{}": "what the provider said of it, and it stays with what was said last",
    "interview.withdrawn": "one that never began",
    "{}.{}": "what a candidate writes of themselves: an entry of a list was added, changed or taken out, and is personal",
}  # fmt: skip


@cache
def _nodes() -> list[tuple[str, ast.Call]]:
    """Every call in a file that has to do with the audit log, and where it stands."""
    return [
        (f"{path.relative_to(SERVICES)}:{node.lineno}", node)
        for path in sorted(SERVICES.rglob("*.py"))
        if "audit." in (text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
    ]


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Each name of an action with the call that records it; `{}` stands for what is known at run time only."""
    for where, node in _nodes():
        if ast.unparse(node.func) in ("audit.record", "audit.row"):
            action = node.args[1 if ast.unparse(node.func) == "audit.record" else 0]
            for name in names(action):
                yield name, node, where


def names(action: ast.expr) -> list[str]:
    if isinstance(action, ast.Constant):
        return [str(action.value)]
    if isinstance(action, ast.IfExp):
        return [*names(action.body), *names(action.orelse)]
    if isinstance(action, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in action.values)]
    return ["{}"]


def says_both(call: ast.Call) -> bool:
    """Whether it spreads `audit.change` or `audit.turned`, or what one of them answered, into its details."""
    return any(keyword.arg is None for keyword in call.keywords)


def test_every_change_says_what_was_before_or_is_known_not_to() -> None:
    missing = {
        f"{where} {name}"
        for name, call, where in calls()
        if name != "{}" and not says_both(call) and name not in WITHOUT and name.rpartition(".")[2] not in FIRST
    }
    assert missing == set()


def test_no_reason_is_left_over() -> None:
    silent = {name for name, call, _ in calls() if not says_both(call)}
    assert set(WITHOUT) <= silent
    assert {name.rpartition(".")[2] for name in silent} >= FIRST


def test_what_is_told_before_and_after_is_no_secret_and_nothing_that_people_write_of_themselves() -> None:
    told = set()
    for _, node in _nodes():
        if ast.unparse(node.func) == "audit.turned":
            told |= {keyword.arg for keyword in node.keywords}
        elif ast.unparse(node.func) == "audit.change":
            told |= {ast.unparse(argument).strip("'*") for argument in node.args[2:]}
    assert told == {
        "status", "state", "role", "scopes", "name", "is_platform_admin", "organization_id", "discoverable", "auto_renew", "plan_id", "refunded",
        "recommendation", "hourly_rate", "rating", "value", "event_types", "secret_version", "interview_at", "off", "_TOLD",
    }  # fmt: skip
