"""Running the demo: the embedded stack, the story through it, and the addresses to go on from."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import aiohttp

from cli.demo.client import DemoError
from cli.demo.interview import Interviewing
from cli.demo.page import Page
from cli.demo.story import Story
from cli.stack.stripe_stand_in import StripeServer
from cli.up import Running, embedded


def demo(data: Path, port: int, *, once: bool) -> int:
    """The exit status: 0 where every step was as it should be; 1, with the reason printed, where one was not."""
    page = Page()
    page.note("Einstellen: starting PostgreSQL, Valkey, Envoy, the services and the gateway")
    started = time.perf_counter()
    with suppress(KeyboardInterrupt), _stripe() as stripe, embedded(data, port, page.note, settings=_paid_by(stripe)) as running:
        stripe.hooks.append(f"{running.url}/webhook/stripe/")
        page.note(f"up at {running.url} after {time.perf_counter() - started:.1f} s")
        try:
            asyncio.run(_tell(running, page))
        except (DemoError, aiohttp.ClientError, TimeoutError) as problem:
            page.problem(f"{problem or type(problem).__name__}")
            page.note(f"    logs: {running.folder.room('logs')}")
            return 1
        _addresses(running, page)
        if not once:
            page.note("\nIt keeps running; Ctrl-C stops it.")
            running.supervisor.wait()
        return 0
    return 0


def seed(url: str) -> int:
    """Walks the first half of the story against a stack that runs already, and leaves its organization, job and candidates there."""

    async def tell() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            story = Story(session, url.rstrip("/"), Page())
            await story.post_a_job()
            await story.upload_cvs()
            await story.apply()

    try:
        asyncio.run(tell())
    except (DemoError, aiohttp.ClientError, TimeoutError) as problem:
        print(f"einstellen: {problem}", file=sys.stderr)
        return 1
    return 0


async def _tell(running: Running, page: Page) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        story = Story(session, running.url, page, running.mailbox)
        started = time.perf_counter()
        await story.post_a_job()
        await story.upload_cvs()
        await story.apply()
        await story.invite()
        await story.converse()
        interviewing = Interviewing(story, session, running.url, page)
        await interviewing.subscribe()
        await interviewing.start()
        await interviewing.answer()
        await interviewing.conclude()
        page.note(f"\nAll as it should be, in {time.perf_counter() - started:.1f} s.")


@contextmanager
def _stripe() -> Iterator[StripeServer]:
    """A stand-in of Stripe, while the demo runs."""
    with closing(StripeServer(first=time.time_ns() // 1_000_000)) as stripe:
        yield stripe


def _paid_by(stripe: StripeServer) -> dict[str, str]:
    return {"STRIPE_SECRET_KEY": "sk_test_of_the_demo", "STRIPE_BASE_URL": stripe.url, "STRIPE_WEBHOOK_SECRET": stripe.secret}


def _addresses(running: Running, page: Page) -> None:
    page.note()
    host = running.url.removeprefix("http://")
    page.table(
        ("door", "address"),
        (
            ("API", running.url),
            ("OpenAPI", f"{running.url}/docs (Swagger UI), {running.url}/redoc, {running.url}/api/schema/"),
            ("gRPC", f"{host} (h2c, with reflection; gRPC-web on the same address)"),
            ("Rooms", f"ws://{host}/ws/chat/<room>/, ws://{host}/ws/interview/<interview>/"),
            ("Mailbox", running.mailbox),
            (
                "Metrics",
                ", ".join(
                    f"http://{address}{'/stats/prometheus' if name == 'envoy' else '/metrics'}"
                    for name, address in running.operator.items()
                ),
            ),
            ("Health", f"{running.url}/healthz, {running.url}/readyz"),
            ("Data", str(running.folder.root)),
        ),
    )
