"""How profiles, jobs, questions and scores become what the interviewer works with, and how that is stored."""

import re
from collections import Counter
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from einstellen.candidates.v1 import candidates_pb2
from einstellen.jobs.v1 import jobs_pb2
from services.chassis import skills
from services.interviews.scoring.answers import AnswerScore
from services.interviews.subjects import Answer, Background, CodeResult, Opening, Question, question_from_json
from services.interviews.tables import QuestionAnswer

_SCORE = TypeAdapter(AnswerScore)
_OPENING = TypeAdapter(Opening)
_YEAR = re.compile(r"[12]\d{3}")
_SENIOR = re.compile(r"\b(?:senior|sr|lead|principal|staff|head|chief|architect|director)\b", re.IGNORECASE)
_JUNIOR = re.compile(r"\b(?:junior|jr|trainee|intern|internship|apprentice|graduate|entry[- ]level|assistant)\b", re.IGNORECASE)


def background(candidate: candidates_pb2.Candidate, today: date) -> Background:
    """What a candidate's profile says, without name, birth date, address or school: questions and scores have no use for them."""
    work = sorted(candidate.work_experience, key=lambda one: (not one.end_date, one.end_date, one.start_date), reverse=True)
    years = sum(max(0, _year(one.end_date, today.year) - _year(one.start_date, today.year)) for one in work if one.start_date)
    return Background(
        skills=tuple(skill.skill_name for skill in candidate.skills), titles=tuple(one.job_title for one in work), years=float(years),
        employers=tuple(one.company_name for one in work), headline=candidate.headline,
    )  # fmt: skip


def opening(job: jobs_pb2.Job) -> Opening:
    """Its skills in the order of their weight: those in the title first, then those that the text comes back to most often."""
    level = "senior" if _SENIOR.search(job.title) else "junior" if _JUNIOR.search(job.title) else ""
    in_title = {mention.skill for mention in skills.find_skills(job.title)}
    mentions = Counter(mention.skill for mention in skills.find_skills(job.description))
    ordered = sorted(job.key_skills, key=lambda name: (name not in in_title, -mentions[name]))
    return Opening(title=job.title, description=job.description, key_skills=tuple(ordered), level=level)


def display_name(candidate: candidates_pb2.Candidate) -> str:
    return f"{candidate.first_name} {candidate.last_name}".strip()


def plain(row: Any) -> dict[str, Any]:
    """A dataclass as JSON."""
    return asdict(row)


def question(stored: dict[str, Any]) -> Question:
    return question_from_json(stored)


def answer(row: QuestionAnswer, result: CodeResult | None = None) -> Answer:
    return Answer(row.answer, row.code, row.language, result)


def opening_from(stored: dict[str, Any] | None) -> Opening:
    return _OPENING.validate_python(stored)


def score(stored: dict[str, Any]) -> AnswerScore:
    return _SCORE.validate_python(stored)


def points(value: float) -> Decimal:
    """A score as it is stored: one digit behind the point."""
    return Decimal(f"{value:.1f}")


def _year(written: str, otherwise: int) -> int:
    found = _YEAR.match(written)
    return int(found[0]) if found else otherwise
