"""The OpenAPI document of small contracts, form by form."""

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from openapi_spec_validator import OpenAPIV31SpecValidator

from cli.contracts.openapi import document

Document = Callable[[str], dict[str, Any]]


@pytest.fixture
def described(compiled: Callable[[str], FileDescriptorSet]) -> Document:
    def describe(body: str) -> dict[str, Any]:
        made = document(compiled(body), "1.2.3")
        assert [error.message for error in OpenAPIV31SpecValidator(made).iter_errors()] == []
        return made

    return describe


@pytest.fixture
def field(described: Document) -> Callable[..., dict[str, Any]]:
    """The schema of one field, and the whole message's as `of_message`."""

    def describe(declaration: str, more: str = "", *, of_message: bool = False) -> dict[str, Any]:
        made = described(
            f"""
            service Trial {{ rpc Try(Thing) returns (Thing) {{ option (google.api.http) = {{post: "/api/v1/things" body: "*"}}; }} }}
            message Thing {{ {declaration} }}
            {more}
            """
        )
        schema: dict[str, Any] = made["components"]["schemas"]["trial.v1.Thing"]
        return schema if of_message else next(iter(schema["properties"].values()))

    return describe


SERVICE = """
// Things, and who has them.
service ThingService {
  // Reads a thing. It is there for a while.
  // NOT_FOUND / THING_NOT_FOUND.
  rpc GetThing(GetThingRequest) returns (Thing) {
    option (einstellen.options.v1.allow) = {roles: ["owner", "admin"] kind: "business" services: ["jobs"]};
    option (google.api.http) = {get: "/api/v1/things/{thing_id}" additional_bindings {get: "/api/v1/thing/{thing_id}"}};
  }
  // Changes a thing.
  rpc UpdateThing(UpdateThingRequest) returns (Thing) {
    option deprecated = true;
    option (einstellen.options.v1.allow) = {public: true};
    option (google.api.http) = {
      put: "/api/v1/things/{thing.id}" body: "thing"
      additional_bindings {patch: "/api/v1/things/{thing.id}" body: "*"}
    };
  }
  rpc Unreachable(GetThingRequest) returns (Thing);
}
message GetThingRequest {
  // Which one.
  string thing_id = 1 [(buf.validate.field).string.uuid = true];
  // How many.
  int32 page_size = 2 [(buf.validate.field).int32 = {gte: 0 lte: 100}];
  repeated string words = 3;
  google.protobuf.Timestamp since = 4;
  Place near = 5;
  map<string, string> labels = 6;
}
message Place { double latitude = 1; Place inside = 2; }
message UpdateThingRequest {
  Thing thing = 1 [(buf.validate.field).required = true];
  bool force = 2;
  string request_id = 3;
}
// What it is about.
message Thing { string id = 1; }
"""


def test_every_binding_is_an_operation_with_an_id_of_its_own(described: Document) -> None:
    paths = described(SERVICE)["paths"]
    found = {(path, verb): operation["operationId"] for path, item in paths.items() for verb, operation in item.items()}
    assert found == {
        ("/api/v1/things/{thing_id}", "get"): "ThingService_GetThing",
        ("/api/v1/thing/{thing_id}", "get"): "ThingService_GetThing_2",
        ("/api/v1/things/{thing.id}", "put"): "ThingService_UpdateThing",
        ("/api/v1/things/{thing.id}", "patch"): "ThingService_UpdateThing_2",
    }


def test_an_operation_says_what_its_comment_says_and_who_may_call(described: Document) -> None:
    made = described(SERVICE)
    get = made["paths"]["/api/v1/things/{thing_id}"]["get"]
    assert get["summary"] == "Reads a thing"
    assert get["description"] == (
        "It is there for a while.\n\nNOT_FOUND / THING_NOT_FOUND.\n\n"
        "Who may call: `owner` or `admin` of the active business organization; the service `jobs`."
    )
    assert get["tags"] == ["ThingService"]
    assert made["tags"] == [{"name": "ThingService", "description": "Things, and who has them."}]
    assert get["responses"]["200"]["description"] == "What it is about"
    assert "security" not in get
    assert made["security"] == [{"bearer": []}]


def test_a_public_operation_needs_no_token_and_a_deprecated_one_says_so(described: Document) -> None:
    put = described(SERVICE)["paths"]["/api/v1/things/{thing.id}"]["put"]
    assert (put["security"], put["deprecated"]) == ([], True)


