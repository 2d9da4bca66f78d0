"""What is generated from the contracts as they are, and what the checks say of contracts as they should not be."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from protovalidate._gen.buf.validate import validate_pb

from cli.contracts import check, generate
from cli.contracts.descriptors import Contracts
from cli.contracts.openapi import bindings, document

REPOSITORY = Path(__file__).parents[3]
CONTRACT = """\
syntax = "proto3";

package einstellen.trial.v1;

message Thing {
  string id = 1;
  string name = 2;
}
"""


@pytest.fixture(scope="module")
def files() -> FileDescriptorSet:
    return FileDescriptorSet.FromString((REPOSITORY / "generated" / generate.DESCRIPTORS).read_bytes())


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one small contract, and what is generated from it."""
    root = tmp_path_factory.mktemp("contracts")
    for name in ("buf.yaml", "buf.gen.yaml", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, root / name)
    contract = root / "proto/einstellen/trial/v1/trial.proto"
    contract.parent.mkdir(parents=True)
    contract.write_text(CONTRACT)
    generate.generate(root, root / "generated")
    return root


@pytest.fixture
def tree(generated: Path, tmp_path: Path) -> Path:
    """Such a repository of the test's own."""
    return shutil.copytree(generated, tmp_path / "tree")


def change(tree: Path, before: str, after: str) -> None:
    contract = tree / "proto/einstellen/trial/v1/trial.proto"
    text = contract.read_text()
    assert before in text
    contract.write_text(text.replace(before, after))


def git(tree: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=tree, check=True, capture_output=True)


def commit(tree: Path) -> None:
    git(tree, "init", "--quiet", "--initial-branch=main")
    git(tree, "add", "generated")
    git(tree, "commit", "--quiet", "--message=One")


def test_every_http_binding_of_every_rpc_is_in_the_document_once(files: FileDescriptorSet) -> None:
    written = json.loads((REPOSITORY / "generated" / generate.OPENAPI).read_text())
    assert written == document(files, written["info"]["version"])
    operations = [operation["operationId"] for item in written["paths"].values() for operation in item.values()]
    contracts = Contracts(files)
    expected = [
        f"{service.name}_{method.name}" + (f"_{binding.position + 1}" if binding.position else "")
        for service in contracts.services()
        for method in service.methods
        for binding in bindings(contracts, method)
    ]
    assert len(expected) > 20
    assert sorted(operations) == sorted(expected)


def test_the_documents_in_the_repository_are_valid() -> None:
    check.openapi(REPOSITORY)


def test_the_descriptors_have_all_that_is_imported_and_what_errors_are_made_of(files: FileDescriptorSet) -> None:
    names = {file.name for file in files.file}
    assert {"google/rpc/error_details.proto", "google/rpc/status.proto", "google/api/http.proto"} <= names
    assert {needed for file in files.file for needed in file.dependency} <= names


def test_the_rules_written_back_compile_to_the_descriptor_that_they_came_from(files: FileDescriptorSet) -> None:
    original = FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary())
    again = next(file for file in files.file if file.name == original.name)
    for file in (original, again):
        file.DiscardUnknownFields()
        file.ClearField("syntax")
    assert again == original


def test_generating_twice_gives_the_same_bytes(tree: Path) -> None:
    first, second = tree / "generated", tree / "second"
    generate.generate(tree, second)
    written = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert Path("einstellen/trial/v1/trial_pb2.py") in written
    assert written == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert [name for name in written if (first / name).read_bytes() != (second / name).read_bytes()] == []


def test_what_a_contract_left_behind_is_removed(tree: Path) -> None:
    left = tree / "generated/einstellen/gone/v1/gone_pb2.py"
    left.parent.mkdir(parents=True)
    left.touch()
    with pytest.raises(check.CheckError, match=r"gone_pb2\.py \(of no contract\)"):
        check.current(tree)
    generate.generate(tree, tree / "generated")
    assert not left.exists()


def test_stale_generated_code_is_named_with_what_to_do(tree: Path) -> None:
    check.current(tree)
    change(tree, "string name = 2;", "string name = 2;\n  string colour = 3;")
    with pytest.raises(check.CheckError, match=r"trial_pb2\.py(.|\n)*python -m cli\.contracts generate"):
        check.current(tree)


def test_a_contract_that_does_not_compile_is_named_with_its_line(tree: Path) -> None:
    change(tree, "string name = 2;", "strong name = 2;")
    with pytest.raises(generate.BufError, match=r"trial\.proto:7:3:cannot find `strong`"):
        generate.generate(tree, tree / "generated")


def test_a_name_against_the_style_is_refused(tree: Path) -> None:
    change(tree, "string name", "string Name")
    generate.generate(tree, tree / "generated")
    with pytest.raises(check.CheckError, match=r"Field name \"Name\" should be lower_snake_case"):
        check.lint(tree)


def test_a_change_that_breaks_clients_of_the_main_branch_is_refused(tree: Path) -> None:
    commit(tree)
    change(tree, "string name = 2;", "int32 name = 2;")
    with pytest.raises(check.CheckError, match=r"Field \"2\"(.|\n)*Clients built from main would break"):
        check.breaking(tree)


def test_an_added_field_breaks_nobody(tree: Path) -> None:
    commit(tree)
    change(tree, "string name = 2;", "string name = 2;\n  string colour = 3;")
    assert check.breaking(tree) == "compared with main"


def test_what_was_released_counts_more_than_the_main_branch(tree: Path) -> None:
    commit(tree)
    git(tree, "tag", "v1")
    change(tree, "string name = 2;", "int32 name = 2;")
    generate.generate(tree, tree / "generated")
    git(tree, "commit", "--quiet", "--all", "--message=Two")
    with pytest.raises(check.CheckError, match="Clients built from v1 would break"):
        check.breaking(tree)


def test_without_an_earlier_version_there_is_nothing_to_break(tree: Path) -> None:
    assert check.breaking(tree).startswith("skipped")
