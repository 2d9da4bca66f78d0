"""The object store for files: a folder, or a bucket of S3-compatible storage."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
from obstore.store import LocalStore, S3Store

from services.chassis.settings import Settings

_CHUNK = 256 * 1024


class ObjectStore:
    """Files by key. Keys start with the tenant, so that one tenant's files can be listed, moved or erased together."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store

    def put(self, key: str, data: bytes) -> None:
        """Stores the file whole or not at all; the same key again replaces it."""
        obstore.put(self._store, key, data)

    def put_file(self, key: str, path: Path) -> None:
        """Stores a file that may not fit into memory."""
        obstore.put(self._store, key, path)

    def get(self, key: str) -> bytes:
        """Raises FileNotFoundError."""
        return bytes(obstore.get(self._store, key).bytes())

    def chunks(self, key: str) -> Iterator[bytes]:
        """The file in pieces of at most 256 KiB. Raises FileNotFoundError."""
        for piece in obstore.get(self._store, key).stream(min_chunk_size=_CHUNK):
            data = bytes(piece)
            for start in range(0, len(data), _CHUNK):
                yield data[start : start + _CHUNK]

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return


def connect(settings: Settings) -> ObjectStore:
    if not settings.bucket:
        Path(settings.upload_dir).mkdir(parents=True, exist_ok=True)
        return ObjectStore(LocalStore(str(Path(settings.upload_dir).absolute()), mkdir=True))
    options: dict[str, Any] = {"endpoint": settings.s3_endpoint, "virtual_hosted_style_request": False} if settings.s3_endpoint else {}
    store = S3Store(
        settings.bucket, region=settings.s3_region, access_key_id=settings.aws_access_key_id or None,
        secret_access_key=settings.aws_secret_access_key.get_secret_value() or None, client_options={"allow_http": settings.s3_endpoint.startswith("http://")},
        **options,
    )  # fmt: skip
    return ObjectStore(store)


def key_of(tenant_id: UUID, kind: str, file_id: UUID) -> str:
    """The key of a tenant's file: ids only, so that nothing a person typed becomes a path."""
    return f"{tenant_id}/{kind}/{file_id}"