def test_an_rpc_without_a_rule_is_callable_by_nobody(described: Document) -> None:
    made = described(
        'service S { rpc A(google.protobuf.Empty) returns (google.protobuf.Empty) { option (google.api.http) = {get: "/a"}; } }'
    )
    assert made["paths"]["/a"]["get"]["description"] == "Who may call: nobody."


def test_what_is_neither_in_the_path_nor_the_body_is_a_query_parameter(described: Document) -> None:
    parameters = described(SERVICE)["paths"]["/api/v1/things/{thing_id}"]["get"]["parameters"]
    # Neither maps nor a place inside a place have a form in a query.
    assert [(parameter["name"], parameter["in"], parameter.get("required", False)) for parameter in parameters] == [
        ("thing_id", "path", True),
        ("page_size", "query", False),
        ("words", "query", False),
        ("since", "query", False),
        ("near.latitude", "query", False),
    ]
    assert parameters[0]["schema"] == {"type": "string", "format": "uuid"}
    assert parameters[0]["description"] == "Which one."
    assert parameters[1]["schema"] == {"type": "integer", "format": "int32", "minimum": 0, "maximum": 100}
    assert parameters[2]["schema"] == {"type": "array", "items": {"type": "string"}}
    assert parameters[3]["schema"] == {"type": "string", "format": "date-time"}


def test_a_body_is_one_field_or_everything_that_the_path_leaves(described: Document) -> None:
    item = described(SERVICE)["paths"]["/api/v1/things/{thing.id}"]
    assert item["put"]["requestBody"] == {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/trial.v1.Thing"}}},
    }
    assert [parameter["name"] for parameter in item["put"]["parameters"]] == ["thing.id", "force", "request_id", "Idempotency-Key"]
    assert item["patch"]["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/trial.v1.UpdateThingRequest"
    }
    assert [parameter["name"] for parameter in item["patch"]["parameters"]] == ["thing.id", "Idempotency-Key"]


def test_a_field_of_the_path_is_not_asked_for_again_in_the_body(described: Document) -> None:
    made = described(
        """
        service S { rpc A(R) returns (R) { option (google.api.http) = {post: "/a/{id}" body: "*"}; } }
        message R { string id = 1 [(buf.validate.field).string.uuid = true]; string name = 2; }
        """
    )
    body = made["paths"]["/a/{id}"]["post"]["requestBody"]
    assert body["required"] is False
    assert list(body["content"]["application/json"]["schema"]["properties"]) == ["name"]
    assert "required" not in body["content"]["application/json"]["schema"]


def test_two_bindings_on_one_method_and_path_are_refused(compiled: Callable[[str], FileDescriptorSet]) -> None:
    files = compiled(
        """
        service S {
          rpc A(R) returns (R) { option (google.api.http) = {get: "/a/{id}"}; }
          rpc B(R) returns (R) { option (google.api.http) = {get: "/a/{other}"}; }
        }
        message R { string id = 1; string other = 2; }
        """
    )
    with pytest.raises(ValueError, match=r"S\.B and einstellen\.trial\.v1\.S\.A are both bound to GET /a/\{other\}"):
        document(files, "1")


def test_a_binding_of_a_field_that_is_not_there_is_refused(compiled: Callable[[str], FileDescriptorSet]) -> None:
    files = compiled(
        """
        service S { rpc A(R) returns (R) { option (google.api.http) = {get: "/a/{nothing}"}; } }
        message R { string id = 1; }
        """
    )
    with pytest.raises(ValueError, match=r"names nothing, which einstellen\.trial\.v1\.R does not have"):
        document(files, "1")


def test_files_go_up_raw_or_as_a_form_and_come_down_raw(described: Document) -> None:
    made = described(
        """
        service S {
          rpc Up(stream R) returns (google.protobuf.Empty) { option (google.api.http) = {post: "/files/{id}" body: "body"}; }
          rpc Raw(google.api.HttpBody) returns (google.protobuf.Empty) { option (google.api.http) = {post: "/hook" body: "*"}; }
          rpc Down(R) returns (stream google.api.HttpBody) { option (google.api.http) = {get: "/files/{id}"}; }
        }
        message R { string id = 1; google.api.HttpBody body = 2; }
        """
    )
    for path in ("/files/{id}", "/hook"):
        content = made["paths"][path]["post"]["requestBody"]["content"]
        assert content["application/octet-stream"]["schema"] == {"type": "string", "format": "binary"}
        assert content["multipart/form-data"]["schema"]["required"] == ["file"]
    assert made["paths"]["/files/{id}"]["get"]["responses"]["200"]["content"] == {"*/*": {"schema": {"type": "string", "format": "binary"}}}


