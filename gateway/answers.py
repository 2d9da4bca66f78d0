"""Errors over HTTP, in the form that every error of the house has: a google.rpc status as JSON."""

import uuid
from collections.abc import Awaitable, Callable

from aiohttp import web
from google.rpc import code_pb2

from services.chassis import calls, errors
from services.chassis.logs import log

_TYPES = "type.googleapis.com/google.rpc."
_LONGEST_ID = 64
_OF_HTTP = {
    404: (code_pb2.NOT_FOUND, "ROUTE_NOT_FOUND", "there is nothing at this path"),
    405: (code_pb2.UNIMPLEMENTED, "METHOD_NOT_ALLOWED", "this path does not answer this method"),
    413: (code_pb2.OUT_OF_RANGE, "BODY_TOO_LARGE", "the body is too large"),
}


def request_id(request: web.Request) -> str:
    """The id that Envoy gave the request, or a new one."""
    given = request.headers.get("x-request-id", "")
    return given if 0 < len(given) <= _LONGEST_ID and given.isprintable() else str(uuid.uuid4())


def failure(request: web.Request, status: int, code: int, reason: str, message: str) -> web.Response:
    details = [
        {"@type": _TYPES + "ErrorInfo", "reason": reason, "domain": errors.DOMAIN, "metadata": {}},
        {"@type": _TYPES + "RequestInfo", "request_id": calls.current().request_id or request_id(request), "serving_data": ""},
    ]
    return web.json_response({"code": code, "message": message, "details": details}, status=status)


@web.middleware
async def answer_errors(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Gives every error that form; a fault of ours is logged and tells nothing."""
    calls.enter(calls.Call("gateway", "http", request_id(request)))
    try:
        return await handler(request)
    except web.HTTPException as problem:
        if problem.status < 400:
            raise
        code, reason, message = _OF_HTTP.get(problem.status, (code_pb2.INVALID_ARGUMENT, "REQUEST_INVALID", problem.reason))
        response = failure(request, problem.status, code, reason, message)
        if "Allow" in problem.headers:
            response.headers["Allow"] = problem.headers["Allow"]
        return response
    except Exception as problem:  # noqa: BLE001 - the place where exceptions become answers
        log.error("internal error", exc_info=problem)
        return failure(request, 500, code_pb2.INTERNAL, "INTERNAL", "internal error")
