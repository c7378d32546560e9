"""A second program, as somebody's calendar and mail app: reads their mailbox by IMAP, and answers by SMTP.

`python -m tests.interop.respondent '{…}'`: nothing of ours is imported. The JSON says host, ports, user, password, the
CA's file, what to answer ("ACCEPTED", "DECLINED", "COUNTER", or words), a part of the subject of the mail that is
answered, the latest such, and what the server says of the author.
"""

import imaplib
import json
import smtplib
import ssl
import sys
import time
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from icalendar import Calendar, vCalAddress

PATIENCE = 30.0


def main(asked: dict) -> None:
    found = _mail(asked)
    reply = _in_words(found, asked["answer"]) if not asked["answer"].isupper() else _by_program(found, asked["answer"])
    if asked["checked"]:  # as the receiving server would
        reply["Authentication-Results"] = asked["checked"]
    reply["From"], reply["Message-ID"] = asked["user"], f"<{time.time_ns()}@respondent.test>"
    with smtplib.SMTP(asked["host"], asked["smtp"]) as server:
        server.send_message(reply)


def _mail(asked: dict) -> EmailMessage:
    """The latest mail whose subject has the word, once it is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with imaplib.IMAP4_SSL(
            asked["host"], asked["imaps"], ssl_context=ssl.create_default_context(cafile=asked["ca"])
        ) as box:
            box.authenticate("PLAIN", lambda _: f"\0{asked['user']}\0{asked['password']}".encode())
            box.select("INBOX", readonly=True)
            for number in reversed(box.search(None, "ALL")[1][0].split()):
                mail = message_from_bytes(box.fetch(number, "(RFC822)")[1][0][1], policy=default)
                if asked["subject"] in mail["Subject"]:
                    return mail
        time.sleep(0.2)
    raise SystemExit(f"no mail to {asked['user']} has {asked['subject']!r} in its subject")


def _by_program(mail: EmailMessage, answer: str) -> EmailMessage:
    part = next(each for each in mail.walk() if each.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    event = calendar.walk("VEVENT")[0]
    method = "COUNTER" if answer == "COUNTER" else "REPLY"
    calendar["METHOD"] = method
    event["ATTENDEE"] = vCalAddress(str(event["ATTENDEE"]))
    event["ATTENDEE"].params["PARTSTAT"] = "TENTATIVE" if method == "COUNTER" else answer
    if method == "COUNTER":
        for name in ("DTSTART", "DTEND"):
            moment = event[name].dt + timedelta(days=1)
            event.pop(name)
            event.add(name, moment)
    reply = EmailMessage()
    reply["To"], reply["Subject"] = str(event["ORGANIZER"]).removeprefix("mailto:"), f"{answer}: {event['SUMMARY']}"
    reply.set_content(f"{answer.title()}.")
    reply.add_alternative(calendar.to_ical().decode(), subtype="calendar", params={"method": method})
    return reply


def _in_words(mail: EmailMessage, answer: str) -> EmailMessage:
    reply = EmailMessage()
    reply["To"], reply["Subject"] = str(mail["Reply-To"]), f"Re: {mail['Subject']}"
    reply["In-Reply-To"] = reply["References"] = mail["Message-ID"]
    quoted = "\n".join(f"> {line}" for line in mail.get_body(("plain",)).get_content().splitlines())
    reply.set_content(f"{answer}\n\nAm 1.12.2026 um 09:00 schrieb Mentoring:\n{quoted}\n")
    return reply


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
