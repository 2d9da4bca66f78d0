"""A local mailbox: takes any mail over SMTP, keeps each as a file, and shows them on a small page and as JSON."""

import argparse
import asyncio
import os
import signal
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import TypedDict

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import Environment

from cli.stack.ports import LOOPBACK

_SHOWN = 500
_LARGEST = 32 * 1024 * 1024
_LONGEST_TEXT = 100_000
_HEADERS = {
    # What others wrote is shown here: it may carry no script, load nothing, and be framed by nobody.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_FOLDER = web.AppKey("folder", Path)


class Attachment(TypedDict):
    name: str
    content_type: str
    size: int


# As a call, because `from` is a word of the language.
Mail = TypedDict(
    "Mail",
    {
        "id": str,
        "received_at": str,
        "subject": str,
        "from": str,
        "to": list[str],
        "text": str,
        "html": bool,
        "attachments": list[Attachment],
    },
)


def keep(folder: Path, sender: str, recipients: list[str], content: bytes) -> str:
    """Write one mail with its envelope as a final server does, on disk and whole when this returns; its id sorts by time of arrival."""
    identifier = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{token_hex(4)}"
    envelope = "".join(
        f"{name}: {value}\r\n" for name, value in [("Return-Path", f"<{sender}>"), *(("Delivered-To", to) for to in recipients)]
    )
    fresh = folder / f".{identifier}"
    with fresh.open("wb") as file:
        file.write(envelope.encode() + content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(folder / f"{identifier}.eml")
    return identifier


def newest(folder: Path, to: str | None = None) -> list[Mail]:
    """The newest mails first, at most 500 of them, or those of the 500 that came to nobody but one address."""
    names = sorted((entry.name for entry in os.scandir(folder) if entry.name.endswith(".eml")), reverse=True)
    identifiers = [name.removesuffix(".eml") for name in names[:_SHOWN]]
    return [read(folder, each) for each in identifiers if to is None or _recipients(folder, each) == [to]]


@lru_cache(maxsize=8 * _SHOWN)
def _recipients(folder: Path, identifier: str) -> list[str]:
    """The addresses that `keep` wrote above the mail, without reading further."""
    found = []
    with (folder / f"{identifier}.eml").open("rb") as file:
        file.readline()
        while (line := file.readline()).startswith(b"Delivered-To: "):
            found.append(line.decode().removeprefix("Delivered-To: ").rstrip("\r\n"))
    return found


@lru_cache(maxsize=4 * _SHOWN)
def read(folder: Path, identifier: str) -> Mail:
    """What is in a mail; files never change, so each is parsed once. Raises FileNotFoundError."""
    message = _parse(folder, identifier)
    body = message.get_body(("plain", "html"))
    return {
        "id": identifier,
        "received_at": datetime.strptime(identifier[:22], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC).isoformat(),
        "subject": str(message.get("Subject", "")),
        "from": str(message.get("From", message.get("Return-Path", ""))),
        "to": [str(to) for to in message.get_all("Delivered-To", [])],
        "text": _text(body)[:_LONGEST_TEXT],
        "html": message.get_body(("html",)) is not None,
        "attachments": [
            {"name": part.get_filename() or part.get_content_type(), "content_type": part.get_content_type(), "size": len(_content(part))}
            for part in _attachments(message)
        ],
    }


def _parse(folder: Path, identifier: str) -> EmailMessage:
    # The default policy, whose messages are EmailMessage; the stub says Message.
    message = message_from_bytes((folder / f"{identifier}.eml").read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _attachments(message: EmailMessage) -> list[EmailMessage]:
    """Every part that is no body: marked as an attachment, or of another kind than text, as invitations to a calendar may be."""
    bodies = {id(message.get_body((kind,))) for kind in ("plain", "html")}
    parts = [part for part in message.walk() if isinstance(part, EmailMessage)]
    return [part for part in parts if not part.is_multipart() and id(part) not in bodies]


def _content(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        return _content(part).decode(charset, errors="replace")
    except LookupError:  # a charset nobody knows
        return _content(part).decode("utf-8", errors="replace")


_PAGES = Environment(autoescape=True)
_FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{{ title }}</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}a{color:#0550ae;text-decoration:none}
table{border-collapse:collapse;width:100%}td,th{padding:.4rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}
pre{white-space:pre-wrap;background:#f6f6f6;padding:1rem;border-radius:.4rem}small{color:#666}</style>"""
_LIST_PAGE = _PAGES.from_string(
    _FRAME
    + """<h1>Mailbox</h1><p><small>{{ mails | length }} mails, newest first. <a href="/messages.json">As JSON</a></small></p><table>
<tr><th>Received</th><th>To</th><th>Subject</th><th></th></tr>
{% for mail in mails %}<tr><td><small>{{ mail.received_at[:19] | replace('T', ' ') }}</small></td><td>{{ mail.to | join(', ') }}</td>
<td><a href="/messages/{{ mail.id }}">{{ mail.subject or '(no subject)' }}</a></td>
<td>{{ mail.attachments | map(attribute='name') | join(', ') }}</td></tr>
{% else %}<tr><td colspan="4">Nothing yet.</td></tr>{% endfor %}</table></html>"""
)
_MAIL_PAGE = _PAGES.from_string(
    _FRAME
    + """<p><a href="/">Mailbox</a></p><h1>{{ mail.subject or '(no subject)' }}</h1>
<p>From {{ mail['from'] }}<br>To {{ mail.to | join(', ') }}<br>
<small>{{ mail.received_at }} &middot; <a href="/messages/{{ mail.id }}.eml">source</a>
&middot; <a href="/messages/{{ mail.id }}.json">JSON</a></small></p>
<pre>{{ mail.text }}</pre>
{% for attachment in mail.attachments %}<p><a href="/messages/{{ mail.id }}/attachments/{{ loop.index0 }}">{{ attachment.name }}</a>
<small>{{ attachment.content_type }}, {{ attachment.size }} bytes</small></p>{% endfor %}</html>"""
)


class _Inbox:
    """What aiosmtpd calls when a mail has come in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        identifier = await asyncio.to_thread(keep, self._folder, envelope.mail_from or "", [*envelope.rcpt_tos], content)
        return f"250 kept as {identifier}"


async def _list_page(request: web.Request) -> web.Response:
    mails = await asyncio.to_thread(newest, request.app[_FOLDER])
    return web.Response(text=_LIST_PAGE.render(title="Mailbox", mails=mails), content_type="text/html", headers=_HEADERS)


async def _list_json(request: web.Request) -> web.Response:
    return web.json_response({"messages": await asyncio.to_thread(newest, request.app[_FOLDER])}, headers=_HEADERS)


async def _mail_page(request: web.Request) -> web.Response:
    mail = _find(request)
    return web.Response(text=_MAIL_PAGE.render(title=mail["subject"], mail=mail), content_type="text/html", headers=_HEADERS)


async def _mail_json(request: web.Request) -> web.Response:
    return web.json_response(_find(request), headers=_HEADERS)


async def _mail_source(request: web.Request) -> web.Response:
    mail = _find(request)
    source = (request.app[_FOLDER] / f"{mail['id']}.eml").read_bytes()
    return web.Response(body=source, content_type="text/plain", charset="utf-8", headers=_HEADERS)


async def _attachment(request: web.Request) -> web.Response:
    mail = _find(request)
    parts = _attachments(_parse(request.app[_FOLDER], mail["id"]))
    number = int(request.match_info["number"])
    if number >= len(parts):
        raise web.HTTPNotFound(text="no such attachment")
    # Always saved, never shown: what it says of its kind is the sender's word.
    headers = {**_HEADERS, "Content-Disposition": "attachment", "Content-Type": "application/octet-stream"}
    return web.Response(body=_content(parts[number]), headers=headers)


def _find(request: web.Request) -> Mail:
    try:
        return read(request.app[_FOLDER], request.match_info["id"])
    except FileNotFoundError:
        raise web.HTTPNotFound(text="no such mail") from None


def application(folder: Path) -> web.Application:
    app = web.Application()
    app[_FOLDER] = folder
    identifier = r"{id:[0-9TZ]+-[0-9a-f]+}"
    app.router.add_get("/", _list_page)
    app.router.add_get("/messages.json", _list_json)
    app.router.add_get(f"/messages/{identifier}", _mail_page)
    app.router.add_get(f"/messages/{identifier}.json", _mail_json)
    app.router.add_get(f"/messages/{identifier}.eml", _mail_source)
    app.router.add_get(f"/messages/{identifier}/attachments/{{number:[0-9]{{1,4}}}}", _attachment)
    return app


async def serve(folder: Path, smtp_port: int, http_port: int) -> None:
    """Serve both doors until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    inbox = _Inbox(folder)
    smtp = await loop.create_server(
        lambda: SMTP(inbox, data_size_limit=_LARGEST, enable_SMTPUTF8=True, ident="Einstellen mailbox", loop=loop), LOOPBACK, smtp_port
    )
    runner = web.AppRunner(application(folder), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, http_port).start()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    smtp.close()
    await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cli.stack.mailbox", description="Takes mail over SMTP and shows it on a web page.")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(arguments.folder, arguments.smtp_port, arguments.http_port))


if __name__ == "__main__":
    main()
