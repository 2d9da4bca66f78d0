"""The second half of the main job: from the match to a scored interview, paid for once."""

import re
import time
from pathlib import Path
from typing import Any

import aiohttp

from cli.demo.client import expect
from cli.demo.page import Page
from cli.demo.story import Story, until

_DATA = Path(__file__).parent / "data"
_SPOKEN = "answer.ogg"
_PLAN = "HumanLite"
_QUESTIONS = 5


class Interviewing:
    """The steps in order, after the story's; each leaves on itself what the next ones need."""

    def __init__(self, story: Story, session: aiohttp.ClientSession, url: str, page: Page) -> None:
        self._page = page
        self._employer = story.employer
        self._candidate = story.candidates[0]
        self._stranger = story.candidates[1]
        self._profile = story.profiles[0]
        self._job = story.job
        self._tag = story.tag
        self._session = session
        self._url = url
        self._interview: dict[str, Any] = {}

    @property
    def _path(self) -> str:
        return f"/interviews/{self._interview['id']}"

    async def subscribe(self) -> None:
        self._page.step("The organization subscribes on Stripe's page (a stand-in of Stripe here); its webhook says that it is paid")
        plans = (await self._employer.call("GET", "/plans/?family=hiring"))["plans"]
        plan = next(each for each in plans if each["name"] == _PLAN)
        self._page.say(f"{plan['name']}: {plan['description']} for {int(plan['price_amount']) / 100:.2f} {plan['currency']}")
        await self._employer.call("PUT", "/api/v1/billing-details", _BUYER)
        request = {
            "plan_id": plan["id"], "success_url": f"{self._url}/docs", "cancel_url": f"{self._url}/docs", "request_id": f"subscribe-{self._tag}"
        }  # fmt: skip
        payment = await self._employer.call("POST", "/api/v1/subscriptions/create-checkout-session/", request)
        async with self._session.post(payment["url"], allow_redirects=False) as paid:
            expect(paid.status == 303, f"the payment page answered {paid.status}")

        async def balance() -> dict[str, Any]:
            return await self._employer.call("GET", "/api/credits/balance", quiet=True)

        found = await until(balance, lambda found: _hiring(found) == plan["credits"], "the credits did not come")
        again = await self._employer.call("POST", "/api/v1/subscriptions/create-checkout-session/", request)
        expect((again["id"], again["status"]) == (payment["id"], "succeeded"), "the same request began a second payment")
        [invoice] = (await self._employer.call("GET", "/invoices/"))["invoices"]
        expect((invoice["status"], invoice["amount"]) == ("paid", plan["price_amount"]), "the invoice is not paid")
        expect(invoice["billed_to"][0] == _BUYER["name"], "the invoice is made out to somebody else")
        self._page.say(f"invoice {invoice['number']} to {', '.join(invoice['billed_to'])} is paid; {_hiring(found):g} credits are there")

    async def start(self) -> None:
        self._page.step("It starts an AI interview: one charge, questions from this CV and this job")
        request = {
            "candidate_id": self._profile["id"], "job_id": self._job["id"], "question_count": _QUESTIONS, "request_id": f"interview-{self._tag}"
        }  # fmt: skip
        self._interview = await self._employer.call("POST", "/interviews/start/", request)
        expect(self._interview["status"] == "running", "the interview does not run")
        again = await self._employer.call("POST", "/interviews/start/", request)
        expect(again["id"] == self._interview["id"], "the same request started a second interview")
        self._page.say("the same request again: the same interview")
        await self._show_ledger()
        self._ask(self._interview["open_question"])

    async def answer(self) -> None:
        self._page.step("The candidate answers: in writing, aloud, and with code; a follow-up goes back to what was said")
        question: dict[str, Any] | None = self._interview["open_question"]
        done: set[str] = set()
        followed = False
        while question:
            kind = _kind(question, done)
            followed = followed or question["kind"] == "follow_up"
            done.add(kind)
            if kind == "spoken":
                question = await self._speak(question)
            elif kind == "code":
                question = await self._write(question, _CODE_TEXT, _CODE)
            else:
                question = await self._write(question, _ANSWERS.get(kind, _ANSWERS["any"]))
        missing = {"spoken", "code", "stray", *(() if followed else ("follow_up",))} - done
        expect(not missing, f"the interview had no answer of these kinds: {', '.join(sorted(missing))}")

    async def conclude(self) -> None:
        self._page.step("The interview ends with a report: scores with evidence, what was off the question, and one charge in the ledger")
        ended = await self._employer.call("POST", f"{self._path}/end/", {})
        expect(ended["status"] == "ended", "the report was not written")
        report = await self._employer.call("GET", f"{self._path}/report")
        self._page.say(f"overall {report['overall_score']:.1f} of 10 (rubric {report['rubric_version']})")
        rows = []
        for question in report["questions"]:
            score = question.get("score")
            if score is None:
                continue
            found = [point for point in score["points"] if point["found"]]
            evidence = f"“{_short(found[0]['quote'], 70)}”" if found else "-"
            points = f"{len(found)} of {len(score['points'])}"
            rows.append(
                (question["number"], question["skill"] or question["kind"], f"{score['value']:.1f}", points, _flag(score), evidence)
            )
        self._page.table(("question", "about", "score", "points", "", "evidence"), rows)
        for gap in report["gaps"][:4]:
            self._page.say(f"gap: {gap}")
        self._page.say(report["comments"])
        expect(
            any(question.get("score", {}).get("is_deviated") for question in report["questions"]),
            "no answer is flagged as off the question",
        )
        expect(
            any(point["quote"] for question in report["questions"] for point in question.get("score", {}).get("points", [])), "no evidence"
        )
        for method, path in (("GET", f"{self._path}/report"), ("GET", f"{self._path}/transcript")):
            status = await self._stranger.status(method, path)
            expect(status == 404, f"a stranger got {status} for {path}")
        expect(await self._candidate.status("GET", f"{self._path}/report") == 404, "the candidate reads a report that is not shared")
        transcript = await self._candidate.call("GET", f"{self._path}/transcript?page_size=100")
        self._page.say(
            f"the transcript has {len(transcript['lines'])} lines, for both sides; the report is the organization's; others get 404"
        )
        await self._show_ledger()

    async def _speak(self, question: dict[str, Any]) -> dict[str, Any] | None:
        await self._candidate.call("POST", f"{self._path}/consent", {"agrees": True})
        form = aiohttp.FormData()
        form.add_field("file", (_DATA / _SPOKEN).read_bytes(), filename=_SPOKEN, content_type="audio/ogg")
        path = f"{self._path}/questions/{question['id']}/recording"
        taken = await self._candidate.call("POST", path, data=form)
        expect(taken["state"] == "transcribing", "the recording was not taken")
        started = time.perf_counter()

        async def heard() -> dict[str, Any]:
            found = await self._candidate.call("GET", f"{self._path}/questions", quiet=True)
            return next(dict(each) for each in found["questions"] if each["id"] == question["id"])

        answered = await until(heard, lambda found: found["state"] != "transcribing", "the recording was not transcribed", seconds=90)
        expect(answered["state"] == "answered", f"nothing was understood: {answered['problem']}")
        self._page.say(f"transcribed in {time.perf_counter() - started:.1f} s: “{answered['answer']}”")

        async def state() -> dict[str, Any]:
            return await self._candidate.call("GET", self._path, quiet=True)

        waiting = await until(state, lambda found: found.get("open_question") or _complete(found), "no further question was asked")
        following = waiting.get("open_question")
        self._ask(following)
        return dict(following) if following else None

    async def _write(self, question: dict[str, Any], text: str, code: str = "") -> dict[str, Any] | None:
        path = f"{self._path}/questions/{question['id']}/answer"
        answer = await self._candidate.call("POST", path, {"text": text, "code": code, "request_id": f"answer-{question['id']}"})
        self._page.say(f"Ada: {_short(text, 150)}" + (f" (and {len(code.splitlines())} lines of code)" if code else ""))
        following = answer.get("next_question")
        expect(following or answer["is_complete"], "no further question followed")
        self._ask(following)
        return dict(following) if following else None

    def _ask(self, question: dict[str, Any] | None) -> None:
        if question:
            self._page.say(f"Interviewer, question {question['number']} ({question['kind'].replace('_', ' ')}): {question['text']}")

    async def _show_ledger(self) -> None:
        found = await self._employer.call("GET", "/api/credits/transactions?unit=hiring")
        rows = [(one["type"], f"{one['amount']:+g}", f"{one['balance_after']:g}", one["description"]) for one in found["transactions"]]
        self._page.table(("ledger", "credits", "balance", "what for"), rows)
        charges = [one for one in found["transactions"] if one["type"] == "INTERVIEW"]
        expect(len(charges) == 1 and charges[0]["amount"] == -1, f"there are {len(charges)} charges for one interview")


