"""The API's pages over a real server: what they answer, what they load, and what they refuse."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread

import pytest
from aiohttp import web

import gateway.pages
from gateway.pages import add_pages
from tests.gateway.yjs import FOLDER, NODE

DOCUMENT = json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}).encode()
PAGES = ["/docs", "/docs/", "/api/schema/swagger-ui", "/api/schema/swagger-ui/", "/redoc", "/redoc/"]


@contextmanager
def served() -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    async def start() -> tuple[web.AppRunner, int]:
        app = web.Application()
        add_pages(app, DOCUMENT)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner, runner.addresses[0][1]

    runner, port = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served() as port:
        yield port


def get(port: int, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/api/schema/", "/api/schema"])
def test_the_document_is_served_as_it_was_given(port: int, path: str) -> None:
    response, body = get(port, path)
    assert (response.status, response.headers["Content-Type"], body) == (200, "application/json; charset=utf-8", DOCUMENT)


def test_a_client_that_has_the_document_is_not_sent_it_again(port: int) -> None:
    etag = get(port, "/api/schema/")[0].headers["ETag"]
    again, body = get(port, "/api/schema/", If_None_Match=etag)
    assert (again.status, again.headers["ETag"], body) == (304, etag, b"")
    assert get(port, "/api/schema/", If_None_Match='"another"')[0].status == 200


@pytest.mark.parametrize("path", PAGES)
def test_everything_that_a_page_loads_comes_from_the_same_address_and_is_there(port: int, path: str) -> None:
    response, body = get(port, path)
    assert response.status == 200
    loaded = re.findall(r'(?:src|href)="([^"]+)"', body.decode())
    assert len(loaded) >= 3
    for address in loaded:
        assert address.startswith("/static/")
        assert get(port, address)[0].status == 200, address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_lets_only_scripts_of_this_address_run_and_has_none_in_its_text(port: int, path: str) -> None:
    response, body = get(port, path)
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert re.findall(rb"<script[^>]*>([^<]+)</script>", body) == []


@pytest.mark.parametrize("name", ["swagger-ui.js", "redoc.js"])
def test_a_pages_script_asks_for_the_document(port: int, name: str) -> None:
    response, body = get(port, f"/static/pages/{name}")
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert b'"/api/schema/"' in body


def test_assets_may_be_kept_and_are_not_guessed_to_be_another_type(port: int) -> None:
    response, _ = get(port, "/static/swagger-ui/swagger-ui.css")
    assert response.headers["Content-Type"] == "text/css"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/swagger-ui/../../../__init__.py",
        "/static/swagger-ui/%2e%2e/redoc/LICENSE",
        "/static/redoc/..%2f..%2f..%2f..%2f__init__.py",
        "/static/redoc//etc/passwd",
        "/static/pages/..%2fpages.py",
        "/static/pages/none.js",
        "/static/",
        "/static/swagger-ui/",
    ],
)
def test_nothing_outside_the_two_folders_is_reachable_and_folders_are_not_listed(port: int, path: str) -> None:
    assert get(port, path)[0].status in (403, 404)


def test_the_package_of_the_pages_is_not_run(port: int) -> None:
    get(port, "/docs")
    assert "drf_spectacular_sidecar" not in sys.modules


def test_the_yjs_of_the_interviews_page_is_what_its_packages_make(tmp_path: Path) -> None:
    made = tmp_path / "yjs.js"
    subprocess.run([NODE, "bundle.mjs", str(made)], cwd=FOLDER, check=True, timeout=60)
    assert made.read_text() == (Path(gateway.pages.__file__).parent / "interview" / "yjs.js").read_text()