def test_a_stream_of_messages_is_server_sent_events(described: Document) -> None:
    made = described('service S { rpc A(R) returns (stream R) { option (google.api.http) = {get: "/a"}; } } message R { string id = 1; }')
    assert made["paths"]["/a"]["get"]["responses"]["200"]["content"] == {
        "text/event-stream": {"schema": {"$ref": "#/components/schemas/trial.v1.R"}}
    }


def test_every_operation_refers_to_the_errors_that_exist(described: Document) -> None:
    made = described(SERVICE)
    responses = made["paths"]["/api/v1/things/{thing_id}"]["get"]["responses"]
    assert list(responses) == ["200", "400", "401", "403", "404", "409", "429", "500"]
    assert responses["404"] == {"$ref": "#/components/responses/404"}
    assert made["components"]["responses"]["404"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/google.rpc.Status"
    }


@pytest.mark.parametrize(
    ("declaration", "schema"),
    [
        ("string a = 1;", {"type": "string"}),
        ("bool a = 1;", {"type": "boolean"}),
        ("int32 a = 1;", {"type": "integer", "format": "int32"}),
        ("int64 a = 1;", {"type": "string", "format": "int64"}),
        ("uint64 a = 1;", {"type": "string", "format": "uint64"}),
        ("double a = 1;", {"type": "number", "format": "double"}),
        ("bytes a = 1;", {"type": "string", "contentEncoding": "base64"}),
        ("repeated string a = 1;", {"type": "array", "items": {"type": "string"}}),
        ("map<string, int64> a = 1;", {"type": "object", "additionalProperties": {"type": "string", "format": "int64"}}),
        ("google.protobuf.Timestamp a = 1;", {"type": "string", "format": "date-time"}),
        ("google.protobuf.Struct a = 1;", {"type": "object", "additionalProperties": True}),
        ("google.protobuf.Value a = 1;", {}),
        ("google.protobuf.Int64Value a = 1;", {"type": ["string", "null"], "format": "int64"}),
        ("google.protobuf.FieldMask a = 1;", {"type": "string", "description": "Names of fields, separated by commas."}),
        ("Thing a = 1;", {"$ref": "#/components/schemas/trial.v1.Thing"}),
        ("string a = 1 [deprecated = true];", {"type": "string", "deprecated": True}),
        ("string a = 1; // Behind it.", {"type": "string", "description": "Behind it."}),
    ],
)
def test_a_type_is_shown_as_json_writes_it(field: Callable[..., dict[str, Any]], declaration: str, schema: dict[str, Any]) -> None:
    assert field(f"{declaration}\n") == schema


