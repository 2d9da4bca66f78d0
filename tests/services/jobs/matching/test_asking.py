"""What the text of a job demands, and what else it says."""

import pytest

from services.jobs.matching.asking import asked
from services.jobs.matching.profile import JobText
from services.jobs.matching.signals import job_skills

AD = """Acme Logistics sells accounting software to hospitals. We are looking for a developer who knows PostgreSQL.

What you will do
- Build services in Python and run them on Kubernetes

Your profile:
* Docker (Terraform is a plus)
* At least three years with gRPC

Nice to have
* Redis

What we offer
* Coaching and a Salesforce licence
"""


def test_demands_and_wishes_are_told_apart_and_the_company_asks_for_nothing():
    read = asked("Backend Developer (Rust)", AD)
    assert read.demanded == ("Rust", "PostgreSQL", "Python", "Kubernetes", "Docker", "gRPC")
    assert read.wished == ("Terraform", "Redis")


@pytest.mark.parametrize(
    ("text", "demanded", "wished"),
    [
        ("We need Python. Docker would be a plus.", ("Python",), ("Docker",)),
        ("We are a leading retail company. You write Java.", ("Java",), ()),
        ("Requirements\nPython\nDocker preferred\nKubernetes", ("Python", "Kubernetes"), ("Docker",)),
        ("Wir sind ein Logistikkonzern mit Salesforce.\nDein Profil\n- Python\n- Docker von Vorteil", ("Python",), ("Docker",)),
        ("Profil recherché\n- Python\nNous offrons\n- Salesforce", ("Python",), ()),
        ("Requisitos:\n- Python\nSe valora:\n- Docker", ("Python",), ("Docker",)),
        ("Docker is a plus. We use Docker every day.", ("Docker",), ()),
        ("", (), ()),
    ],
)
def test_a_text_in_other_words(text, demanded, wished):
    read = asked("", text)
    assert (read.demanded, read.wished) == (demanded, wished)


def test_what_only_the_company_says_of_itself_is_missing_to_nobody():
    fits = job_skills(JobText("Backend Developer", AD, ("Python",)))
    assert [fit.skill for fit in fits if fit.required] == ["Python"]
    assert {fit.skill for fit in fits}.isdisjoint({"Logistics", "Accounting", "Coaching", "Salesforce"})
