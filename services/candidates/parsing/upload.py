"""The gate that an uploaded CV passes in the service's own process: cheap, in pure Python, and before anything is stored."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import islice

from services.candidates.parsing.archive import Package
from services.candidates.parsing.limits import (
    DOCX,
    HTML,
    JSON,
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_PAGES,
    PDF,
    TXT,
    Unreadable,
    too_many_pages,
    too_much_text,
)

_OTHER_KINDS = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"RIFF": "a media file",
    b"{\\rtf": "an RTF document",
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"#!": "a script",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"%!PS": "a PostScript file",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body|div|section|article|h1|table|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|\?xml|svg|script|math)", re.IGNORECASE)
_RESUME = re.compile(r'\s*\{.*"basics"\s*:\s*\{', re.DOTALL)
_ENCRYPT = re.compile(rb"/Encrypt\s{0,8}(?:\d{1,10}\s{1,8}\d{1,5}\s{1,8}R|<<)")
_COUNT = re.compile(rb"/Count\s{1,8}(\d{2,10})")
_COUNTS, _NODE_BYTES = 200, 256 * 1024
_PAGE = re.compile(rb"/Type\s{0,8}/Page(?![A-Za-z])")
_OBJECT_STREAMS, _OBJECT_STREAM_BYTES = 2_000, 1024 * 1024
_OBJECT_STREAMS_BYTES = 16 * 1024 * 1024
_REVISIONS = 4  # a page that was edited stands once for each saved revision
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def check_upload(data: bytes) -> str:
    """The content type, told by the content alone. Raises Unreadable; costs well under a second whatever the bytes are.

    A PDF's pages are counted by its own words here and by the PDF library in `parse_isolated`, which has the last word.
    """
    if not data:
        raise Unreadable("FILE_CORRUPT", "The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable("FILE_TOO_LARGE", f"The file has {len(data) / 2**20:.1f} MiB; a CV may have {MAX_BYTES // 2**20} MiB.")
    if data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        _check_pdf(data)
        return PDF
    if data.startswith(b"PK\x03\x04"):
        package = open_docx(data)
        package.measure()
        return DOCX
    if data.startswith(_OLE):
        raise _old_or_encrypted_word(data)
    for magic, kind in _OTHER_KINDS.items():
        if data.startswith(magic):
            raise _unsupported(kind)
    if _HTML.match(data[:1024]):
        decode_text(data)
        return HTML
    if _MARKUP.match(data[:256]):
        raise _unsupported("a markup file")
    return JSON if _RESUME.match(decode_text(data)) else TXT


def open_docx(data: bytes) -> Package:
    """The package of a Word document without macros. Raises Unreadable for any other archive."""
    package = Package(data)
    names = {name.lower().lstrip("/") for name in package.names}
    if any(name.rsplit("/", 1)[-1] in ("vbaproject.bin", "vbadata.xml") for name in names):
        raise _macros()
    if "[Content_Types].xml" not in package.names or "_rels/.rels" not in package.names:
        raise _unsupported("an archive")
    types = package.read("[Content_Types].xml").lower()
    if b"macroenabled" in types or b"vbaproject" in types:
        raise _macros()
    if b"wordprocessingml.document.main+xml" not in types and b"wordprocessingml.template.main+xml" not in types:
        raise _unsupported("an office document of another kind")
    return package


def decode_text(data: bytes) -> str:
    """UTF-8, or UTF-16 with its mark, or else Windows-1252. Raises Unreadable where that gives no text."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        if encoding == "cp1252" and sum(map(str.isascii, text)) < 0.7 * len(text):
            break
        if len(text) > MAX_CHARACTERS:
            raise too_much_text()
        return text
    raise _unsupported("a binary file")


def _check_pdf(data: bytes) -> None:
    if _ENCRYPT.search(data):
        raise Unreadable("FILE_ENCRYPTED", "The PDF is encrypted. Save it without a password or restrictions and upload it again.")
    pages, budget = _pages(data), _OBJECT_STREAMS_BYTES
    for stream in islice(_object_streams(data), _OBJECT_STREAMS):
        try:
            unpacked = zlib.decompressobj().decompress(stream, budget)
        except zlib.error:
            continue  # another filter, or damage: the PDF library decides
        budget -= len(unpacked)
        if budget <= 0:
            raise Unreadable("FILE_DECOMPRESSES_TOO_FAR", "The PDF's structure unpacks to far more than its size.")
        pages = max(pages, _pages(unpacked))
    if pages > MAX_PAGES:
        raise too_many_pages(pages)


def _object_streams(data: bytes) -> Iterator[bytes]:
    """The packed bytes of the streams that hold objects, among them the pages of a PDF 1.5 or later."""
    at = data.find(b"/ObjStm")
    while at >= 0:
        begin = data.find(b"stream", at, at + 400)
        if begin >= 0:
            begin += len(b"stream")
            end = data.find(b"endstream", begin, begin + _OBJECT_STREAM_BYTES)
            yield data[begin : end if end >= 0 else begin + _OBJECT_STREAM_BYTES].lstrip(b"\r\n")
        at = data.find(b"/ObjStm", at + 1)


def _pages(data: bytes) -> int:
    """The larger of what a node of the page tree states and the page objects that no history of edits would explain.

    Outlines state a /Count too, so it counts only beside /Kids. The searches are bounded, for hostile files that repeat the words.
    """
    stated = 0
    for match in islice(_COUNT.finditer(data), _COUNTS):
        begin = max(data.rfind(b"<<", max(match.start() - _NODE_BYTES, 0), match.start()), 0)
        end = data.find(b">>", match.end(), match.end() + _NODE_BYTES)
        if data.find(b"/Kids", begin, end if end >= 0 else match.end() + _NODE_BYTES) >= 0:
            stated = max(stated, int(match[1]))
    found = sum(1 for _ in _PAGE.finditer(data))
    return max(stated, found if found > _REVISIONS * MAX_PAGES else 0)


def _old_or_encrypted_word(data: bytes) -> Unreadable:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Unreadable("FILE_ENCRYPTED", "The document is protected by a password. Save it without one and upload it again.")
    return _unsupported("a document of the old Word format (.doc)")


def _unsupported(kind: str) -> Unreadable:
    return Unreadable(
        "FILE_TYPE_UNSUPPORTED",
        f"The file is {kind}, whatever its name says. A CV is a PDF, a DOCX, a text file, a web page or a JSON Resume.",
    )


def _macros() -> Unreadable:
    return Unreadable("FILE_HAS_MACROS", "The document contains macros. Save it as DOCX without macros, or as PDF, and upload it again.")
