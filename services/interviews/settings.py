"""What interviews reads from the environment."""

from typing import Literal

from pydantic import Field, SecretStr

from services.chassis import settings as chassis


class Settings(chassis.Settings):
    """The chassis' settings, and where its neighbours are."""

    candidates_url: str = Field("127.0.0.1:50052", alias="CANDIDATE_SERVICE_URL", description="gRPC address of candidates.")
    jobs_url: str = Field("127.0.0.1:50053", alias="JOB_SERVICE_URL", description="gRPC address of jobs.")
    billing_url: str = Field("127.0.0.1:50056", alias="BILLING_SERVICE_URL", description="gRPC address of billing.")
    inference_url: str = Field("127.0.0.1:50055", alias="INFERENCE_SERVICE_URL", description="gRPC address of inference.")
    video_mib: int = Field(
        1024, ge=0, le=1_000_000, alias="INTERVIEW_VIDEO_MIB", description="MiB of pictures that are recorded of one interview at most."
    )
    code_runner: Literal["wasm", "judge0", "piston", "none"] = Field(
        "wasm", alias="CODE_RUNNER", description="What runs candidates' code: wasm (in a sandbox here), judge0, piston, or none."
    )
    code_runner_url: str = Field("", alias="CODE_RUNNER_URL", description="The address of Judge0 or Piston.")
    code_runner_token: SecretStr = Field(
        SecretStr(""), alias="CODE_RUNNER_TOKEN", description="The token for it: Judge0's X-Auth-Token, or Piston's Authorization header."
    )
    code_sandbox_dir: str = Field(
        "",
        alias="CODE_SANDBOX_DIR",
        description="Where the sandbox keeps its compiled languages: a folder of this user's alone; beside the packages without it.",
    )
    code_runs: int = Field(2, ge=1, le=64, alias="CODE_RUNS", description="Programs of candidates that this process runs at once.")
