"""Where webhooks may go: no name and no address leads to what only we can reach, and nobody holds us up."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cli.stack.ports import LOOPBACK
from services.chassis.errors import InvalidArgument
from services.notifications.webhooks import targets
from services.notifications.webhooks.targets import Targets, check_url, is_public
from tests.services.notifications.receiver import receiving

INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1",
    "198.18.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1",
    "fec0::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1234::1", "2001:db8::1", "::127.0.0.1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_only_we_can_reach_is_refused(address: str) -> None:
    assert not is_public(address)
    refused = Targets(private=False, resolve=lambda *_: ["8.8.8.8", address]).post("https://example.com/", {}, b"")
    assert refused.problem == "ADDRESS_REFUSED"


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet_is_not(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/", "https://a.localhost/", "https://printer.local/", "https://vault.internal/", "https://127.0.0.1/", "https://[::1]/", "https://0x7f.1/",
        "https://2130706433/", "https://017700000001/", "https://127.1/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest/meta-data",
    ],
)  # fmt: skip
def test_an_address_that_says_of_itself_that_it_is_ours_is_refused_at_once(url: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        check_url(url, private=False)
    assert refused.value.reason == "URL_PRIVATE"


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "http://example.com/", "ftp://example.com/", "https://", "https:///path", "https://user:word@example.com/", "https://example.com/#part",
        "https://example.com:0/", "https://example.com:99999/", "https://exa mple.com/", "https://example.com/\r\nHost: other", "https://[::1", "https://ex\u00e4mple.com/",
    ],
)  # fmt: skip
def test_what_is_no_address_for_webhooks_is_refused(url: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        check_url(url, private=False)
    assert refused.value.reason == "URL_INVALID"


def test_a_name_is_looked_up_once_and_the_request_goes_to_what_was_looked_at() -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return [LOOPBACK] if len(asked) == 1 else ["203.0.113.1"]  # as a name server that changes its mind

    with receiving() as receiver:
        answer = Targets(private=True, resolve=resolve).post(f"http://hooks.example.com:{receiver.port}/a?b=c", {"x-a": "b"}, b"{}")
        (got,) = receiver.got
    assert (answer.http_status, asked) == (204, ["hooks.example.com"])
    assert (got.headers["host"], got.headers["x-a"], got.body) == (f"hooks.example.com:{receiver.port}", "b", b"{}")


@contextmanager
def speaking(*pieces: bytes, pause: float = 0.0) -> Iterator[int]:
    """A server that says these pieces whatever it is asked, and then stays on the line."""
    server = socket.create_server((LOOPBACK, 0))
    over = threading.Event()

    def serve() -> None:
        line, _ = server.accept()
        with line:
            try:
                for piece in pieces:
                    line.sendall(piece)
                    over.wait(pause)
            except OSError:
                return
            over.wait(5)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        thread.join()
        server.close()


@pytest.mark.parametrize(
    ("pieces", "pause", "problem"),
    [
        ((), 0.0, "TIMED_OUT"),
        ((b"HTTP/1.1 200 OK\r\nx: ", *[b"y"] * 100), 0.02, "TIMED_OUT"),
        ((b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000,), 0.0, "BROKEN_OFF"),
        ((b"SSH-2.0-OpenSSH_9.9\r\n",), 0.0, "BROKEN_OFF"),
    ],
    ids=["says nothing", "says a byte now and then", "says too much", "speaks something else"],
)
def test_a_target_has_no_more_than_its_time_and_its_line(pieces: tuple[bytes, ...], pause: float, problem: str) -> None:
    with speaking(*pieces, pause=pause) as port:
        answer = Targets(private=True, seconds=0.3).post(f"http://{LOOPBACK}:{port}/", {}, b"")
    assert (answer.http_status, answer.problem) == (0, problem)


def test_what_cannot_be_reached_says_why() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
    assert Targets(private=True).post(f"http://{LOOPBACK}:{port}/", {}, b"").problem == "NOT_CONNECTED"

    def unknown(*_: object) -> list[str]:
        raise socket.gaierror

    assert Targets(private=True, resolve=unknown).post("http://nowhere.example/", {}, b"").problem == "NAME_NOT_FOUND"
    assert Targets(private=True).post(f"http://{LOOPBACK}:{port}/", {}, b"x" * 20_001).problem == "TOO_LARGE"


def test_the_certificate_is_of_the_name_and_not_of_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = certificate(tmp_path, "hooks.example.com")
    monkeypatch.setattr(targets.certifi, "where", lambda: str(authority))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority, tmp_path / "key.pem")
    with receiving(context=context) as receiver:
        sent = Targets(private=True, resolve=lambda *_: [LOOPBACK])
        assert sent.post(f"https://hooks.example.com:{receiver.port}/", {}, b"{}").http_status == 204
        assert sent.post(f"https://other.example.com:{receiver.port}/", {}, b"{}").problem == "TLS_FAILED"
    assert len(receiver.got) == 1


def certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(plain)
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "certificate.pem"
