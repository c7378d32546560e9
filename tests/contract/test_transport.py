"""Between us and any server: addresses, certificates, deadlines and caps."""

import asyncio
import ssl
from dataclasses import replace

import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer

from cadenced.cli.demo_servers import HOST
from cadenced.core.accounts import CalendarAccount
from cadenced.core.errors import AccessError, ConfigError, TemporaryError
from cadenced.shell.calendars import CalDav
from cadenced.shell.dav import LONGEST_RETRY_AFTER, Ask, Dav, TooLargeError, path_of, url_of


@pytest.fixture
async def transport():
    dav = Dav()
    yield dav
    await dav.close()


class TestAddresses:
    @pytest.mark.parametrize(
        "url", ["http://calendar.example.org/", "http://192.0.2.1/", "HTTP://localhost.example.org"]
    )
    async def test_no_password_goes_over_the_net_in_clear(self, dav, url):
        with pytest.raises(ConfigError, match="would send the password in clear; use https"):
            await dav.discover(CalendarAccount("alice", url=url, username="alice", password="secret"))

    @pytest.mark.parametrize(
        "url",
        ["calendar.example.org", "ftp://example.org/", "https://", "https://[::1", "https://h:99999/", "https://h:0/"],
    )
    async def test_what_is_no_address_is_said_to_be_none(self, dav, url):
        with pytest.raises(ConfigError, match="is no address of a"):
            await dav.discover(CalendarAccount("alice", url=url))

    @pytest.mark.parametrize(
        "url",
        ["https://[::1", "https://h:99999/", "//example.org/", "", "https://a..b/", f"https://{'a' * 64}.example.org/"],
    )
    async def test_nothing_is_sent_to_what_is_no_address(self, transport, url):
        with pytest.raises(ConfigError, match="is no address"):
            await transport.request(CalendarAccount("alice"), Ask("GET", url))

    async def test_a_login_within_an_address_is_refused_and_not_repeated(self, dav):
        with pytest.raises(ConfigError, match="holds a login") as caught:
            await dav.discover(CalendarAccount("alice", url="https://alice:tulip@example.org/"))
        assert "tulip" not in str(caught.value)

    async def test_spaces_and_letters_in_an_address_are_sent_as_they_should(self, site):
        site.dav.homes["alice"]["mein büro"] = site.dav.homes["alice"].pop("default")
        url = site.desk.collection.url.replace("default", "mein büro")
        found = await site.desk.client.discover(replace(site.desk.account, url=url))
        assert found.url.endswith("/alice/mein%20b%C3%BCro/")

    @pytest.mark.parametrize(
        ("href", "path"),
        [
            ("/a/b.ics", "/a/b.ics"),
            ("https://elsewhere.example/a/b.ics?x=1#y", "/a/b.ics"),
            ("b.ics", "/base/b.ics"),
            ("/alice%40example.org/b%20c.ics", "/alice@example.org/b%20c.ics"),
            ("/alice@example.org/b c.ics", "/alice@example.org/b%20c.ics"),
            ("/a/latin%E4.ics", "/a/latin%E4.ics"),
            ("/a/ä.ics", "/a/%C3%A4.ics"),
            ("/a/one%2Ftwo.ics", "/a/one%2Ftwo.ics"),
            ("/a/%3Fb.ics", "/a/%3Fb.ics"),
        ],
    )
    def test_an_address_has_one_form(self, href, path):
        assert path_of(href, "https://example.org/base/") == path
        assert path_of(path, "https://example.org/base/") == path

    def test_a_path_never_leads_to_another_host(self):
        path = path_of("https://example.org//elsewhere.example/x.ics")
        assert url_of(path, "https://example.org/base/") == "https://example.org//elsewhere.example/x.ics"


class TestLogins:
    async def test_a_password_may_hold_any_letter(self, site):
        assert (await site.desk.sync()).full

    async def test_an_error_never_shows_the_password(self, site):
        wrong = replace(site.desk.account, password="tulip")
        with pytest.raises(AccessError) as caught:
            await site.desk.client.discover(wrong)
        assert "tulip" not in f"{caught.value} {caught.value!r} {wrong!r}"


