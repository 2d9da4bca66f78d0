"""What the gateway reads from the environment."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr

from services.chassis import settings as chassis

_Words = Annotated[tuple[str, ...], BeforeValidator(lambda value: tuple(filter(None, str(value).replace(",", " ").split())))]


class Settings(chassis.Settings):
    """The chassis' settings, where the services are, and what a socket may cost. The gateway has no database."""

    grpc_listen: str = Field(
        "", alias="GRPC_LISTEN", description="The address for gRPC health and reflection of the whole house; off without it."
    )
    notifications_url: str = Field("127.0.0.1:50054", alias="NOTIFICATION_SERVICE_URL", description="gRPC address of notifications.")
    candidates_url: str = Field(
        "", alias="CANDIDATE_SERVICE_URL", description="gRPC address of candidates; not asked for its health without it."
    )
    jobs_url: str = Field("", alias="JOB_SERVICE_URL", description="gRPC address of jobs; not asked for its health without it.")
    inference_url: str = Field(
        "", alias="INFERENCE_SERVICE_URL", description="gRPC address of inference; not asked for its health without it."
    )
    billing_url: str = Field("", alias="BILLING_SERVICE_URL", description="gRPC address of billing; not asked for its health without it.")
    interviews_url: str = Field("127.0.0.1:50057", alias="INTERVIEW_SERVICE_URL", description="gRPC address of interviews.")
    most_sockets: int = Field(10_000, ge=1, alias="GATEWAY_SOCKETS", description="Open sockets that this process takes; more are refused.")
    queued_frames: int = Field(256, ge=8, alias="GATEWAY_QUEUE", description="Frames that may wait for a slow reader before it is dropped.")
    most_rooms: int = Field(
        50, ge=1, alias="GATEWAY_ROOMS_EACH", description="Rooms and documents that one person may have open in this process at once."
    )
    drain_seconds: float = Field(
        5.0, ge=0, alias="GATEWAY_DRAIN", description="Over how long the sockets are asked to come again elsewhere when this process stops."
    )
    heartbeat_seconds: float = Field(
        25.0, gt=0, alias="GATEWAY_HEARTBEAT", description="How often an idle socket is asked whether it is still there."
    )

    ice_urls: _Words = Field(
        (),
        alias="ICE_URLS",
        description="STUN and TURN servers that browsers are told of, as stun:turn.example.com:3478 turn:turn.example.com:3478.",
    )
    turn_secret: SecretStr = Field(
        SecretStr(""),
        alias="TURN_SECRET",
        description="What is shared with the TURN servers (coturn: static-auth-secret); none are told of without it.",
    )
    turn_seconds: int = Field(
        4 * 3600, ge=60, alias="TURN_SECONDS", description="How long the credentials for TURN are good, which are made for each socket."
    )

    @property
    def peers(self) -> Mapping[str, str]:
        """The addresses of the services that the house cannot do without, by name: what /readyz asks."""
        every = {
            "auth": self.keys_url, "notifications": self.notifications_url, "candidates": self.candidates_url, "jobs": self.jobs_url,
            "inference": self.inference_url, "billing": self.billing_url, "interviews": self.interviews_url,
        }  # fmt: skip
        return {name: address for name, address in every.items() if address}
