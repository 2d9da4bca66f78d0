"""Which runner an installation has, by its settings."""

from pathlib import Path

from services.interviews.running.modules import default_folder
from services.interviews.running.programs import NoRunner, Runner
from services.interviews.running.sandbox import SandboxRunner
from services.interviews.settings import Settings


def runner(settings: Settings) -> Runner:
    """Raises SettingsError where a runner is named that cannot be reached without an address."""
    if settings.code_runner == "none":
        return NoRunner("CODE_RUNNER is none")
    return SandboxRunner(Path(settings.code_sandbox_dir) if settings.code_sandbox_dir else default_folder(), settings.code_runs)
