"""Log lines: what they carry, and what they never do."""

import json
import logging

import psycopg2
import pytest

from services.chassis import calls, errors
from services.chassis.logs import JsonFormatter
from tests.conftest import House


def line(**fields: object) -> dict[str, object]:
    record = logging.makeLogRecord({"msg": "something", "levelname": "ERROR", **fields})
    return dict(json.loads(JsonFormatter().format(record)))


def test_a_line_says_which_service_method_and_request_it_belongs_to() -> None:
    calls.enter(calls.Call("auth", "einstellen.auth.v1.AuthService/Login", "request-1"))
    try:
        told = line(code="OK")
    finally:
        calls.enter(calls.NO_CALL)
    assert (told["service"], told["request_id"], told["code"]) == ("auth", "request-1", "OK")


def test_an_exception_is_told_without_what_people_wrote(house: House) -> None:
    with psycopg2.connect(house.owner_url("auth")) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE t (email text CONSTRAINT once UNIQUE)")
        with pytest.raises(psycopg2.Error) as caught:
            cursor.execute("INSERT INTO t VALUES ('ada@example.com'), ('ada@example.com')")
    refusal = errors.NotFound("THING_NOT_FOUND", "no thing")
    refusal.__cause__ = caught.value
    told = line(exc_info=(type(refusal), refusal, None))
    text = json.dumps(told)
    assert "ada@example.com" not in text
    assert "NotFound THING_NOT_FOUND" in text
    assert "UniqueViolation 23505 once" in text
    assert "test_logs.py" in text
