"""What candidates reads from the environment."""

from pydantic import Field

from services.chassis import settings as chassis


class Settings(chassis.Settings):
    """The chassis' settings, how large an uploaded file may be, and where inference is."""

    inference_url: str = Field("127.0.0.1:50055", alias="INFERENCE_SERVICE_URL", description="gRPC address of inference.")
    fill_gaps: bool = Field(
        default=True, alias="CV_FILL_GAPS", description="Whether a configured model is sent the text of a CV in which the parser missed something."
    )  # fmt: skip

    max_upload_size: int = Field(
        10 * 1024 * 1024, ge=1024, le=10 * 1024 * 1024, alias="MAX_UPLOAD_SIZE", description="Bytes that an uploaded CV may have; 10 MiB at most."
    )  # fmt: skip
