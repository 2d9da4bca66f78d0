"""The .proto files of others that our contracts import, brought together from the installed wheels."""

import os
from importlib import util
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from protovalidate._gen.buf.validate import validate_pb  # the wheel has the descriptor here and no .proto file

from cli.contracts.render import to_proto

# The first three are imported by contracts. The others are details of errors: whoever decodes those needs them in the descriptor set.
_GOOGLE = (
    "google/api/annotations.proto",
    "google/api/http.proto",
    "google/api/httpbody.proto",
    "google/rpc/code.proto",
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
)


def write_protos(folder: Path) -> None:
    """Fill the folder with exactly these files. Those that are right already are not touched, for another run may be reading them."""
    wanted = {folder / name: _installed(name).read_text() for name in _GOOGLE}
    wanted[folder / "buf/validate/validate.proto"] = to_proto(FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary()))
    for path, text in wanted.items():
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}")
            fresh.write_text(text)
            fresh.replace(path)
    for path in folder.rglob("*.proto"):
        if path not in wanted:
            path.unlink(missing_ok=True)


def _installed(name: str) -> Path:
    package, file = name.rsplit("/", 1)
    spec = util.find_spec(package.replace("/", "."))
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / file).is_file():
            return Path(folder) / file
    raise FileNotFoundError(f"{name} is not installed: install the package googleapis-common-protos")
