"""Requests to addresses that strangers name: only to what the internet reaches, whatever the name resolves to, and never for long."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import certifi

from services.chassis import errors

_SECONDS = 15.0
_MOST_BYTES = 20_000
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Answer:
    """`http_status` is 0 where none came; `problem` then says why. `retry_after` are the seconds that the target asks us to wait."""

    http_status: int = 0
    problem: str = ""
    retry_after: int = 0


def check_url(url: str, *, private: bool) -> None:
    """Refuses what no request could ever go to. What a name resolves to is looked at when something is sent, for it may change.

    Raises InvalidArgument / URL_INVALID, URL_PRIVATE.
    """
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.port != 0 and not (parts.username or parts.password or parts.fragment)
        plain = url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        named = plain = False
    if not named or not plain:
        raise errors.invalid_field("url", "URL_INVALID", "is no address like https://example.com/hooks")
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise errors.invalid_field("url", "URL_INVALID", "must begin with https://")
    host = str(parts.hostname)
    if not private and (host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or not _may_be_public(host)):
        raise errors.invalid_field("url", "URL_PRIVATE", "is not reached from the internet")


def is_public(address: str) -> bool:
    """Whether the internet routes to it. What holds an IPv4 address inside an IPv6 one is refused, since that may lead anywhere."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None or ip.teredo is not None or ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local or ip.is_unspecified)


def _may_be_public(host: str) -> bool:
    """False for a literal address that is not public, in any of the ways that a resolver reads (as 0x7f.1)."""
    with contextlib.suppress(ValueError):
        return is_public(host)
    with contextlib.suppress(OSError):
        return is_public(socket.inet_ntoa(socket.inet_aton(host)))
    return True


def resolve(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Targets:
    """Sends to targets. `private` lets requests go to private addresses and over plain HTTP, as tests and development need it."""

    def __init__(self, *, private: bool, resolve: Resolve = resolve, seconds: float = _SECONDS) -> None:
        self._private = private
        self._resolve = resolve
        self._seconds = seconds
        self._context = ssl.create_default_context(cafile=certifi.where())

    def check(self, url: str) -> None:
        check_url(url, private=self._private)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request, to the very address that was looked at; redirects are answers like others, and of an answer only its head is read."""
        if len(body) > _MOST_BYTES:
            return Answer(problem="TOO_LARGE")
        ends = time.monotonic() + self._seconds
        try:
            self.check(url)
            parts = urlsplit(url)
            with contextlib.closing(self._connect(parts, ends)) as line, _until(ends, line):
                if isinstance(line, ssl.SSLSocket):
                    line.do_handshake()
                answer = _ask(parts, line, headers, body)
                # A head that was cut short looks like a whole one.
                return answer if time.monotonic() < ends else Answer(problem="TIMED_OUT")
        except errors.InvalidArgument as problem:
            return Answer(problem=problem.reason)
        except _Refused as problem:
            return Answer(problem=str(problem))
        except ssl.SSLError:
            return Answer(problem="TIMED_OUT" if time.monotonic() >= ends else "TLS_FAILED")
        except (TimeoutError, OSError, http.client.HTTPException) as problem:
            late = isinstance(problem, TimeoutError) or time.monotonic() >= ends
            return Answer(problem="TIMED_OUT" if late else "NOT_CONNECTED" if isinstance(problem, ConnectionRefusedError) else "BROKEN_OFF")

    def _connect(self, parts: SplitResult, ends: float) -> socket.socket:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            found = self._resolve(str(parts.hostname), port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise _Refused("NAME_NOT_FOUND")
        if not self._private and not all(map(is_public, found)):
            raise _Refused("ADDRESS_REFUSED")
        line = socket.create_connection((found[0], port), timeout=max(0.01, ends - time.monotonic()))
        if parts.scheme != "https":
            return line
        return self._context.wrap_socket(line, server_hostname=parts.hostname, do_handshake_on_connect=False)


class _Refused(Exception):  # noqa: N818 - an outcome, not a fault
    """The request was not sent."""


@contextlib.contextmanager
def _until(ends: float, line: socket.socket) -> Iterator[None]:
    """Breaks the line at the end of the time, for a target that sends byte after byte never lets a read time out."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)  # past TLS, whose own state belongs to the thread that reads

    timer = threading.Timer(max(0.0, ends - time.monotonic()), cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _ask(parts: SplitResult, line: socket.socket, headers: Mapping[str, str], body: bytes) -> Answer:
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80))
    connection.sock = line
    connection.default_port = 443 if parts.scheme == "https" else 80  # so that the Host header names no usual port
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
        answer = connection.getresponse()
        wait = answer.headers.get("Retry-After", "")
        return Answer(answer.status, "", int(wait) if wait.isdecimal() and len(wait) < 7 else 0)
    finally:
        connection.close()
