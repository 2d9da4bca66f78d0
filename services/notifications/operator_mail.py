"""What the operator is mailed of errors: the first of a kind at once, more of it in a digest, and never more than a few mails an hour."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import calls, tasks
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.tasks import Handler, Task
from services.notifications import letters, outbox
from services.notifications.store import problems as store
from services.notifications.tables.problems import Problem

_HOUR = timedelta(hours=1)
# An error that was not seen for a day is news again.
_NEWS_AFTER = timedelta(days=1)
_MOST_AT_ONCE = 5
_MOST_LINES = 50
_PLATFORM = UUID(int=0)


class OperatorMail:
    """Without an address it keeps count, and mails nobody."""

    def __init__(self, address: str) -> None:
        self._address = address

    def take(self, connection: Connection, problem: Problem, *, now: datetime) -> None:
        store.lock(connection)
        fingerprint = hashlib.sha256(f"{problem.service}\n{problem.method}\n{problem.exception}".encode()).hexdigest()
        seen_before = store.last_told(connection, fingerprint)
        news = seen_before is None or seen_before < now - _NEWS_AFTER
        at_once = bool(self._address) and news and store.count_told(connection, now - _HOUR) < _MOST_AT_ONCE
        # The one that is told at once is told; those that came with it are counted.
        store.count(
            connection,
            fingerprint,
            problem,
            untold=problem.count - 1 if at_once else problem.count,
            told_at=now if at_once else None,
            now=now,
        )
        if at_once:
            words = {
                "service": problem.service, "method": problem.method, "exception": problem.exception, "place": problem.place, "request": problem.request_id,
                "first_time": problem.first_at.isoformat(),
            }  # fmt: skip
            self._post(connection, "operator_problem", words, now)
        if self._address and problem.count > at_once and not store.digest_waits(connection):
            tasks.enqueue(connection, "operator_digest", {}, tenant_id=None, run_at=now + _HOUR)

    def handlers(self, database: Database, clock: Clock) -> dict[str, Handler]:
        def operator_digest(task: Task) -> None:
            with database.begin(calls.SYSTEM) as connection:
                tasks.finish(connection, task)
                store.lock(connection)
                now, found = clock(), store.list_untold(connection)
                if not found or not self._address:
                    return
                lines = [
                    f"{row.untold} x {row.service}: {row.exception} in {row.method}, last {row.last_at:%Y-%m-%d %H:%M:%S} UTC"
                    for row in found
                ]
                if len(lines) > _MOST_LINES:
                    lines = [*lines[:_MOST_LINES], f"and {len(lines) - _MOST_LINES} other kinds"]
                words = {"count": str(sum(row.untold for row in found)), "lines": "\n".join(lines)}
                self._post(connection, "operator_digest", words, now)
                store.mark_told(connection, now)

        return {"operator_digest": operator_digest}

    def _post(self, connection: Connection, template: str, words: dict[str, str], now: datetime) -> None:
        letter = letters.render(template, words, now=now)
        outbox.post(connection, letter, "email", self._address, tenant_id=_PLATFORM, now=now, template=template)
