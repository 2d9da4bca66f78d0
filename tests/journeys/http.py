"""A plain HTTP client for the journeys."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        """The reason of an error, which has exactly one."""
        (info,) = [detail for detail in self.json["details"] if detail["@type"].endswith("google.rpc.ErrorInfo")]
        return str(info["reason"])

    @property
    def fields(self) -> list[str]:
        return [v["field"] for d in self.json["details"] if d["@type"].endswith("google.rpc.BadRequest") for v in d["field_violations"]]

    @property
    def request_id(self) -> str:
        (found,) = [detail["request_id"] for detail in self.json["details"] if detail["@type"].endswith("google.rpc.RequestInfo")]
        return str(found)


class Http:
    """Calls one address, with a token where there is one. Sends paths exactly as they are given."""

    def __init__(self, url: str, token: str = "") -> None:
        self._host = urlsplit(url).netloc
        self._token = token

    def __call__(
        self, method: str, path: str, body: object = None, *, raw: bytes | None = None, timeout: float = 30, **headers: str
    ) -> Answer:
        connection = http.client.HTTPConnection(self._host, timeout=timeout)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._token:
            sent.setdefault("authorization", f"Bearer {self._token}")
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()
