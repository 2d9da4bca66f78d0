"""A plugin for buf that runs the protoc inside grpcio-tools, whose gRPC generator buf cannot reach by itself."""

import sys
import tempfile
from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc  # type: ignore[import-untyped]


def generate(request: CodeGeneratorRequest) -> CodeGeneratorResponse:
    """Messages, their stubs for type checkers, and gRPC code for the files that have services."""
    answer = CodeGeneratorResponse(supported_features=CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL)
    wanted = list(request.file_to_generate)
    with_services = [file.name for file in request.proto_file if file.name in wanted and file.service]
    with tempfile.TemporaryDirectory() as folder:
        descriptors = Path(folder) / "descriptors"
        descriptors.write_bytes(FileDescriptorSet(file=request.proto_file).SerializeToString())
        out = Path(folder) / "out"
        out.mkdir()
        for outputs, files in ((("--python_out", "--pyi_out"), wanted), (("--grpc_python_out",), with_services)):
            if files and protoc.main(["protoc", f"--descriptor_set_in={descriptors}", *(f"{output}={out}" for output in outputs), *files]):
                answer.error = f"protoc failed on {', '.join(files)}"
                return answer
        for path in sorted(out.rglob("*.py*")):
            answer.file.add(name=path.relative_to(out).as_posix(), content=path.read_text())
    return answer


if __name__ == "__main__":
    sys.stdout.buffer.write(generate(CodeGeneratorRequest.FromString(sys.stdin.buffer.read())).SerializeToString())
