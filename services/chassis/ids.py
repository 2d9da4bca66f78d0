"""Ids: UUIDs of version 7 (RFC 9562), which sort by the time they were minted."""

from uuid import UUID

from uuid_utils.compat import uuid7


def mint() -> UUID:
    return uuid7()
