"""What billing reads from the environment."""

from pydantic import Field

from services.chassis import settings as chassis


class Settings(chassis.Settings):
    """The chassis' settings, and when credits are few."""

    low_credits: int = Field(10, ge=0, alias="LOW_CREDIT_THRESHOLD", description="Below this many credits of a unit its owner is warned.")
    tokens_per_credit: int = Field(
        2000, ge=2, alias="TOKENS_PER_CREDIT", description="How many tokens of a model one `ai` credit pays for."
    )
