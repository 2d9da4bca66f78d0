"""DOCX packages as untrusted ZIP archives: what is checked before anything is unpacked, and bounded reading of a member."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from services.candidates.parsing.limits import (
    MAX_DIRECTORY_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    MAX_XML_BYTES,
    RATIO_APPLIES_ABOVE,
    Unreadable,
)

_END, _END_BYTES = b"PK\x05\x06", 22
_LOCAL_BYTES = 30
_CHUNK = 64 * 1024
_ENCRYPTED_FLAG = 0x1


class Package:
    """An archive that has passed every check that needs no unpacking; see `measure` for the one that does."""

    def __init__(self, data: bytes) -> None:
        _check_directory(data)
        self._data = memoryview(data)
        try:
            members = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise _corrupt() from error
        self._members = {member.filename: member for member in members}
        _check_members(members, len(data))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._members)

    def measure(self) -> None:
        """Unpack everything once and keep nothing: a member that is longer than it declares is a bomb."""
        for member in self._members.values():
            for _ in self._chunks(member, member.file_size):
                pass

    def read(self, name: str) -> bytes:
        """A member of XML, at most as long as the limit and as it declares. Raises KeyError where there is none."""
        member = self._members[name]
        if member.file_size > MAX_XML_BYTES:
            raise _bomb()
        return b"".join(self._chunks(member, member.file_size))

    def _chunks(self, member: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
        raw = self._raw(member)
        if member.compress_type == zipfile.ZIP_STORED:
            if len(raw) > most:
                raise _bomb()
            yield bytes(raw)
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        seen, pending = 0, bytes(raw)
        while not inflater.eof:
            try:
                chunk = inflater.decompress(pending, _CHUNK)
            except zlib.error as error:
                raise _corrupt() from error
            pending = inflater.unconsumed_tail
            seen += len(chunk)
            if seen > most:
                raise _bomb()
            if not chunk and not pending and not inflater.eof:
                raise _corrupt()
            yield chunk

    def _raw(self, member: zipfile.ZipInfo) -> memoryview:
        """The packed bytes, found through the member's own header, whose name and extra field may differ in length."""
        start = member.header_offset
        header = self._data[start : start + _LOCAL_BYTES]
        if len(header) < _LOCAL_BYTES or bytes(header[:4]) != b"PK\x03\x04":
            raise _corrupt()
        begin = start + _LOCAL_BYTES + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        raw = self._data[begin : begin + member.compress_size]
        if len(raw) < member.compress_size:
            raise _corrupt()
        return raw


def _check_directory(data: bytes) -> None:
    """Refuse a long directory before zipfile turns each entry into an object of half a kilobyte."""
    at = data.rfind(_END)
    if at < 0 or len(data) - at < _END_BYTES:
        raise _corrupt()
    entries = int.from_bytes(data[at + 10 : at + 12], "little")
    size = int.from_bytes(data[at + 12 : at + 16], "little")
    if data[max(at - 20, 0) : at].startswith(b"PK\x06\x07"):
        raise _corrupt()  # ZIP64: no archive below the size limit needs it
    if entries > MAX_MEMBERS or size > MAX_DIRECTORY_BYTES:
        raise _bomb()


def _check_members(members: list[zipfile.ZipInfo], archive_bytes: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise _bomb()
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        raise _bomb()
    if sum(member.compress_size for member in members) > archive_bytes:
        raise _bomb()  # members that share their bytes
    for member in members:
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise Unreadable("FILE_ENCRYPTED", "The document is protected by a password. Save it without one and upload it again.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _corrupt()
        if member.file_size > RATIO_APPLIES_ABOVE and member.file_size > MAX_RATIO * member.compress_size:
            raise _bomb()


def _bomb() -> Unreadable:
    return Unreadable(
        "FILE_DECOMPRESSES_TOO_FAR", "The document unpacks to far more than its size. Save it anew or as PDF and upload it again."
    )


def _corrupt() -> Unreadable:
    return Unreadable("FILE_CORRUPT", "The document is damaged or incomplete and cannot be opened.")
