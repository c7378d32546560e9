"""From what a person knows to their calendar, on every server alike."""

from dataclasses import replace

import pytest

from cadenced.cli.demo_servers import HOST, free_port
from cadenced.core.errors import AccessError, ConfigError, PermanentError, TemporaryError


async def test_the_server_s_address_is_enough_and_leads_to_the_usual_calendar(dav, server, account):
    found = await dav.discover(account)
    assert found.account == account.name
    assert found.url.startswith(server.at(server.home, account.username))
    assert found.url.endswith(f"/{server.usual}/")


@pytest.mark.parametrize("where", ["principal", "home"])
async def test_a_principal_or_a_home_leads_to_the_same_calendar(dav, server, account, where):
    url = server.at(getattr(server, where), account.username)
    assert await dav.discover(replace(account, url=url)) == await dav.discover(account)


async def test_well_known_leads_to_the_same_calendar(dav, server, account):
    url = server.at("/.well-known/caldav")
    assert await dav.discover(replace(account, url=url)) == await dav.discover(account)


async def test_a_calendar_s_own_address_is_taken_as_it_is(dav, account, calendar):
    assert (await dav.discover(replace(account, url=calendar))).url == calendar


async def test_a_calendar_s_address_needs_no_slash_at_its_end(dav, account, calendar):
    assert (await dav.discover(replace(account, url=calendar.rstrip("/")))).url == calendar


async def test_a_calendar_is_found_by_its_name_in_people_s_own_letters(dav, server, account):
    name = f"Jürgen's «Büro» & Söhne 📅 {account.name}"
    url = server.make_calendar(account.username, "an-office", name)
    try:
        found = await dav.discover(replace(account, calendar=name))
    finally:
        server.ask(account.username, "DELETE", url)
    assert (found.url, found.name) == (url, name)


async def test_a_calendar_is_found_by_the_last_part_of_its_address(dav, account, calendar):
    last = calendar.rstrip("/").rpartition("/")[2]
    assert (await dav.discover(replace(account, calendar=last))).url == calendar


async def test_a_name_is_looked_for_beside_the_calendar_that_the_address_names(dav, server, account, calendar):
    found = await dav.discover(replace(account, url=calendar, calendar=server.usual))
    assert found.url.endswith(f"/{server.usual}/")


async def test_two_calendars_of_the_same_name_are_not_chosen_between(dav, server, account):
    urls = [server.make_calendar(account.username, last, "Twins") for last in ("twin-a", "twin-b")]
    try:
        with pytest.raises(ConfigError, match=r'several are called "Twins"; put one as url: .*twin-a.* and .*twin-b'):
            await dav.discover(replace(account, calendar="Twins"))
    finally:
        for url in urls:
            server.ask(account.username, "DELETE", url)


async def test_an_unknown_name_lists_those_that_there_are(dav, account, calendar):
    name = f"Meetings {calendar.rstrip('/').rpartition('/')[2]}"
    with pytest.raises(ConfigError, match=f'no calendar is called "Wrok"; there are: .*{name}'):
        await dav.discover(replace(account, calendar="Wrok"))


async def test_an_address_with_a_typing_mistake_leads_to_no_other_calendar(dav, account, calendar):
    with pytest.raises((ConfigError, AccessError), match="check the url"):
        await dav.discover(replace(account, url=calendar.replace("-", "_")))


async def test_somebody_else_s_calendar_is_not_swapped_for_one_s_own(dav, server, account, calendar):
    other = next(user for user in ("alice", "bob") if user != account.username)
    theirs = calendar.replace(f"/{account.username}/", f"/{other}/")
    with pytest.raises((ConfigError, PermanentError, TemporaryError)):  # Xandikos answers 500
        await dav.discover(replace(account, url=theirs))


async def test_a_wrong_password_is_for_a_human(dav, account):
    with pytest.raises(AccessError, match=f"refuses the login '{account.username}': check username and password"):
        await dav.discover(replace(account, password="wrong"))


async def test_a_login_that_nobody_has_is_for_a_human(dav, account):
    with pytest.raises(AccessError, match="refuses the login 'mallory'"):
        await dav.discover(replace(account, username="mallory"))


async def test_a_server_that_is_down_is_for_a_retry(dav, account):
    with pytest.raises(TemporaryError, match=r"cannot be reached: Connection refused$"):
        await dav.discover(replace(account, url=f"http://{HOST}:{free_port()}/"))