class TestCertificates:
    @pytest.fixture
    def authority(self):
        return trustme.CA()

    @pytest.fixture
    async def url(self, site, authority):
        """The fake, over TLS, with a certificate for `localhost` alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        runner = web.AppRunner(site.dav.app)
        await runner.setup()
        tls = web.TCPSite(runner, HOST, 0, ssl_context=context)
        await tls.start()
        yield f"https://localhost:{runner.addresses[0][1]}/"
        await runner.cleanup()

    @pytest.fixture
    def ca_file(self, authority, tmp_path):
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        return tmp_path / "ca.pem"

    async def test_one_that_nobody_vouches_for_is_for_a_human_who_is_told_what_to_do(self, site, url):
        with pytest.raises(
            AccessError, match=r"cannot be trusted \(.*\)\. If it is one of your own, name it with ca_file"
        ):
            await site.desk.client.discover(replace(site.desk.account, url=url))

    async def test_one_of_the_account_s_own_authority_is_trusted(self, site, url, ca_file):
        found = await site.desk.client.discover(replace(site.desk.account, url=url, ca_file=ca_file))
        assert found.url == f"{url}alice/default/"

    async def test_one_account_s_authority_vouches_for_no_other_account(self, site, url, ca_file):
        await site.desk.client.discover(replace(site.desk.account, url=url, ca_file=ca_file))
        with pytest.raises(AccessError, match="cannot be trusted"):
            await site.desk.client.discover(replace(site.desk.account, url=url))

    async def test_one_for_another_host_is_not_trusted(self, site, url, ca_file):
        by_number = replace(site.desk.account, url=url.replace("localhost", HOST), ca_file=ca_file)
        with pytest.raises(AccessError, match="cannot be trusted"):
            await site.desk.client.discover(by_number)

    async def test_a_ca_file_that_cannot_be_used_is_for_the_user(self, site, url, tmp_path):
        (tmp_path / "empty.pem").touch()
        for name in ("missing.pem", "empty.pem"):
            with pytest.raises(ConfigError, match=f"{name} cannot be used"):
                await site.desk.client.discover(replace(site.desk.account, url=url, ca_file=tmp_path / name))

    async def test_a_server_that_does_not_speak_tls_is_for_a_retry(self, site):
        url = str(site.server.make_url("/")).replace("http://", "https://")
        with pytest.raises(TemporaryError, match="cannot be reached: it speaks no TLS that we know"):
            await site.desk.client.discover(replace(site.desk.account, url=url))

    async def test_a_server_that_does_not_speak_http_is_told_as_another_kind_of_server(self, site):
        async def greet(_reader, writer):
            writer.write(b"220 mail.example.org ESMTP\r\n")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(greet, HOST, 0) as mail:
            url = f"http://{HOST}:{mail.sockets[0].getsockname()[1]}/"
            with pytest.raises(TemporaryError, match="what it answers is no HTTP"):
                await site.desk.client.discover(replace(site.desk.account, url=url))


class TestPatience:
    async def test_a_server_that_never_answers_is_given_up(self, site):
        site.dav.faults.hangs = True
        client = CalDav(deadline=0.2)
        with pytest.raises(TemporaryError, match=r"did not answer in time \(at most 0.2 seconds\)"):
            await client.sync(site.desk.account, site.desk.collection, "", {})
        await client.close()

    async def test_a_server_that_dribbles_is_given_up_too(self, site):
        async def dribble(request):
            answer = web.StreamResponse()
            await answer.prepare(request)
            while True:
                await answer.write(b".")
                await asyncio.sleep(0.01)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", dribble)
        client = CalDav(deadline=0.2)
        async with TestServer(app) as server:
            url = str(server.make_url("/"))
            with pytest.raises(TemporaryError):
                await client.discover(CalendarAccount("alice", url=url))
        await client.close()

    @pytest.mark.parametrize(
        ("said", "seconds"),
        [
            ("120", 120.0),
            ("0", 0.0),
            ("99999999999", LONGEST_RETRY_AFTER),
            ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER),
            ("soon", None),
            ("-5", None),
            ("", None),
        ],
    )
    async def test_a_server_may_say_when_to_come_again(self, site, said, seconds):
        site.dav.faults.status, site.dav.faults.retry_after = 503, said
        with pytest.raises(TemporaryError, match="answered 503") as caught:
            await site.desk.sync()
        assert caught.value.retry_after == seconds


class TestSizes:
    async def test_a_reply_beyond_its_cap_is_not_read_to_its_end(self, site, transport):
        site.dav.faults.instead = lambda _: web.Response(body=b"x" * 3_000_000, headers={"ETag": '"1"'})
        with pytest.raises(TooLargeError, match="more than 1000 bytes") as caught:
            await transport.request(site.desk.account, Ask("GET", site.desk.collection.url, cap=1000))
        assert caught.value.reply.etag == '"1"'
        assert 1000 < len(caught.value.reply.body) < 1_000_000

    async def test_the_status_of_a_reply_beyond_its_cap_still_counts(self, site, transport):
        site.dav.faults.instead = lambda _: web.Response(status=503, body=b"x" * 3_000_000)
        with pytest.raises(TemporaryError):
            await transport.request(site.desk.account, Ask("GET", site.desk.collection.url, cap=1000))

    async def test_a_reply_cut_off_on_its_way_is_for_a_retry(self, site):
        async def cut(request):
            answer = web.StreamResponse(status=207, headers={"Content-Length": "5000"})
            await answer.prepare(request)
            await answer.write(b"<d:multistatus xmlns:d='DAV:'>")
            request.transport.abort()
            return answer

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", cut)
        async with TestServer(app) as server:
            url = str(server.make_url("/"))
            with pytest.raises(TemporaryError, match="cannot be reached"):
                await site.desk.client.discover(CalendarAccount("alice", url=url))
