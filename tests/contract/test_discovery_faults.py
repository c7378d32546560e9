"""Which calendar, where the answer is not plain: servers of many kinds, played by the fake."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from aiohttp import web

from cadenced.core.errors import AccessError, ConfigError, PermanentError, TemporaryError
from tests.support.fakecalendar import FakeCalendar
from tests.support.fakedav import multistatus, refusal, response

HOME = '<c:calendar-home-set xmlns:c="urn:ietf:params:xml:ns:caldav"><d:href>{}</d:href></c:calendar-home-set>'


@pytest.fixture
def home(site):
    """Alice's calendars, by the last part of their address."""
    return site.dav.homes["alice"]


@pytest.fixture
def found(site):
    """The calendar that is found with these settings."""

    async def find(path="/", **settings):
        account = replace(site.desk.account, url=str(site.server.make_url(path)), **settings)
        return await site.desk.client.discover(account)

    return find


def add(site, home, last, **traits):
    home[last] = FakeCalendar(traits.pop("name", last), site.dav.now, **traits)


PRINCIPAL = "<d:current-user-principal><d:href>{}</d:href></d:current-user-principal>"


class TestTheUsualCalendar:
    async def test_the_server_s_default_comes_first(self, site, home, found):
        add(site, home, "a-first")
        site.dav.defaults["alice"] = "default"
        assert (await found()).url.endswith("/alice/default/")

    async def test_without_a_default_it_is_the_first_that_may_be_written(self, site, home, found):
        add(site, home, "contact_birthdays", writable=False)
        assert (await found()).url.endswith("/alice/default/")

    async def test_a_list_of_tasks_is_none(self, site, home, found):
        add(site, home, "a-list", holds="VTODO")
        assert (await found()).url.endswith("/alice/default/")

    async def test_a_default_that_lists_tasks_is_passed_over(self, site, home, found):
        add(site, home, "a-list", holds="VTODO")
        site.dav.defaults["alice"] = "a-list"
        assert (await found()).url.endswith("/alice/default/")

    async def test_a_login_without_any_calendar_is_told_what_to_do(self, home, found):
        home.clear()
        with pytest.raises(ConfigError, match="the login has no calendar yet; make one in a calendar app"):
            await found()
        with pytest.raises(ConfigError, match='no calendar is called "Work"; there is none at all'):
            await found(calendar="Work")


class TestTheAskedCalendar:
    async def test_one_that_may_only_be_read_is_refused(self, site, home, found):
        add(site, home, "team", name="Team", writable=False)
        for ask in (found(calendar="Team"), found("/alice/team/")):
            with pytest.raises(ConfigError, match='"Team" may only be read'):
                await ask

    async def test_one_that_takes_no_events_is_refused(self, site, home, found):
        add(site, home, "list", name="Groceries", holds="VTODO")
        with pytest.raises(ConfigError, match='"Groceries" takes no events'):
            await found("/alice/list/")
        with pytest.raises(ConfigError, match='no calendar is called "Groceries"; there are: Personal'):
            await found(calendar="Groceries")

    async def test_a_server_that_names_no_privileges_may_give_them_all(self, site, found):
        bare = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:current-user-privilege-set/>"
        site.dav.faults.instead = lambda _: multistatus([response("/alice/default/", bare)])
        assert (await found("/alice/default/")).url.endswith("/alice/default/")

    async def test_letters_count_however_they_are_composed(self, site, home, found):
        add(site, home, "office", name="Bu\u0308ro")
        assert (await found(calendar="Büro ")).url.endswith("/alice/office/")


class TestAMailAddress:
    """The caldav library's part, the questions to the DNS, is not asked here: there is none on loopback."""

    async def test_it_leads_to_the_server_that_the_dns_names(self, site, monkeypatch):
        asked = []

        def name_server(address, timeout):
            asked.append(address)
            return SimpleNamespace(url=str(site.server.make_url("/")))

        monkeypatch.setattr("caldav.discovery.discover_caldav", name_server)
        account = replace(site.desk.account, url="", address="alice@example.org")
        assert (await site.desk.client.discover(account)).url.endswith("/alice/default/")
        assert asked == ["alice@example.org"]

    async def test_one_without_a_server_is_told_what_to_do(self, site, monkeypatch):
        monkeypatch.setattr("caldav.discovery.discover_caldav", lambda *_, **__: None)
        account = replace(site.desk.account, url="", address="alice@example.org")
        with pytest.raises(ConfigError, match=r"no calendar server is known for alice@example\.org; say its url"):
            await site.desk.client.discover(account)

    async def test_a_dns_that_does_not_answer_is_for_a_retry(self, site, monkeypatch):
        def fail(*_, **__):
            raise OSError("no route to host")

        monkeypatch.setattr("caldav.discovery.discover_caldav", fail)
        account = replace(site.desk.account, url="", address="alice@example.org")
        with pytest.raises(TemporaryError, match="cannot be looked up: no route to host"):
            await site.desk.client.discover(account)


