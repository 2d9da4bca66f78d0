"""Reading the audit log: pages and CSV for the owners of an organization, and the proof that nobody has changed it."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc
import sqlalchemy as sa
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.struct_pb2 import Struct

from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from services.chassis import calls, errors, frame, paging
from services.chassis.clock import from_timestamp, to_timestamp
from services.chassis.database import Database

_ROWS = 1000
_COLUMNS = ("id", "timestamp", "user_id", "service", "action", "ip_address", "request_id", "details", "position", "hash")
# Written out here, and not left to the function in the database, so that who has bent the function is found out as well. NULLIF keeps the first row's hash.
_VERIFY = """
    WITH linked AS (
        SELECT c.tenant_id AS chain, c.position, c.entry_id, c.hash, entry.id,
            lag(c.position, 1, 0::bigint) OVER places AS place_before,
            sha256(lag(c.hash, 1, ''::bytea) OVER places || convert_to(jsonb_build_array(
                entry.id, entry.tenant_id, entry.user_id, entry.service, entry.action, host(entry.ip_address), entry.details, entry.request_id,
                to_char(entry.timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')) AS digest
        FROM audit_chain c LEFT JOIN audit_log entry ON entry.id = c.entry_id
        WINDOW places AS (PARTITION BY c.tenant_id ORDER BY c.position)
    )
    SELECT chain, position, entry_id, CASE
        WHEN position <> place_before + 1 THEN 'entries before it are gone'
        WHEN id IS NULL THEN 'the entry is gone'
        ELSE 'the entry was changed' END AS problem
    FROM linked WHERE position <> place_before + 1 OR id IS NULL OR hash <> digest
    UNION ALL
    SELECT entry.tenant_id, 0, entry.id, 'the entry is in no chain'
    FROM audit_log entry WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = entry.id)
    ORDER BY 1, 2, 3"""
_HEADS = (
    "SELECT DISTINCT ON (tenant_id) tenant_id, position, encode(hash, 'hex') AS hash FROM audit_chain ORDER BY tenant_id, position DESC"
)
_HASH = "SELECT encode(hash, 'hex') FROM audit_chain WHERE tenant_id = %(tenant_id)s AND position = %(position)s"


@dataclass(frozen=True)
class Head:
    """The end of an organization's chain: whoever has kept it elsewhere sees later that nothing up to there was cut off or written anew."""

    position: int
    hash: str


def problems(connection: sa.Connection) -> Sequence[sa.Row[Any]]:
    """What is wrong with the chains, in one look at all of them: rows of (chain, position, entry_id, problem)."""
    return connection.exec_driver_sql(_VERIFY).all()


def heads(connection: sa.Connection) -> dict[str, Head]:
    """By organization; the nil UUID is for what belongs to none."""
    return {str(row.tenant_id): Head(row.position, row.hash) for row in connection.exec_driver_sql(_HEADS)}


def holds(connection: sa.Connection, chain: str, head: Head) -> bool:
    """Whether the chain still runs through what was its end once."""
    found = connection.exec_driver_sql(_HASH, {"tenant_id": chain, "position": head.position}).scalar()
    return bool(found == head.hash)


class AuditLog(audit_pb2_grpc.AuditServiceServicer):
    """Serves a service's own audit log to the owners of the organizations that it is about."""

    def __init__(self, service: str, own: Database) -> None:
        self._service = service
        self._database = own

    def ListAuditEntries(
        self, request: audit_pb2.ListAuditEntriesRequest, context: grpc.ServicerContext
    ) -> audit_pb2.ListAuditEntriesResponse:
        query = self._query(request)
        page = paging.read(request, UUID)
        if page.after is not None:
            query = query.where(frame.audit_log.c.id < page.after[0])
        rows, token = page.cut(self._newest(query, page.fetch), lambda row: [row.id])
        return audit_pb2.ListAuditEntriesResponse(entries=map(_to_entry, rows), next_page_token=token)

    def ExportAuditEntries(self, request: audit_pb2.ExportAuditEntriesRequest, context: grpc.ServicerContext) -> Iterator[HttpBody]:
        query = self._query(request)
        context.send_initial_metadata((("content-disposition", f'attachment; filename="audit-{self._service}.csv"'),))
        yield HttpBody(content_type="text/csv; charset=utf-8", data=_csv([_COLUMNS]))
        after: UUID | None = None
        while True:
            following = query if after is None else query.where(frame.audit_log.c.id < after)
            rows = self._newest(following, _ROWS)
            if rows:
                yield HttpBody(content_type="text/csv; charset=utf-8", data=_csv([_cells(row) for row in rows]))
                after = rows[-1].id
            if len(rows) < _ROWS:
                return

    def _newest(self, query: sa.Select[Any], limit: int) -> Sequence[sa.Row[Any]]:
        """Of all databases that the organization has lived on, as a log stays where it was written."""
        found = self._database.gather(calls.person(), lambda connection: connection.execute(query.limit(limit)).all())
        return paging.newest(found, limit)

    def _query(self, request: Any) -> sa.Select[Any]:
        """Raises NotFound / SERVICE_NOT_FOUND where another service was meant, which the edge sends elsewhere."""
        if request.service != self._service:
            raise errors.NotFound(
                "SERVICE_NOT_FOUND", f"there is no service {request.service}, or it was not asked: set the header x-audit-service"
            )
        log, chain = frame.audit_log, frame.audit_chain
        joined = log.join(chain, chain.c.entry_id == log.c.id)
        query = sa.select(log, chain.c.position, chain.c.hash).select_from(joined).where(log.c.tenant_id == calls.person().tenant_id)
        if request.user_id:
            query = query.where(log.c.user_id == UUID(request.user_id))
        if request.action:
            kind = request.action.endswith(".")
            query = query.where(log.c.action.startswith(request.action, autoescape=True) if kind else log.c.action == request.action)
        if request.HasField("start_time"):
            query = query.where(log.c.timestamp >= from_timestamp(request.start_time))
        if request.HasField("end_time"):
            query = query.where(log.c.timestamp < from_timestamp(request.end_time))
        return query.order_by(log.c.id.desc())


def _to_entry(row: sa.Row[Any]) -> audit_pb2.AuditEntry:
    details = Struct()
    details.update(row.details)
    return audit_pb2.AuditEntry(
        id=str(row.id), user_id=str(row.user_id or ""), service=row.service, action=row.action, ip_address=str(row.ip_address or ""), details=details,
        request_id=row.request_id, create_time=to_timestamp(row.timestamp), position=row.position, hash=row.hash.hex(),
    )  # fmt: skip


def _cells(row: sa.Row[Any]) -> list[str]:
    details = json.dumps(row.details, ensure_ascii=False, sort_keys=True)
    return [
        str(row.id), row.timestamp.isoformat(), str(row.user_id or ""), row.service, row.action, str(row.ip_address or ""), row.request_id, details,
        str(row.position), row.hash.hex(),
    ]  # fmt: skip


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([[_tame(cell) for cell in row] for row in rows])
    return text.getvalue().encode()


def _tame(cell: str) -> str:
    """A spreadsheet takes what begins like this for a formula; the request's id may be a client's own words."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell
