"""An examination tells the same fault as the same step, whatever is spoken there, and says what to do about it."""

import ssl
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from aiohttp import web

from cadenced.core.accounts import MailAccount, MailboxAccount
from cadenced.core.findings import Finding, Verdict
from cadenced.shell.dav import Dav
from cadenced.shell.examination import examine_calendar, examine_mail, examine_mailbox
from cadenced.shell.mailbox import Mailbox
from cadenced.shell.mailer import Mailer
from tests.support.fakexml import multistatus, response
from tests.support.imapd import PASSWORD as WORD
from tests.support.imapd import USER, imap_server
from tests.support.smtpd import PASSWORD, smtp_server

HOST = "127.0.0.1"
STARTTLS = "IMAP4rev1 STARTTLS IDLE UIDPLUS AUTH=PLAIN"
SMTP = MailAccount(HOST, 9, "starttls", "Mentoring <agenda@example.org>", "agenda@example.org", PASSWORD)
MAILBOX = MailboxAccount(HOST, 9, "starttls", USER, WORD)


@asynccontextmanager
async def calendars(site, context=None):
    """The fake's URL, over TLS where there is a `context`."""
    runner = web.AppRunner(site.dav.app)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0, ssl_context=context).start()
    yield f"{'https' if context else 'http'}://{HOST}:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def examined(account, now=None) -> dict[str, Finding]:
    dav = Dav()
    try:
        found = await examine_calendar(dav, account, now or datetime.now(UTC))
    finally:
        await dav.close()
    return {each.what: each for each in found}


async def smtp(**more) -> Finding:
    return (await examine_mail(Mailer((5, 5)), replace(SMTP, **more)))[0]


async def mailbox(**more) -> Finding:
    return (await examine_mailbox(Mailbox(), replace(MAILBOX, **more)))[0]


@pytest.fixture
def authority(tmp_path):
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    return made


@pytest.fixture
def shown(authority):
    """A function: a server's context, with a certificate for these names."""

    def make(*names: str, **more) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*names, **more).configure_cert(context)
        return context

    return make


async def of_all(site, context, ca_file) -> list[Finding]:
    """What is found at a calendar server, at SMTP and at IMAP with this certificate."""
    async with calendars(site, context) as url:
        [first] = (await examined(replace(site.desk.account, url=url, ca_file=ca_file))).values()
    async with smtp_server(tls="starttls", context=context, auth=True) as box:
        second = await smtp(port=box.port, ca_file=ca_file)
    async with imap_server(tls="tls", context=context) as server:
        third = await mailbox(port=server.port, tls="tls", ca_file=ca_file)
    return [first, second, third]


class TestCertificates:
    async def test_one_that_nobody_vouches_for_may_be_one_of_our_own(self, site, shown):
        found = await of_all(site, shown(HOST), None)
        assert [each.what for each in found] == ["certificate"] * 3
        for each in found:
            assert f"If it is one of your own, name it with ca_file in [{each.subject}]" in each.words

    async def test_where_a_ca_file_is_named_already_it_is_said_that_it_does_not_do(self, site, shown, tmp_path):
        other = tmp_path / "other.pem"
        trustme.CA().cert_pem.write_to_path(other)
        found = await of_all(site, shown(HOST), other)
        assert [each.what for each in found] == ["certificate"] * 3
        for each in found:
            assert f"other.pem, the ca_file of [{each.subject}], does not hold whoever signed it" in each.words

    async def test_one_for_another_name_is_told_with_the_names_that_it_holds(self, site, shown, tmp_path):
        found = await of_all(site, shown("cal.example.org", "dav.example.org"), tmp_path / "ca.pem")
        assert [each.what for each in found] == ["certificate"] * 3
        for each in found:
            assert f"Call the server in [{each.subject}] by a name that stands in it" in each.words
            assert "ca_file" not in each.words + each.advice
        names = "it is for cal.example.org, dav.example.org: put one of these into the"
        assert [each.advice for each in found] == [
            f"{names} url of [{found[0].subject}]",
            "",  # with STARTTLS it can't be seen without a word
            f"{names} host of [mailbox]",
        ]

    async def test_one_that_is_over_is_for_whoever_keeps_the_server(self, site, shown, tmp_path):
        old = shown(HOST, not_after=datetime(2020, 1, 1, tzinfo=UTC))
        found = await of_all(site, old, tmp_path / "ca.pem")
        assert all("expired). Whoever keeps the server must renew it" in each.words for each in found)


