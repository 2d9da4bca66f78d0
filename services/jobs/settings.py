"""What jobs reads from the environment."""

from pydantic import Field

from services.chassis.places import PlacedSettings


class Settings(PlacedSettings):
    """The chassis' settings, and where candidates and notifications are, and where the index may rest."""

    candidates_url: str = Field("127.0.0.1:50052", alias="CANDIDATE_SERVICE_URL", description="gRPC address of candidates.")
    notifications_url: str = Field("127.0.0.1:50054", alias="NOTIFICATION_SERVICE_URL", description="gRPC address of notifications.")
    matching_snapshot_dir: str = Field(
        "",
        alias="MATCHING_SNAPSHOT_DIR",
        description="A folder of this replica's own for the index of candidates; empty reads it from the database.",
    )
