"""Decisions on interviews: who may do what, and when an answer is one."""

from collections.abc import Sequence
from datetime import timedelta

from services.chassis import errors
from services.chassis.calls import Person
from services.interviews.tables import Interview, QuestionAnswer

_WHO_ACTS = ("owner", "admin", "member")
_MOST_SIGNALS = 2000
_MOST_VOICES = 256 * 2**20
WAITS_FOR = timedelta(minutes=2)  # how long an interviewer waits for a candidate who has left
LONGEST = timedelta(hours=3)  # from the candidate's first entry
NOBODY_CAME = timedelta(days=14)  # after the start


def is_organization(interview: Interview, person: Person) -> bool:
    """Whether the person acts for the organization that started the interview."""
    return person.tenant_id == interview.tenant_id


def check_candidate(interview: Interview, person: Person) -> None:
    """Raises PermissionDenied for the organization's side: nobody answers in a candidate's place."""
    if interview.user_id != person.user_id:
        raise errors.PermissionDenied("CANDIDATE_ONLY", "only the candidate answers")


def check_acts(interview: Interview, person: Person) -> None:
    """Raises PermissionDenied for somebody of the organization who may only read."""
    if interview.user_id != person.user_id and person.role not in _WHO_ACTS:
        raise errors.PermissionDenied("ROLE_NOT_ALLOWED", f"this needs one of the roles {', '.join(_WHO_ACTS)} in the organization")


def check_running(interview: Interview) -> None:
    if interview.status != "running":
        raise not_running(interview)


def not_running(interview: Interview) -> errors.Refusal:
    words = {"starting": "has not begun yet", "cancelled": "was cancelled"}.get(interview.status, "is over")
    return errors.FailedPrecondition("INTERVIEW_NOT_RUNNING", f"this interview {words}")


def check_open(question: QuestionAnswer) -> None:
    if question.state != "open":
        raise errors.FailedPrecondition("QUESTION_ANSWERED", "this question is answered; the open one waits in GetInterview")


def check_answer(text: str, code: str) -> None:
    if not text.strip() and not code.strip():
        raise errors.invalid_field("text", "ANSWER_EMPTY", "needs words, or code")


def check_asks_for_code(question: QuestionAnswer) -> None:
    if not question.question["asks_for_code"]:
        raise errors.FailedPrecondition("CODE_NOT_ASKED", "this question asks for no code")


def check_code(code: str) -> None:
    if not code.strip():
        raise errors.invalid_field("code", "CODE_EMPTY", "needs code, here or in the shared editor")


def is_answered(questions: Sequence[QuestionAnswer]) -> bool:
    return any(question.state in ("answered", "transcribing") for question in questions)


def check_unanswered(questions: Sequence[QuestionAnswer]) -> None:
    if is_answered(questions):
        raise errors.FailedPrecondition("INTERVIEW_ANSWERED", "the candidate has answered already: end the interview instead")


def check_leads(interview: Interview, person: Person) -> None:
    """Raises PermissionDenied for all but those who act for the organization."""
    if interview.user_id == person.user_id or not is_organization(interview, person) or person.role not in _WHO_ACTS:
        raise errors.PermissionDenied("LEAD_NOT_ALLOWED", "only somebody of the organization leads in the interviewer's place")


def may(interview: Interview, person: Person) -> tuple[str, ...]:
    """What somebody may do in the room beside reading it."""
    leads = interview.user_id != person.user_id and is_organization(interview, person) and person.role in _WHO_ACTS
    return ("call", "consent", "lead") if leads else ("call", "consent")


def check_consent(interview: Interview) -> None:
    if interview.consented_at is None:
        raise errors.FailedPrecondition("CONSENT_MISSING", "nothing is recorded before the candidate has agreed to it: ConsentToRecording")


def check_recorded(kind: str, size: int, most_video: int) -> None:
    """Of voices, or of pictures."""
    most = _MOST_VOICES if kind == "audio" else most_video
    if size > most:
        raise errors.FailedPrecondition("RECORDING_FULL", f"of an interview {most >> 20} MiB of {kind} are recorded at most")


def check_signals(count: int) -> None:
    if count > _MOST_SIGNALS:
        raise errors.FailedPrecondition("SIGNALS_FULL", f"an interview keeps {_MOST_SIGNALS} signals at most")


def check_reported(interview: Interview) -> None:
    if interview.status != "ended":
        raise errors.FailedPrecondition("REPORT_MISSING", "there is no report yet: end the interview first")


def may_read_report(interview: Interview, person: Person) -> bool:
    return is_organization(interview, person) or interview.share_report
