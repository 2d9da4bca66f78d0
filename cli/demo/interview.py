"""The second half of the main job: from the match to a scored interview, paid for once."""

import re
import time
from pathlib import Path
from typing import Any

import aiohttp

from cli.demo.client import Client, expect
from cli.demo.page import Page
from cli.demo.story import Story, until

_DATA = Path(__file__).parent / "data"
_SPOKEN = "answer.ogg"
_CREDITS = 3
_QUESTIONS = 5


class Interviewing:
    """The steps in order, after the story's; each leaves on itself what the next ones need."""

    def __init__(self, story: Story, session: aiohttp.ClientSession, url: str, page: Page, administrator: tuple[str, str]) -> None:
        self._page = page
        self._employer = story.employer
        self._candidate = story.candidates[0]
        self._stranger = story.candidates[1]
        self._profile = story.profiles[0]
        self._job = story.job
        self._tag = story.tag
        self._administrator = Client(session, url, page)
        self._credentials = administrator
        self._interview: dict[str, Any] = {}

    @property
    def _path(self) -> str:
        return f"/interviews/{self._interview['id']}"

    async def start(self) -> None:
        self._page.step("The organization gets credits and starts an AI interview: one charge, questions from this CV and this job")
        email, password = self._credentials
        self._administrator.keep(await self._administrator.call("POST", "/api/v1/auth/login/", {"email": email, "password": password}))
        grant = {
            "tenant_id": self._employer.tenant_id,
            "unit": "hiring",
            "amount": _CREDITS,
            "description": "Welcome",
            "request_id": self._tag,
        }
        await self._administrator.call("POST", "/api/credits/grants", grant)
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
        spoken = coded = strayed = followed = False
        while question:
            if question["asks_for_code"]:
                coded, question = True, await self._write(question, _TEXT["code"], _CODE)
            elif not spoken:
                spoken, question = True, await self._speak(question)
            elif question["kind"] == "follow_up":
                followed, question = True, await self._write(question, _TEXT["follow_up"])
            elif not strayed and question["number"] > _QUESTIONS - 2:
                strayed, question = True, await self._write(question, _TEXT["stray"])
            else:
                question = await self._write(question, _answer_to(question))
        expect(
            spoken and coded and followed and strayed, "an answer in speech, one in code, a follow-up or one off the question is missing"
        )

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

        waiting = await until(
            state, lambda found: (found.get("open_question") or {}).get("id") != question["id"], "no further question was asked"
        )
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


_TEXT = {
    "code": "I keep a running total for each account, so that one pass is enough: linear in time, and in space by the number of accounts.",
    "follow_up": (
        "We measured it with the production query log replayed on both schemas: the slowest query went from four seconds to eighty milliseconds, and "
        "the error rate stayed at zero for the two weeks that both ran side by side."
    ),
    "stray": "On weekends I bake sourdough bread, and my cat likes to sit on the warm oven. We also went to the Baltic Sea in July.",
}
_CODE = '''def balances(entries):
    """The balance of each account, from (account, amount) pairs."""
    totals = {}
    for account, amount in entries:
        totals[account] = totals.get(account, 0) + amount
    return totals
'''


def _answer_to(question: dict[str, Any]) -> str:
    return _TEXT["follow_up"]


def _flag(score: dict[str, Any]) -> str:
    return "off the question" if score["is_deviated"] else ""


def _short(text: str, most: int) -> str:
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= most else text[: most - 1] + "…"
