"""What interviews reads from the environment."""

from pydantic import Field

from services.chassis import settings as chassis


class Settings(chassis.Settings):
    """The chassis' settings, and where its neighbours are."""

    candidates_url: str = Field("127.0.0.1:50052", alias="CANDIDATE_SERVICE_URL", description="gRPC address of candidates.")
    jobs_url: str = Field("127.0.0.1:50053", alias="JOB_SERVICE_URL", description="gRPC address of jobs.")
    billing_url: str = Field("127.0.0.1:50056", alias="BILLING_SERVICE_URL", description="gRPC address of billing.")
    inference_url: str = Field("127.0.0.1:50055", alias="INFERENCE_SERVICE_URL", description="gRPC address of inference.")
