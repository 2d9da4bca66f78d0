"""What is produced from the contracts: Python, the descriptor set, the OpenAPI document, which fields Envoy lets through, who may call what."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from cli.contracts import bodies, permissions, thirdparty
from cli.contracts.openapi import document

DESCRIPTORS = "einstellen.binpb"
OPENAPI = "openapi.json"
BODIES = "bodies.lua"
PERMISSIONS = "permissions.md"

# Where the plugins and the checker of bodies are found, also when the contracts of another folder are worked on.
_CODE = Path(__file__).resolve().parents[2]


class BufError(Exception):
    """What buf found wrong, in its own words."""


def buf(root: Path, *arguments: str) -> None:
    """Run buf in the repository root; raises BufError with all that it printed when it refuses."""
    scripts = Path(sys.executable).parent
    # The plugins run with this Python, whether or not its environment is activated.
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}", "PYTHONPATH": str(_CODE)}
    done = subprocess.run([scripts / "buf", *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BufError((done.stdout + done.stderr).strip())


def generate(root: Path, out: Path) -> None:
    """Write everything into a folder: into `generated/`, or elsewhere to compare. Files of contracts that are gone are removed."""
    thirdparty.write_protos(root / ".cache/proto")
    out.mkdir(parents=True, exist_ok=True)
    for package in ("einstellen", "buf"):
        shutil.rmtree(out / package, ignore_errors=True)
    buf(root, "generate", "--output", str(out))
    for stub in out.rglob("*_pb2_grpc.pyi"):
        if not stub.with_suffix(".py").exists():
            stub.unlink()  # of a file without services
    buf(root, "build", "--as-file-descriptor-set", "--output", f"{out / DESCRIPTORS}#format=binpb")
    files = FileDescriptorSet.FromString((out / DESCRIPTORS).read_bytes())
    for file in files.file:
        if not file.package.startswith("einstellen."):
            # The comments of ours are kept, for documentation is made from them; those of others are only weight.
            file.ClearField("source_code_info")
    (out / DESCRIPTORS).write_bytes(files.SerializeToString(deterministic=True))
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    (out / OPENAPI).write_text(json.dumps(document(files, version), indent=2, ensure_ascii=False) + "\n")
    (out / BODIES).write_text(bodies.script(files, (_CODE / "deploy/envoy" / BODIES).read_text()))
    (out / PERMISSIONS).write_text(permissions.page(files))
