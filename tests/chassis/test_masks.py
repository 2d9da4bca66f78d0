"""Which fields of a request an update means."""

import pytest

from einstellen.jobs.v1 import jobs_pb2
from services.chassis import errors, masks

CHANGEABLE = ("title", "description", "location")


def test_without_a_mask_the_fields_that_are_set_are_meant() -> None:
    assert masks.chosen(jobs_pb2.UpdateJobRequest(job_id="1", title="Baker"), CHANGEABLE) == {"title"}


def test_with_a_mask_its_fields_are_meant_and_one_that_is_not_set_is_emptied() -> None:
    request = jobs_pb2.UpdateJobRequest(title="Baker", description="Bread")
    request.update_mask.paths.extend(["title", "location"])
    assert masks.chosen(request, CHANGEABLE) == {"title", "location"}


@pytest.mark.parametrize("path", ["job_id", "tenant_id", "title.deep", "*", ""])
def test_a_path_that_cannot_be_changed_is_refused_by_its_field(path: str) -> None:
    request = jobs_pb2.UpdateJobRequest(title="Baker")
    request.update_mask.paths.extend(["title", path])
    with pytest.raises(errors.InvalidArgument) as refusal:
        masks.chosen(request, CHANGEABLE)
    assert (refusal.value.reason, refusal.value.fields[0].field) == ("FIELD_MASK_INVALID", "update_mask")
