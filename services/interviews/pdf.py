"""The report as a PDF: set by Typst from a template, with everything that people wrote as data."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from services.interviews.tables import Interview, QuestionAnswer, Report

_TEMPLATE = Path(__file__).with_name("report.typ")


def render(interview: Interview, report: Report, questions: Sequence[QuestionAnswer]) -> bytes:
    """The same report is the same text; only the fonts inside Typst are used."""
    told = report.detailed_scores
    data = {
        "title": f"Interview report: {interview.candidate_name}", "candidate": interview.candidate_name, "job": interview.job_title,
        "interview_id": str(interview.id), "day": _day(interview.started_at), "generated": _day(report.generated_at), "version": report.version,
        "rubric": told["rubric"], "overall": float(report.overall_score), "comments": report.comments, "skills": told["skills"],
        "strengths": told["strengths"], "gaps": told["gaps"], "questions": [_question(row) for row in questions],
    }  # fmt: skip
    made = typst.compile(_TEMPLATE, format="pdf", ignore_system_fonts=True, sys_inputs={"report": json.dumps(data)})
    assert isinstance(made, bytes)
    return made


def _question(row: QuestionAnswer) -> dict[str, Any]:
    evidence = row.evidence or {}
    return {
        "number": row.number, "text": row.question["text"], "answer": row.answer, "code": row.code, "value": evidence.get("value"),
        "deviated": evidence.get("is_deviated", False),
        "points": [{name: point[name] for name in ("text", "found", "quote")} for point in evidence.get("points", [])],
    }  # fmt: skip


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%-d %B %Y}" if moment else ""
