"""The first half of the main job, as an outside client walks it: from a CV to a ranked match, an invitation and a conversation."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from cli.demo.client import Client, DemoError, expect
from cli.demo.page import Page

_DATA = Path(__file__).parent / "data"
_CVS = (
    ("Ada", "Lindqvist", "ada-lindqvist.pdf", "application/pdf"),
    ("Marco", "Ferrari", "marco-ferrari.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("Sofia", "Keller", "sofia-keller.pdf", "application/pdf"),
)
_PATIENCE = 20.0


class Story:
    """The steps in order; each leaves on itself what the next ones need. Addresses carry a tag of their own, so that it can be told again."""

    def __init__(self, session: aiohttp.ClientSession, url: str, page: Page, mailbox: str = "") -> None:
        self._session = session
        self._url = url
        self._page = page
        self._mailbox = mailbox
        self.tag = secrets.token_hex(3)
        self._interview = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=2)
        self.employer = Client(session, url, page)
        self.candidates: list[Client] = []
        self.profiles: list[dict[str, Any]] = []
        self.job: dict[str, Any] = {}
        self.applications: list[dict[str, Any]] = []

    async def post_a_job(self) -> None:
        self._page.step("An employer registers, creates an organization and a company, and posts a job")
        await self._sign_up(self.employer, "Erik", "Sommer", "kiefernwald")
        organization = await self.employer.call(
            "POST", "/api/v1/organizations/", {"name": "Kiefernwald Logistics", "request_id": f"org-{self.tag}"}
        )
        self._page.say(
            f"organization {organization['name']} ({organization['kind']}); {self.employer.user['first_name']} is its {organization['role']}"
        )
        switch = f"/api/v1/organizations/{organization['id']}/switch"
        self.employer.keep(await self.employer.call("POST", switch, {"refresh_token": self.employer.refresh}))
        company = await self.employer.call("POST", "/companies/", {"name": "Kiefernwald Logistics"})
        title, _, description = (_DATA / "job-senior-backend-engineer.txt").read_text().partition("\n")
        self.job = await self.employer.call(
            "POST", "/jobs/",
            {
                "company_id": company["id"], "title": title.strip(), "description": description.strip(), "location": "Hamburg, Germany",
                "salary_range": {"min_amount": 7200000, "max_amount": 8800000, "currency": "EUR"}, "request_id": f"job-{self.tag}",
            },
        )  # fmt: skip
        expect(self.job["status"] == "published" and self.job["key_skills"], "the job is not published, or no skills were read from it")
        self._page.say(f"{self.job['title']}, {self.job['location']}: {len(description.split())} words")
        self._page.say(f"key skills read from the text: {', '.join(self.job['key_skills'])}")

    async def upload_cvs(self) -> None:
        self._page.step("Three candidates register, create profiles and upload their CVs, which are read")
        for first_name, last_name, file_name, content_type in _CVS:
            client = Client(self._session, self._url, self._page)
            await self._sign_up(client, first_name, last_name, "mail")
            profile = await client.call("POST", "/candidates/", {"first_name": first_name, "last_name": last_name})
            form = aiohttp.FormData()
            form.add_field("file", (_DATA / file_name).read_bytes(), filename=file_name, content_type=content_type)
            cv = await client.call("POST", f"/candidates/{profile['id']}/upload-cv/", data=form)
            started = time.perf_counter()
            ask = partial(client.call, "GET", f"/candidates/{profile['id']}/cvs/{cv['id']}", quiet=True)
            cv = await until(ask, lambda found: found["status"] in ("parsed", "unreadable"), f"the CV {file_name} was not parsed")
            expect(cv["status"] == "parsed", f"{file_name} could not be read: {cv['reason']}")
            profile = await client.call("GET", f"/candidates/{profile['id']}/")
            self._show_profile(profile, cv, (time.perf_counter() - started) * 1000)
            self.candidates.append(client)
            self.profiles.append(profile)

    def _show_profile(self, profile: dict[str, Any], cv: dict[str, Any], milliseconds: float) -> None:
        expect(profile["skills"] and profile["work_experience"], f"nothing was read from {cv['file_name']}")
        sure = sum(finding["confidence"] for finding in cv["findings"]) / max(1, len(cv["findings"]))
        self._page.say(f"{cv['file_name']}: {len(cv['findings'])} values found in {milliseconds:.0f} ms, on average {sure:.0%} sure")
        rows: list[tuple[str, str]] = [("name", f"{profile['first_name']} {profile['last_name']}")]
        rows += [(name, profile[name]) for name in ("email", "phone", "location", "headline") if profile[name]]
        rows += [
            ("work", f"{w['job_title']}, {w['company_name']}, {w['start_date']} to {w['end_date'] or 'now'}")
            for w in profile["work_experience"]
        ]
        rows += [
            ("education", f"{e['degree']}, {e['university']}, {e['start_year'] or '?'} to {e['end_year'] or '?'}")
            for e in profile["education"]
        ]
        rows += [("skills", ", ".join(s["skill_name"] for s in profile["skills"]))]
        rows += [("certified", f"{c['title']} ({c['issued_by']}) {c['issue_date']}") for c in profile["certifications"]]
        self._page.table(("read", "value"), rows)
        for note in cv["unread"][:3]:
            self._page.say(f"not read: {note}")

    async def apply(self) -> None:
        self._page.step("They apply; each match is scored and explained; the employer sees them ranked")
        for client, profile in zip(self.candidates, self.profiles, strict=True):
            application = await client.call(
                "POST",
                f"/jobs/{self.job['id']}/apply/",
                {"candidate_id": profile["id"], "request_id": f"apply-{self.tag}-{profile['id'][:8]}"},
            )
            expect(application["status"] == "applied", "an application is not in the state `applied`")
            self.applications.append(application)
        ours = {application["id"] for application in self.applications}
        matches = await until(
            lambda: self.employer.call("GET", f"/jobs/{self.job['id']}/matches/"),
            lambda found: ours <= {match["application_id"] for match in found["matches"]}, "the applicants are not among the matches",
        )  # fmt: skip
        rows = [
            (
                match["rank"], match["display_name"], f"{match['score']['value']:.1f}",
                _short(match["score"]["matched_skills"]), _short(match["score"]["missing_skills"]),
            )
            for match in matches["matches"]
        ]  # fmt: skip
        self._page.table(("rank", "candidate", "score", "has", "misses"), rows)
        best = matches["matches"][0]
        expect(best["display_name"] == "Ada Lindqvist", f"{best['display_name']} ranks first; it should be Ada Lindqvist")
        scores = [match["score"]["value"] for match in matches["matches"]]
        expect(scores == sorted(scores, reverse=True), "the matches are not in the order of their scores")
        parts = "  ".join(
            f"{signal['name']} {signal['contribution']:.1f} of {signal['weight'] * 100:.1f}" for signal in best["score"]["signals"]
        )
        self._page.say(f"why {best['score']['value']:.1f}: {parts}")
        self._page.say(best["score"]["summary"])
        listed = await self.employer.call("GET", f"/applications/?job_id={self.job['id']}&status=applied")
        expect({a["id"] for a in listed["applications"]} == ours, "the employer does not see the three applications")

    async def invite(self) -> None:
        self._page.step("The employer invites the best to an interview; both get mail; a reminder is set and fires")
        best = next(application for application in self.applications if application["candidate_id"] == self.profiles[0]["id"])
        interview = self._interview
        path = f"/applications/{best['id']}/status/"
        moved = await self.employer.call(
            "PUT", path, {"status": "interview", "interview_time": _stamp(interview), "reason": "strong on every key skill"}
        )
        expect(moved["status"] == "interview", "the application did not move")
        self._page.say(
            f"{moved['candidate_name']}: {' → '.join(['applied', *(change['to_status'] for change in moved['history'] if change['from_status'])])}"
        )
        people = {"the candidate": self.candidates[0].user["email"], "the employer": self.employer.user["email"]}
        for who, address in people.items():
            mail = await self._mail(address, "interview", f"{who} got no mail about the interview")
            files = ", ".join(attachment["name"] for attachment in mail["attachments"])
            self._page.say(f"mail to {who}: “{mail['subject']}”" + (f" with {files}" if files else ""))
        soon = datetime.now(UTC) + timedelta(seconds=2)
        reminder = await self.employer.call(
            "POST", "/reminders/create/",
            {
                "application_id": best["id"], "candidate_id": self.candidates[0].user["id"], "employer_id": self.employer.user["id"],
                "interview_time": _stamp(interview), "reminder_time": _stamp(soon), "title": self.job["title"],
            },
        )  # fmt: skip
        self._page.say(f"reminder set for {reminder['reminder_time']}, two seconds from now")
        for who, address in people.items():
            mail = await self._mail(address, "reminder", f"{who} was not reminded")
            self._page.say(f"mail to {who}: “{mail['subject']}”")
        listed = await self.employer.call("GET", "/reminders/")
        expect(any(each["id"] == reminder["id"] and each["is_sent"] for each in listed["reminders"]), "the reminder is not marked as sent")

    async def converse(self) -> None:
        self._page.step("Employer and candidate talk in the room that the application opened")
        best = next(application for application in self.applications if application["candidate_id"] == self.profiles[0]["id"])
        room = best["room_name"]
        employer, candidate = await self.employer.chat(room), await self.candidates[0].chat(room)
        await employer.next("welcome")
        await candidate.next("welcome")
        lines = (
            (employer, candidate, "Erik", f"Welcome, Ada! Does {self._interview:%A} at ten suit you?"),
            (candidate, employer, "Ada", "It does. Shall I bring the ledger migration as an example?"),
            (employer, candidate, "Erik", "Please do."),
        )
        for number, (speaker, listener, name, text) in enumerate(lines, 1):
            started = time.perf_counter()
            await speaker.say(text, f"{self.tag}-{number}")
            heard = await listener.next("message")
            await speaker.next("message")
            expect(heard["content"] == text, f"{name}'s message did not arrive as it was sent")
            self._page.say(f"#{heard['seq']} {name}: {text}   ({(time.perf_counter() - started) * 1000:.0f} ms)")
        await candidate.leave()
        await employer.say("One more thing: the address is Pier 4.", f"{self.tag}-4")
        sent = await employer.next("message")
        candidate = await self.candidates[0].chat(room, after=int(heard["seq"]))
        missed = await candidate.next("message")
        expect(missed["seq"] == sent["seq"], "the candidate did not get what was said while they were away")
        self._page.say(f"#{missed['seq']} Erik: {missed['content']}   (said while Ada was away, delivered when she came back)")
        await candidate.leave()
        await employer.leave()

    async def _sign_up(self, client: Client, first_name: str, last_name: str, domain: str) -> None:
        email = f"{first_name.lower()}.{last_name.lower()}.{self.tag}@{domain}.example"
        password = secrets.token_urlsafe(16)
        body = {"email": email, "password": password, "first_name": first_name, "last_name": last_name}
        await client.call("POST", "/register/", body)
        client.keep(await client.call("POST", "/api/v1/auth/login/", {"email": email, "password": password}))
        expect(client.user["email"] == email, "the account is not the one that was registered")
        self._page.say(f"{first_name} {last_name} <{email}>, signed in for 15 minutes")

    async def _mail(self, address: str, word: str, otherwise: str) -> dict[str, Any]:
        async def inbox() -> dict[str, Any]:
            async with self._session.get(f"{self._mailbox}/messages.json") as answer:
                mails = json.loads(await answer.text())["messages"]
            found = [mail for mail in mails if address in mail["to"] and word in (mail["subject"] + mail.get("text", "")[:80]).lower()]
            return dict(found[0]) if found else {}

        return await until(inbox, bool, otherwise)


async def until(
    ask: Callable[[], Awaitable[dict[str, Any]]], good: Callable[[dict[str, Any]], object], otherwise: str, *, seconds: float = _PATIENCE
) -> dict[str, Any]:  # fmt: skip
    """Asks again until the answer is good; the last answer's call is what the page shows."""
    deadline = time.monotonic() + seconds
    while not good(found := await ask()):
        if time.monotonic() > deadline:
            raise DemoError(f"{otherwise} within {seconds:.0f} seconds")
        await asyncio.sleep(0.1)
    return found


def _short(words: list[str]) -> str:
    return ", ".join(words[:8]) + (f" and {len(words) - 8} more" if len(words) > 8 else "")


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
