"""What the interviewer reads from the environment."""

from pydantic import Field

from services.chassis import settings as chassis


class Settings(chassis.Settings):
    """The chassis' settings, and where its rooms, its memory and its ears and voice are. The interviewer has no database."""

    gateway_url: str = Field(
        "127.0.0.1:8000", alias="GATEWAY_URL", description="The gateway's address inside the house, for its WebSockets."
    )
    interviews_url: str = Field("127.0.0.1:50057", alias="INTERVIEW_SERVICE_URL", description="gRPC address of interviews.")
    inference_url: str = Field("127.0.0.1:50055", alias="INFERENCE_SERVICE_URL", description="gRPC address of inference.")
    most_rooms: int = Field(4, ge=1, le=100, alias="INTERVIEWER_ROOMS", description="Interviews that one such process holds at once.")
    voice: str = Field("", alias="INTERVIEWER_VOICE", description="The voice it speaks with, by its provider's name for it.")
    video_kbits: int = Field(
        500,
        ge=0,
        le=1500,
        alias="INTERVIEWER_VIDEO_KBITS",
        description="Kilobits a second of each picture that is recorded; 0 records none.",
    )