@pytest.mark.parametrize(
    ("rule", "schema"),
    [
        ("string a = 1 [(buf.validate.field).string = {min_len: 2 max_len: 5}];", {"type": "string", "minLength": 2, "maxLength": 5}),
        ('string a = 1 [(buf.validate.field).string.pattern = "^[a-z]+$"];', {"type": "string", "pattern": "^[a-z]+$"}),
        ("string a = 1 [(buf.validate.field).string.email = true];", {"type": "string", "format": "email"}),
        ('string a = 1 [(buf.validate.field).string = {in: ["x", "y"]}];', {"type": "string", "enum": ["x", "y"]}),
        (
            "double a = 1 [(buf.validate.field).double = {gt: 0 lt: 1}];",
            {"type": "number", "format": "double", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        ),
        (
            "int64 a = 1 [(buf.validate.field).int64 = {gte: 1 lte: 9}];",
            {"type": "string", "format": "int64", "description": "At least 1 and at most 9."},
        ),
        (
            (
                "repeated string a = 1 "
                "[(buf.validate.field).repeated = {min_items: 1 max_items: 3 unique: true items: {string: {max_len: 4}}}];"
            ),
            {"type": "array", "items": {"type": "string", "maxLength": 4}, "minItems": 1, "maxItems": 3, "uniqueItems": True},
        ),
        (
            (
                "map<string, string> a = 1 "
                "[(buf.validate.field).map = {max_pairs: 2 keys: {string: {max_len: 3}} values: {string: {max_len: 4}}}];"
            ),
            {
                "type": "object",
                "additionalProperties": {"type": "string", "maxLength": 4},
                "maxProperties": 2,
                "propertyNames": {"type": "string", "maxLength": 3},
            },
        ),
    ],
)
def test_a_rule_narrows_the_schema(field: Callable[..., dict[str, Any]], rule: str, schema: dict[str, Any]) -> None:
    assert field(rule) == schema


@pytest.mark.parametrize(
    ("rule", "schema"),
    [
        ('string = {in: ["x"]}', {"type": "string", "enum": ["", "x"]}),
        ('string.pattern = "^x+$"', {"type": "string", "pattern": "^$|^x+$"}),
        ("string.min_len = 3", {"type": "string"}),
    ],
)
def test_a_rule_that_spares_the_empty_value_lets_it_in(field: Callable[..., dict[str, Any]], rule: str, schema: dict[str, Any]) -> None:
    assert field(f"string a = 1 [(buf.validate.field).ignore = IGNORE_IF_ZERO_VALUE, (buf.validate.field).{rule}];") == schema


@pytest.mark.parametrize(
    ("declaration", "required"),
    [
        ("string a = 1 [(buf.validate.field).required = true];", True),
        ("string a = 1 [(buf.validate.field).string.uuid = true];", True),
        ("string a = 1 [(buf.validate.field).string.min_len = 1];", True),
        ('string a = 1 [(buf.validate.field).string.pattern = "^x+$"];', True),
        ('string a = 1 [(buf.validate.field).string.pattern = "^x*$"];', False),
        ('string a = 1 [(buf.validate.field).string = {in: ["", "x"]}];', False),
        ("optional string a = 1 [(buf.validate.field).string.min_len = 1];", False),
        ("string a = 1 [(buf.validate.field).ignore = IGNORE_IF_ZERO_VALUE, (buf.validate.field).string.uuid = true];", False),
        ("int32 a = 1 [(buf.validate.field).int32.gte = 1];", True),
        ("int32 a = 1 [(buf.validate.field).int32.gte = 0];", False),
        ("repeated string a = 1 [(buf.validate.field).repeated.min_items = 1];", True),
        ("string a = 1;", False),
    ],
)
def test_a_field_is_required_where_its_absence_would_be_refused(
    field: Callable[..., dict[str, Any]], declaration: str, required: bool
) -> None:
    assert field(declaration, of_message=True).get("required", []) == (["a"] if required else [])


def test_an_enum_lists_its_names_and_what_they_mean(described: Document) -> None:
    made = described(
        """
        service S { rpc A(R) returns (R) { option (google.api.http) = {get: "/a"}; } }
        message R { Size size = 1; }
        // How big.
        enum Size {
          SIZE_UNSPECIFIED = 0;
          // Fits a pocket.
          SIZE_SMALL = 1;
        }
        """
    )
    assert made["components"]["schemas"]["trial.v1.Size"] == {
        "type": "string",
        "title": "Size",
        "enum": ["SIZE_UNSPECIFIED", "SIZE_SMALL"],
        "description": "How big.\n* `SIZE_SMALL`: Fits a pocket.",
    }


def test_one_field_of_a_required_oneof_must_be_there(field: Callable[..., dict[str, Any]]) -> None:
    schema = field("oneof way { option (buf.validate.oneof).required = true; string a = 1; int32 b = 2; }", of_message=True)
    assert schema["oneOf"] == [{"required": ["a"]}, {"required": ["b"]}]
    assert schema["properties"]["a"]["description"] == "At most one of `a`, `b` is set."


def test_a_rule_in_an_expression_is_told_in_its_own_words(field: Callable[..., dict[str, Any]]) -> None:
    schema = field(
        'int32 a = 1; option (buf.validate.message).cel = {id: "t" message: "a is odd" expression: "this.a % 2 == 0"};', of_message=True
    )
    assert schema["description"] == "Refused where a is odd."


def test_the_document_carries_the_version_and_the_way_to_sign_in(described: Document) -> None:
    made = described(SERVICE)
    assert made["info"]["version"] == "1.2.3"
    assert made["components"]["securitySchemes"]["bearer"]["bearerFormat"] == "JWT"
