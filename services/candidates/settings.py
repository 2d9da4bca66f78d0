"""What candidates reads from the environment."""

from pydantic import Field

from services.chassis import settings as chassis


class Settings(chassis.Settings):
    """The chassis' settings, and how large an uploaded file may be."""

    max_upload_size: int = Field(
        10 * 1024 * 1024, ge=1024, le=10 * 1024 * 1024, alias="MAX_UPLOAD_SIZE", description="Bytes that an uploaded CV may have; 10 MiB at most."
    )  # fmt: skip
