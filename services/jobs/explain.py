"""A match score in the contract's words: its parts, and a sentence for people."""

from collections.abc import Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict

from einstellen.jobs.v1 import jobs_pb2
from services.jobs.matching.score import Score
from services.jobs.matching.signals import SkillFit

_NAMED = 5


def to_match_score(score: Score) -> jobs_pb2.MatchScore:
    signals = [
        jobs_pb2.Signal(
            name=one.name, weight=one.weight / 100, value=one.value, contribution=one.contribution, detail=_detail(one.name, score)
        )
        for one in score.signals
    ]  # fmt: skip
    fits = (*score.matched_skills, *score.missing_skills)
    total = sum(fit.weight for fit in fits)
    return jobs_pb2.MatchScore(
        value=score.value, signals=signals, matched_skills=[fit.skill for fit in score.matched_skills],
        missing_skills=[fit.skill for fit in score.missing_skills],
        matched_terms=[jobs_pb2.MatchedTerm(term=one.term, share=one.share) for one in score.terms], summary=summary(score),
        skills=[
            jobs_pb2.SkillShare(skill=fit.skill, share=round(fit.weight / total, 4), key=fit.required, evidence=fit.evidence)
            for fit in sorted(fits, key=lambda fit: (-fit.weight, fit.skill))
        ],
    )  # fmt: skip


def to_json(score: Score) -> dict[str, Any]:
    """As it is stored: with the versions of what it was computed by, so that it can be told from one computed otherwise."""
    said = MessageToDict(to_match_score(score), preserving_proto_field_name=True)
    return {"idf_version": score.idf_version, "rules_version": score.rules_version, "score": said}


def from_json(explanation: dict[str, Any]) -> jobs_pb2.MatchScore:
    return ParseDict(explanation["score"], jobs_pb2.MatchScore(), ignore_unknown_fields=True)


def summary(score: Score) -> str:
    """As `61.5 of 100: has 4 of 6 skills (Python, SQL, Docker, Git); lacks Kubernetes and Terraform; shares the words backend, payments.`"""
    parts = []
    asked = len(score.matched_skills) + len(score.missing_skills)
    if asked:
        named = f" ({_list(score.matched_skills)})" if score.matched_skills else ""
        parts.append(f"has {len(score.matched_skills)} of {asked} skills{named}")
    if score.missing_skills:
        parts.append(f"lacks {_list(score.missing_skills)}")
    if score.terms:
        parts.append(f"shares the words {', '.join(one.term for one in score.terms[:_NAMED])}")
    return f"{score.value:.1f} of 100: {'; '.join(parts) or 'the two texts have nothing in common'}."


def _list(fits: Sequence[SkillFit]) -> str:
    names = [fit.skill for fit in fits[:_NAMED]]
    more = len(fits) - len(names)
    if more:
        return f"{', '.join(names)} and {more} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _detail(name: str, score: Score) -> str:
    if name == "skills":
        implied = [f"{fit.skill} {fit.evidence}" for fit in score.matched_skills if fit.evidence.startswith("implied")]
        return ", ".join([f"{len(score.matched_skills)} of {len(score.matched_skills) + len(score.missing_skills)}", *implied])
    return f"similarity {score.similarity:.3f}" if name == "text" else ""
