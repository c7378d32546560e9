"""Mails that came in, for tests: as people's programs and servers send them."""

import base64

from cadenced.wire.received import read

CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1@x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
GMAIL = """\
Delivered-To: agenda@example.org
Return-Path: <maya.okafor@gmail.example>
Authentication-Results: mx.example.org; dkim=pass header.i=@gmail.example; spf=pass; dmarc=pass (p=NONE dis=NONE)
MIME-Version: 1.0
References: <thread@example.org> <first@example.org>
In-Reply-To: <second@example.org>
From: =?UTF-8?Q?Maya_Ok=C3=A1for?= <Maya.Okafor@Gmail.example>
Date: Sat, 28 Nov 2026 18:20:11 +0100
Message-ID: <CAF=abc@mail.gmail.example>
Subject: =?UTF-8?Q?Re=3A_Three_times_=E2=80=93_which_one=3F?=
To: Mentoring <agenda+0123abcd@example.org>
Content-Type: multipart/alternative; boundary="000000000000c0ffee"

--000000000000c0ffee
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

2, danke sch=C3=B6n

On Sat, Nov 28, 2026 at 6:14=E2=80=AFPM Mentoring <agenda+0123abcd@example.org> wrote:
> Which one?

--000000000000c0ffee
Content-Type: text/html; charset="UTF-8"

<div dir="ltr">2</div>
--000000000000c0ffee--
"""
BOUNCE = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: agenda@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B1/mx.example.org"

--B1/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4F1
Original-Envelope-Id: pair/agenda/maya
Arrival-Date: Sat, 28 Nov 2026 18:14:53 +0000 (UTC)

Final-Recipient: rfc822; Gone@bounce.example
Original-Recipient: rfc822;maya@bounce.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.bounce.example
Diagnostic-Code: smtp; 550 5.1.1 <gone@bounce.example>: Recipient address
    rejected: User unknown

--B1/mx.example.org
Content-Description: Undelivered Message Headers
Content-Type: {returned}

From: Mentoring <agenda@example.org>
To: maya@bounce.example
Message-ID: <uid.0123@example.org>
Subject: Your meeting

--B1/mx.example.org--
"""


def mail(*headers, body="yes\n", ends="\r\n"):
    """A mail from Maya; what a test does not say is ordinary."""
    ordinary = ("From: Maya <maya@example.org>", "To: agenda@example.org", "Message-ID: <m@example.org>")
    named = {line.partition(":")[0].lower() for line in headers}
    rest = [line for line in ordinary if line.partition(":")[0].lower() not in named]
    return ends.join([*rest, *headers, "", *body.split("\n")]).encode()


def parts(*pieces, kind="mixed"):
    """Headers and body of a multipart, each piece its headers, a blank line and its text."""
    body = "".join(f"--b\n{piece}\n" for piece in pieces)
    return f'Content-Type: multipart/{kind}; boundary="b"', f"{body}--b--\n"


def calendar_part(text=CALENDAR, kind='text/calendar; charset="utf-8"; method=REPLY', encoding="base64"):
    content = base64.encodebytes(text.encode()).decode() if encoding == "base64" else text
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n{content}"


def with_parts(*pieces, kind="mixed"):
    header, body = parts(*pieces, kind=kind)
    return read(mail(header, body=body))