class TestTheWay:
    async def test_where_the_root_leads_nowhere_well_known_does(self, site, found):
        site.dav.faults.instead = lambda request: (
            web.Response(status=301, headers={"Location": "/alice/"})
            if request.path == "/.well-known/caldav"
            else web.Response(status=405)
            if request.path == "/"
            else None
        )
        assert (await found()).url.endswith("/alice/default/")

    @pytest.mark.parametrize("status", [200, 301, 302, 403, 404, 405, 501])
    async def test_a_root_for_browsers_does_not_end_the_search(self, site, found, status):
        site.dav.faults.instead = lambda request: (
            web.Response(status=307, headers={"Location": "/alice/"})
            if request.path == "/.well-known/caldav"
            else web.Response(status=status, headers={"Location": "/login"})
            if request.path == "/"
            else None
        )
        assert (await found()).url.endswith("/alice/default/")

    async def test_a_root_that_says_nothing_does_not_end_the_search(self, site, found):
        site.dav.faults.instead = lambda request: (
            web.Response(status=301, headers={"Location": "/alice/"})
            if request.path == "/.well-known/caldav"
            else multistatus([response("/", "")])
            if request.path == "/"
            else None
        )
        assert (await found()).url.endswith("/alice/default/")

    async def test_what_is_not_there_is_not_there_within_a_207_either(self, site, found):
        site.dav.faults.instead = lambda request: multistatus([refusal(request.path, 404)])
        with pytest.raises(ConfigError, match="there is nothing at"):
            await found("/alice/wrok/")

    async def test_a_redirect_to_another_host_is_put_before_the_user(self, site, found):
        site.dav.faults.redirect = "https://calendar.example.org/dav/"
        with pytest.raises(ConfigError, match=r"calendars are at https://calendar\.example\.org/dav/; put that as url"):
            await found()

    async def test_redirects_in_a_circle_end(self, site, found):
        site.dav.faults.redirect = "/.well-known/caldav"
        with pytest.raises(ConfigError, match="put that as url"):
            await found()
        assert site.dav.requests["PROPFIND"] < 10

    async def test_a_home_on_another_host_of_the_provider_is_where_the_calendar_is(self, site, found, server_two):
        site.dav.faults.instead = lambda request: (
            multistatus([response("/", HOME.format(f"{server_two}alice/"))]) if request.path == "/" else None
        )
        assert (await found()).url == f"{server_two}alice/default/"

    async def test_no_password_follows_to_a_host_in_clear(self, site, found):
        site.dav.faults.instead = lambda _: multistatus([response("/", HOME.format("http://calendar.example.org/"))])
        with pytest.raises(ConfigError, match="in clear"):
            await found()

    @pytest.mark.parametrize("named", [HOME, PRINCIPAL])
    @pytest.mark.parametrize("address", ["http://[bad/", "//\u2100.com/"])
    async def test_an_address_that_is_none_ends_the_search_and_nothing_else(self, site, found, named, address):
        site.dav.faults.instead = lambda _: multistatus([response("/", named.format(address))])
        with pytest.raises(PermanentError, match=f"leads on to '{re.escape(address)}', which is no address"):
            await found()

    async def test_a_redirect_to_an_address_that_is_none_ends_the_search_and_nothing_else(self, site, found):
        site.dav.faults.redirect = "http://[bad/"
        with pytest.raises(PermanentError, match=r"leads on to 'http://\[bad/', which is no address"):
            await found()

    @pytest.fixture
    async def server_two(self, site):
        runner = web.AppRunner(site.dav.app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        await runner.cleanup()

    @pytest.mark.parametrize(
        ("status", "error"),
        [(404, ConfigError), (410, ConfigError), (403, AccessError), (503, TemporaryError), (401, AccessError)],
    )
    async def test_an_address_that_is_not_there_leads_to_no_other_calendar(self, site, found, status, error):
        site.dav.faults.instead = lambda request: (
            web.Response(status=status) if request.path == "/alice/wrok/" else None
        )
        with pytest.raises(error):
            await found("/alice/wrok/")

    async def test_a_web_server_without_calendars_is_said_to_be_one(self, site, found):
        site.dav.faults.status = 405
        with pytest.raises(ConfigError, match="is no calendar server, as far as can be told; check the url"):
            await found()

    async def test_a_home_that_refuses_to_be_listed_is_an_error(self, site, found):
        site.dav.faults.instead = lambda request: (
            web.Response(status=400) if request.headers.get("Depth") == "1" else None
        )
        with pytest.raises(PermanentError, match="answers 400 to a calendar client"):
            await found()
