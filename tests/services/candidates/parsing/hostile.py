"""Hostile and awkward files, built when a test asks for them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import docx
from reportlab.pdfgen.canvas import Canvas

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ENCRYPTED_WORD = OLD_WORD + "EncryptedPackage".encode("utf-16-le")


def pdf(pages: int = 1, words: str = "Jane Doe", encrypt: str | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, encrypt=encrypt)
    for _ in range(pages):
        if words:
            canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lying_pdf(pages: int) -> bytes:
    """A page tree that repeats one page, and states another number than it has."""
    kids = b"3 0 R " * pages
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [ " + kids + b"] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    return _assembled(objects)


def packed_pdf(pages: int) -> bytes:
    """A PDF 1.5 whose page tree is hidden from the eye in a compressed object stream."""
    inner = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [ %s] >>" % (pages, b"3 0 R " * pages),
             b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"]  # fmt: skip
    offsets, body = [], b""
    for number, item in enumerate(inner, 1):
        offsets.append(b"%d %d " % (number, len(body)))
        body += item + b" "
    head = b"".join(offsets)
    packed = zlib.compress(head + body)
    out = b"%PDF-1.5\n"
    stream_at = len(out)
    out += (
        b"4 0 obj << /Type /ObjStm /N 3 /First %d /Filter /FlateDecode /Length %d >> stream\n" % (len(head), len(packed))
        + packed
        + b"\nendstream endobj\n"
    )
    table_at = len(out)
    rows = [(0, 0, 65535), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, stream_at, 0), (1, table_at, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    out += b"5 0 obj << /Type /XRef /Size 6 /Root 1 0 R /W [1 4 2] /Length %d >> stream\n" % len(table) + table + b"\nendstream endobj\n"
    return out + b"startxref\n%d\n%%%%EOF" % table_at


def swelling_pdf(unpacked: int) -> bytes:
    """One page whose content is packed twice, a thousand to one each time."""
    packed = zlib.compress(zlib.compress(b"BT /F1 9 Tf (a) Tj ET " * (unpacked // 22), 9), 9)
    content = b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >> stream\n" % len(packed) + packed + b"\nendstream"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    return _assembled([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page, content, font])


def _assembled(objects: list[bytes]) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj " % number + item + b" endobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table)


def document(*paragraphs: str) -> bytes:
    made = docx.Document()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_members(package: bytes, members: dict[str, bytes]) -> bytes:
    """The package with members added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            if member.filename not in members:
                target.writestr(member.filename, source.read(member))
        for name, content in members.items():
            target.writestr(name, content)
    return out.getvalue()


def declaring_less(package: bytes, name: str, size: int) -> bytes:
    """The package with a false length for one member, in its own header and in the directory."""
    data = bytearray(package)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        member = archive.getinfo(name)
    data[member.header_offset + 22 : member.header_offset + 26] = struct.pack("<I", size)
    at = data.find(b"PK\x01\x02")
    while bytes(data[at + 46 : at + 46 + len(name)]) != name.encode():
        at = data.find(b"PK\x01\x02", at + 4)
    data[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(data)
