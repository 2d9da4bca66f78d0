"""CVs over gRPC: taken in raw and as forms, read, and given back; hostile ones leave nothing behind."""

from collections.abc import Callable

import pytest

from tests.services.candidates.conftest import DATA, FORM, Applicant, form

CVS = ("ada-lindqvist.pdf", "marco-ferrari.docx", "sofia-keller.pdf")


@pytest.mark.parametrize("name", CVS)
@pytest.mark.parametrize("as_form", [False, True], ids=["raw", "form"])
def test_a_cv_fills_an_empty_profile(applicant: Callable[..., Applicant], name: str, as_form: bool) -> None:
    data, person = (DATA / name).read_bytes(), applicant()
    cv = person.read(form(data, name, before="a note"), FORM) if as_form else person.read(data)
    assert (cv.status, cv.reason, cv.size_bytes) == ("parsed", "", len(data))
    assert cv.file_name == (name if as_form else f"cv.{name.rpartition('.')[2]}")
    profile = person.profile()
    first, _, last = name.partition(".")[0].replace("-", " ").title().partition(" ")
    assert (profile.first_name, profile.last_name) == (first, last)
    assert len(profile.work_experience) == 3
    assert {entry.source for entry in (*profile.work_experience, *profile.skills, *profile.education)} == {"cv"}