class TestPasswordsInClear:
    async def test_a_server_without_encryption_is_told_as_that_and_not_as_a_login_that_fails(self, site):
        told = [await examined(replace(site.desk.account, url="http://cal.example.org/"))]
        async with smtp_server(auth=True) as box:
            told.append({"": await smtp(port=box.port)})
        async with imap_server() as server:
            told.append({"": await mailbox(port=server.port)})
        found = [each for [each] in map(dict.values, told)]
        assert [each.what for each in found] == ["encryption"] * 3
        assert all("in clear" in each.words for each in found)
        advice = ["use https://", 'tls = "tls"', 'tls = "tls"']
        assert all(words in each.words for words, each in zip(advice, found, strict=True))


class TestServersThatAreNotThere:
    async def test_a_name_that_nobody_knows_and_a_closed_door_are_told_apart(self, site):
        account = site.desk.account
        nowhere = [
            (await examined(replace(account, url="https://nowhere.invalid/")))["reached"],
            await smtp(host="nowhere.invalid"),
            await mailbox(host="nowhere.invalid"),
        ]
        closed = [
            (await examined(replace(account, url=f"https://{HOST}:9/")))["reached"],
            await smtp(),
            await mailbox(),
        ]
        assert [each.what for each in (*nowhere, *closed)] == ["reached"] * 6
        assert all(each.advice.startswith("check the ") and "DNS" in each.advice for each in nowhere)
        assert all(each.advice.startswith("look whether the server runs") for each in closed)

    async def test_a_port_for_another_kind_of_encryption_is_told_with_the_one_that_belongs_to_it(self, shown, tmp_path):
        async with smtp_server(tls="starttls", context=shown(HOST), auth=True) as box:
            found = await smtp(port=box.port, tls="tls", ca_file=tmp_path / "ca.pem")
        assert '587 wants tls = "starttls"' in found.advice

    async def test_an_error_of_the_server_is_for_whoever_keeps_it(self, site):
        site.answers("PROPFIND", lambda _request: web.Response(status=503))
        found = (await examined(site.desk.account))["reached"]
        assert found.words.endswith("answered 503")
        assert found.advice == "if that lasts, ask whoever keeps the server; cadenced tries again by itself"

    async def test_where_it_sends_us_on_to_is_told(self, site):
        there = {"Location": "https://elsewhere.example/dav/"}
        for status in (301, 302):
            site.answers("PROPFIND", lambda _request, status=status: web.Response(status=status, headers=there))
            [found] = (await examined(site.desk.account)).values()
            assert "to send us on to https://elsewhere.example/dav/" in found.words
            assert "put that address as url" in found.words


class TestCalendars:
    async def test_a_server_that_tells_what_a_login_may_do_is_believed(self, site):
        found = (await examined(site.desk.account))["calendar"]
        assert (found.verdict, found.words) == (Verdict.FINE, '"Personal", which may be written')

    async def test_of_one_that_does_not_it_is_noted(self, site):
        kind = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Personal</d:displayname>"
        site.answers("PROPFIND", lambda _request: multistatus([response("/alice/default/", kind)]))
        found = (await examined(site.desk.account))["calendar"]
        assert (found.verdict, found.words) == (
            Verdict.NOTE,
            '"Personal"; whether it may be written the server doesn\'t tell',
        )
        assert "let the login write there" in found.advice

    async def test_a_clock_that_is_off_is_told_with_how_far(self, site):
        found = (await examined(site.desk.account, datetime.now(UTC) + timedelta(hours=1)))["clock"]
        assert found.verdict is Verdict.NOTE
        assert "behind" in found.words
        assert "NTP" in found.advice