def _hiring(balance: dict[str, Any]) -> float:
    return next(float(each["amount"]) for each in balance["balances"] if each["unit"] == "hiring")


_BUYER = {"name": "Kiefernwald Logistics GmbH", "address_lines": ["Am Kai 4", "20457 Hamburg"], "country": "DE", "tax_id": "DE123456789"}
_ANSWERS = {
    "other options": (
        "The other option was to stop the service for a night and copy everything in one go. We decided against it because a stop of several hours would "
        "have cost more than the double writes, and because there would have been no way back."
    ),
    "division into modules": (
        "Each service owns its tables and its proto file, and nobody reads the tables of another. Clear modules with small interfaces: what is not in the "
        "proto file can be changed on the same day without asking anybody."
    ),
    "follow_up": (
        "We measured it by replaying the query log of production on both: the slowest query went from four seconds to eighty milliseconds, and not one "
        "request failed in the two weeks that both ran side by side."
    ),
    "postgres-vacuum": (
        "An update in PostgreSQL writes a new version of the row and leaves the old one behind; vacuum removes the versions that nobody can see any more. "
        "A transaction that stays open for hours still may see them, so vacuum has to keep them. Tables and indexes then grow and every scan gets slower. "
        "We set idle_in_transaction_session_timeout and an alert on the age of the oldest transaction."
    ),
    "cat-language-large": (
        "We kept the gRPC services changeable by small modules, each with a narrow interface in its proto file. Nothing was merged without tests of its "
        "behaviour, so that we could change the inside without fear. A colleague reviewed every change, a linter kept one style, and we refactored in small "
        "steps with every feature rather than once a year."
    ),
    "stray": "On weekends I bake sourdough bread, and my cat likes to sit on the warm oven. In July we went to the Baltic Sea and ate a lot of ice cream.",
    "any": (
        "At Nordvik I had to decide how we would change our payment service without stopping it. I compared two ways with the team, chose the smaller steps "
        "because each of them could be taken back, wrote a test for every step first, and after three months errors had dropped from twelve a week to one."
    ),
}
_CODE_TEXT = (
    "Each task counts what it still waits for, and a heap holds those that wait for nothing, the first by name on top. Every task and every arrow is touched "
    "once, so it takes n log n time for the heap and memory in their number. With no tasks the order is empty, and a cycle leaves some out: then it is None."
)
_CODE = '''from heapq import heapify, heappop, heappush


def order(tasks):
    """The tasks, each after those it waits for; None where they wait for each other."""
    waiting = {name: len(set(before)) for name, before in tasks.items()}
    followers = {name: [] for name in tasks}
    for name, before in tasks.items():
        for one in set(before):
            followers[one].append(name)
    ready = [name for name, count in waiting.items() if not count]
    heapify(ready)
    done = []
    while ready:
        done.append(heappop(ready))
        for name in followers[done[-1]]:
            waiting[name] -= 1
            if not waiting[name]:
                heappush(ready, name)
    return done if len(done) == len(tasks) else None
'''


def _kind(question: dict[str, Any], done: set[str]) -> str:
    """Which answer the candidate gives: each way of answering once, one that is off the question, and else what fits it."""
    if question["asks_for_code"]:
        return "code"
    if question["kind"] == "follow_up":
        return next(
            (words for words in ("other options", "division into modules") if words in question["text"] and words not in done), "follow_up"
        )
    if "spoken" not in done:
        return "spoken"
    if question["kind"] == "situation" and "stray" not in done:
        return "stray"
    return next((name for name, words in _ABOUT.items() if words in question["text"]), "any")


_ABOUT = {"postgres-vacuum": "vacuum", "cat-language-large": "changeable over years"}


def _complete(interview: dict[str, Any]) -> bool:
    return bool(interview["status"] != "running")


def _flag(score: dict[str, Any]) -> str:
    return "off the question" if score["is_deviated"] else ""


def _short(text: str, most: int) -> str:
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= most else text[: most - 1] + "…"
