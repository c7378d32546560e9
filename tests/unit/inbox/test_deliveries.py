"""What mail servers say became of our mails, and what arrives in our own mailbox, settles the outbox (RFC 3464)."""

from email.message import EmailMessage
from email.policy import SMTP

from cadenced.core.records import MailState
from tests.support.posthouse import SENDER
from tests.unit.inbox.test_invitations import invited

REPORT = """\
From: MAILER-DAEMON@mail.example.org
To: {sender}
Subject: {subject}
Message-ID: <{number}.report@mail.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; jonas@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Reply-To: Mentoring <agenda+{token}@example.org>
Subject: something

--b--
"""


async def first(post):
    """The first mail that Jonas got, as the ledger has it."""
    await post.runs(invited())
    mail = post.mails("jonas")[0]
    rows = await post.store.mails_known_by((), (mail["Message-ID"],))
    assert rows[0].state is MailState.SENT
    return rows[0]


async def state(post, row):
    return (await post.store.mails_known_by((), (row.message_id,)))[0].state


def report(post, row, action, status, words="no such user"):
    said = {"action": action, "status": status, "words": words, "number": len(post.inbox)}
    text = REPORT.format(sender=SENDER, subject="Undelivered", message_id=row.message_id, token=row.token, **said)
    post.imap.folders["INBOX"].put(text.replace("\n", "\r\n").encode())


async def test_a_bounce_stops_the_address_and_tells_a_human_once(post):
    row = await first(post)
    report(post, row, "failed", "5.1.1")
    report(post, row, "failed", "5.1.1")
    await post.later()
    assert await state(post, row) is MailState.FAILED
    assert await post.store.stopped_addresses() == {"jonas@example.org": "5.1.1 no such user"}
    assert [key for key in await post.alerts() if key.startswith("address/")] == ["address/jonas@example.org"]


async def test_a_full_mailbox_stops_the_message_and_not_the_address(post):
    row = await first(post)
    report(post, row, "failed", "5.2.2", "mailbox is full")
    await post.later()
    assert await state(post, row) is MailState.FAILED
    assert await post.store.stopped_addresses() == {}
    assert any("mailbox is full" in text for text in (await post.alerts()).values())


async def test_a_delay_changes_nothing_but_is_counted(post):
    row = await first(post)
    report(post, row, "delayed", "4.4.1")
    await post.later()
    assert await state(post, row) is MailState.SENT
    assert await post.store.mails_read() == {"delay": 1}


async def test_a_bounce_of_a_mail_that_is_not_ours_changes_nothing(post):
    row = await first(post)
    message_id, body = row.message_id, post.inbox
    report(post, row, "failed", "5.1.1")
    last = max(body)
    body[last] = body[last].replace(message_id.encode(), b"<somebody.else@example.net>")
    body[last] = body[last].replace(row.token.encode(), b"0123456789abcdef0123")
    await post.later()
    assert await state(post, row) is MailState.SENT
    assert await post.store.stopped_addresses() == {}


async def test_a_copy_in_our_own_mailbox_settles_what_nobody_knew_and_is_deleted_there(post):
    row = await first(post)
    unknown = {"state": str(MailState.UNKNOWN), "key": row.key}
    await post.store._database.run(
        lambda c: c.exec_driver_sql("UPDATE outbox SET state = :state WHERE key = :key", unknown)
    )
    sent = len(post.postbox.delivered)
    post.imap.folders["INBOX"].put(row.body)
    await post.later()
    assert await state(post, row) is MailState.SENT
    assert len(post.postbox.delivered) == sent
    assert post.inbox == {}


async def test_a_mail_without_a_sender_or_a_sense_stops_nothing(post):
    row = await first(post)
    for body in (b"", b"\x00\xff" * 5000, b"From: \r\n\r\n" + b"x" * 100_000, row.body[:200]):
        post.imap.folders["INBOX"].put(body)
    nobody = EmailMessage()
    nobody["Subject"] = "=?utf-8?b?4oCp?= what?"
    nobody.set_content("yes")
    post.imap.folders["INBOX"].put(nobody.as_bytes(policy=SMTP))
    report(post, row, "failed", "5.1.1")
    await post.later()
    assert await state(post, row) is MailState.FAILED


async def test_a_mailbox_that_is_renumbered_is_read_anew_and_what_is_old_in_it_counts_for_nothing(post):
    """More of it than is read at once, from before we were here."""
    old = EmailMessage()
    old["From"], old["To"], old["Date"] = "jonas@example.org", SENDER, "Mon, 01 Jun 2026 09:00:00 +0000"
    old.set_content("stop")
    for number in range(120):
        del old["Message-ID"]
        old["Message-ID"] = f"<{number}@example.org>"
        post.imap.folders["INBOX"].put(old.as_bytes(policy=SMTP))
    row = await first(post)
    post.imap.folders["INBOX"].renumber()
    report(post, row, "failed", "5.1.1")
    await post.later()
    assert (await post.store.load_pair("maya-jonas")).answers == ()
    assert await state(post, row) is MailState.FAILED
    assert await post.store.mails_read() == {"bounce": 1}
