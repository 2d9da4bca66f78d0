"""Contracts that a test writes itself, compiled as ours are."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc  # type: ignore[import-untyped]

from cli.contracts import thirdparty

REPOSITORY = Path(__file__).parents[3]

HEADER = """\
syntax = "proto3";
package einstellen.trial.v1;
import "buf/validate/validate.proto";
import "einstellen/options/v1/options.proto";
import "google/api/annotations.proto";
import "google/api/httpbody.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
"""


@pytest.fixture(scope="session")
def imports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imports")
    thirdparty.write_protos(folder)
    return folder


@pytest.fixture(scope="session")
def compiled(imports: Path) -> Callable[[str], FileDescriptorSet]:
    """Turns the body of a contract into a descriptor set with imports and comments."""

    def compile_text(body: str) -> FileDescriptorSet:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = folder / "einstellen/trial/v1/trial.proto"
            source.parent.mkdir(parents=True)
            source.write_text(HEADER + body)
            out = folder / "set.binpb"
            places = [f"-I{folder}", f"-I{REPOSITORY / 'proto'}", f"-I{imports}", f"-I{Path(protoc.__file__).parent / '_proto'}"]
            arguments = ["protoc", *places, "--include_imports", "--include_source_info", f"--descriptor_set_out={out}", str(source)]
            assert protoc.main(arguments) == 0
            return FileDescriptorSet.FromString(out.read_bytes())

    return compile_text
