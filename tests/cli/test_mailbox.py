"""The mailbox over its real doors: SMTP in, HTTP out."""

import json
import smtplib
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from cli.stack import mailbox
from cli.stack.mail import Mailbox
from cli.stack.supervisor import Supervisor


@pytest.fixture
def box(folder, said):
    with Supervisor(folder, said.append) as supervisor:
        running = Mailbox.prepare(folder)
        supervisor.start(running.child())
        yield running


def get(box: Mailbox, path: str) -> str:
    with urllib.request.urlopen(box.address + path, timeout=10) as answer:
        return answer.read().decode()


def send(box: Mailbox, subject: str, text: str = "Hello", *, invitation: bytes | None = None) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "Acme <jobs@acme.example>", "ada@example.com"
    message.set_content(text)
    if invitation is not None:
        message.add_attachment(invitation, maintype="text", subtype="calendar", filename="interview.ics")
    with smtplib.SMTP("127.0.0.1", box.smtp_port, timeout=10) as smtp:
        smtp.send_message(message, to_addrs=["ada@example.com", "hidden@example.com"])


def test_a_mail_is_listed_and_shown_with_its_text_and_its_invitation(box):
    send(box, "Einladung: Gespräch", "Grüße", invitation=b"BEGIN:VCALENDAR\r\n")
    (mail,) = json.loads(get(box, "/messages.json"))["messages"]
    assert (mail["subject"], mail["from"], mail["text"].strip()) == ("Einladung: Gespräch", "Acme <jobs@acme.example>", "Grüße")
    assert mail["to"] == ["ada@example.com", "hidden@example.com"]
    assert [(part["name"], part["content_type"]) for part in mail["attachments"]] == [("interview.ics", "text/calendar")]
    assert get(box, f"/messages/{mail['id']}/attachments/0").splitlines() == ["BEGIN:VCALENDAR"]
    assert "Einladung: Gespräch" in get(box, "/")
    assert "Grüße" in get(box, f"/messages/{mail['id']}")
    assert json.loads(get(box, f"/messages/{mail['id']}.json")) == mail


def test_what_a_mail_says_is_text_on_the_page_and_never_markup(box):
    send(box, "<script>alert(1)</script>", "</pre><img src=x onerror=alert(2)>")
    (mail,) = json.loads(get(box, "/messages.json"))["messages"]
    pages = get(box, "/") + get(box, f"/messages/{mail['id']}")
    assert "&lt;script&gt;" in pages
    assert "<script" not in pages
    assert "<img" not in pages


def test_a_path_out_of_the_folder_or_an_unknown_mail_is_not_found(box):
    for path in ("/messages/20260101T000000000000Z-00000000", "/messages/..%2F..%2Fsecrets%2Fkey", "/messages/%2Fetc%2Fpasswd.eml"):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            get(box, path)
        assert refusal.value.code == 404


def test_only_the_newest_mails_are_listed_newest_first(tmp_path):
    kept = [mailbox.keep(tmp_path, "a@example.com", ["b@example.com"], b"Subject: n\r\n\r\n") for _ in range(510)]
    listed = [mail["id"] for mail in mailbox.newest(tmp_path)]
    assert listed == sorted(kept, reverse=True)[:500]


def test_the_mails_to_one_address_are_those_that_came_to_it_alone_whatever_they_say(tmp_path):
    for recipients in (["ada@example.com"], ["ada@example.com", "bo@example.com"], ["bo@example.com"]):
        mailbox.keep(tmp_path, "a@example.com", recipients, b"Delivered: x\r\nTo: ada@example.com\r\n\r\nDelivered-To: bo@example.com")
    assert [mail["to"] for mail in mailbox.newest(tmp_path, "ada@example.com")] == [["ada@example.com"]]
