"""A profile as JSON Resume, the open format of jsonresume.org, which other tools read and so does the parser here."""

from typing import Any
from urllib.parse import urlsplit

from einstellen.candidates.v1 import candidates_pb2

_SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
_NETWORKS = {
    "linkedin.com": "LinkedIn", "github.com": "GitHub", "gitlab.com": "GitLab", "xing.com": "Xing", "x.com": "X", "twitter.com": "Twitter",
    "stackoverflow.com": "Stack Overflow", "kaggle.com": "Kaggle", "medium.com": "Medium", "orcid.org": "ORCID", "behance.net": "Behance",
}  # fmt: skip


def json_resume(profile: candidates_pb2.Candidate) -> dict[str, Any]:
    """What is empty is left out, as the schema asks for formats that an empty text does not have."""
    links = [(link, _NETWORKS.get((urlsplit(link).hostname or "").removeprefix("www."), "")) for link in profile.links]
    city, _, region = profile.location.partition(", ")
    basics = {
        "name": f"{profile.first_name} {profile.last_name}".strip(), "label": profile.headline, "email": profile.email, "phone": profile.phone,
        "url": next((link for link, network in links if not network), ""), "summary": profile.summary,
        "location": _without_empty({"city": city, "region": region}),
        "profiles": [{"network": network, "username": urlsplit(link).path.strip("/").split("/")[-1], "url": link} for link, network in links if network],
    }  # fmt: skip
    resume = {
        "$schema": _SCHEMA,
        "basics": _without_empty(basics),
        "work": [_work(one) for one in profile.work_experience],
        "education": [
            _without_empty(
                {"institution": one.university, "studyType": one.degree, "startDate": _year(one.start_year), "endDate": _year(one.end_year)}
            )
            for one in profile.education
        ],
        "skills": [{"name": one.skill_name} for one in profile.skills],
        "certificates": [
            _without_empty({"name": one.title, "issuer": one.issued_by, "date": one.issue_date}) for one in profile.certifications
        ],
        "languages": [_without_empty({"language": one.name, "fluency": one.level}) for one in profile.languages],
        "projects": [_without_empty({"name": one.name, "description": one.description, "url": one.url}) for one in profile.projects],
    }
    return {name: value for name, value in resume.items() if value or name == "basics"}


def _work(one: candidates_pb2.WorkExperience) -> dict[str, Any]:
    """A line of the description is a highlight; a single one is the summary."""
    lines = [line for line in one.description.split("\n") if line.strip()]
    told: dict[str, Any] = {"highlights": lines} if len(lines) > 1 else {"summary": one.description.strip()}
    return _without_empty(
        {"name": one.company_name, "position": one.job_title, "startDate": one.start_date, "endDate": one.end_date, **told}
    )


def _year(year: int) -> str:
    return str(year) if year else ""


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
