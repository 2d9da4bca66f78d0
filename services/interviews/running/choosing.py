"""Which runner an installation has, by its settings."""

from pathlib import Path

from services.chassis.settings import SettingsError
from services.interviews.running.judge0 import Judge0
from services.interviews.running.modules import default_folder
from services.interviews.running.piston import Piston
from services.interviews.running.programs import NoRunner, Runner
from services.interviews.running.sandbox import SandboxRunner
from services.interviews.settings import Settings


def runner(settings: Settings) -> Runner:
    """Raises SettingsError where a server is to run the code and no address of it is given."""
    if settings.code_runner == "none":
        return NoRunner("CODE_RUNNER is none")
    if settings.code_runner == "wasm":
        folder = Path(settings.code_sandbox_dir) if settings.code_sandbox_dir else default_folder()
        sandbox = SandboxRunner(folder, settings.code_runs)
        sandbox.languages()  # what is not compiled is begun now, and not when the first candidate waits
        return sandbox
    if not settings.code_runner_url:
        raise SettingsError(f"CODE_RUNNER is {settings.code_runner}: set CODE_RUNNER_URL to its address")
    token = settings.code_runner_token.get_secret_value()
    if settings.code_runner == "judge0":
        return Judge0(settings.code_runner_url, token)
    return Piston(settings.code_runner_url, token)
