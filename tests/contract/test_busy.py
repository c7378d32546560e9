"""When a calendar keeps somebody busy, on every server alike: by its events, as free/busy, or through the outbox."""

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest
from aiohttp import web

from cadenced.core.accounts import Collection
from cadenced.core.errors import AccessError, ConfigError, MissingError, PermanentError, TemporaryError
from cadenced.shell import calendars, freebusy
from cadenced.shell.opened import OpenCalendar
from tests.support.busy import WINDOW, calendar, query, says, vevent
from tests.support.fakecalendar import FakeCalendar
from tests.support.programme import utc

ONE = ["2026-12-08 17:30/18:30"]
WEEKLY = "RRULE:FREQ=WEEKLY"
DECEMBER = (utc("2026-12-01"), utc("2027-01-01"))


OF_OTHERS = {
    "cyrus": {"bob@example.org": ["2026-12-08 10:00/11:00"]},
    "xandikos": {},
}  # that one tells of oneself alone


async def put(desk, *components, uid="", name=""):
    """An event of somebody else's, as their app wrote it."""
    uid = uid or str(uuid4())
    body = calendar(*(component.replace("UID:u1", f"UID:{uid}") for component in components))
    return await desk.client.create(desk.account, desk.collection, name or f"{uuid4()}.ics", body)


async def read(desk, **more):
    return await desk.client.busy(desk.account, desk.collection, query(**more))


async def told(desk, **more):
    return says((await read(desk, **more)).times)


class TestTheCalendarsToRead:
    @pytest.fixture
    def private(self, server, account):
        url = server.make_calendar(account.username, str(uuid4()), f"Private of {account.name}")
        yield url
        server.ask(account.username, "DELETE", url)

    async def test_they_are_all_that_hold_events(self, dav, account, calendar, private):
        found = {each.url for each in await dav.to_read(account)}
        assert {(await dav.discover(account)).url, calendar, private} <= found

    async def test_so_they_are_where_one_of_them_is_named_as_the_one_to_write_to(self, dav, account, calendar, private):
        found = {each.url for each in await dav.to_read(replace(account, url=calendar))}
        assert {calendar, private} <= found

    async def test_a_name_or_the_last_part_of_an_address_chooses_among_them(self, dav, account, calendar, private):
        last = calendar.rstrip("/").rpartition("/")[2]
        found = await dav.to_read(replace(account, read=(f"Private of {account.name}", last)))
        assert {each.url for each in found} == {calendar, private}
        assert {each.name for each in found} >= {f"Private of {account.name}"}

    async def test_one_that_is_marked_as_keeping_nobody_busy_is_read_when_it_is_named(self, site):
        site.dav.homes["alice"]["team"] = FakeCalendar("Team", site.dav.now, transparent=True)
        account = replace(site.desk.account, url=str(site.server.make_url("/")))
        assert [each.name for each in await site.desk.client.to_read(account)] == ["Personal"]
        assert [each.name for each in await site.desk.client.to_read(replace(account, read=("Team",)))] == ["Team"]

    async def test_none_is_none(self, dav, account):
        assert await dav.to_read(replace(account, read=())) == ()

    async def test_an_unknown_name_lists_those_that_there_are(self, dav, account, private):
        with pytest.raises(ConfigError, match=rf'no calendar is called "Wrok"; there are: .*Private of {account.name}'):
            await dav.to_read(replace(account, read=("Wrok",)))


class TestEvents:
    async def test_an_event_is_busy_time(self, desk, event):
        reading = await read(desk)
        assert (says(reading.times), reading.events) == (ONE, True)

    async def test_an_empty_calendar_keeps_nobody_busy(self, desk):
        assert await told(desk) == []

    async def test_what_recurs_is_busy_each_time_but_for_its_exceptions(self, desk):
        moved = vevent(":20261209T090000Z", "DURATION:PT1H", "RECURRENCE-ID:20261208T100000Z")
        master = vevent(":20240102T100000Z", "DURATION:PT1H", WEEKLY, "EXDATE:20261222T100000Z")
        await put(desk, master, moved)
        assert await told(desk, within=DECEMBER) == [
            "2026-12-01 10:00/11:00",
            "2026-12-09 09:00/10:00",
            "2026-12-15 10:00/11:00",
            "2026-12-29 10:00/11:00",
        ]

    async def test_a_day_at_the_window_s_edge_is_found_whatever_zone_its_person_lives_in(self, desk):
        await put(desk, vevent(";VALUE=DATE:20261208", "DTEND;VALUE=DATE:20261209"))
        early = (utc("2026-12-07T06:00"), utc("2026-12-07T12:00"))
        assert await told(desk, within=early, timezone="Pacific/Kiritimati") == ["2026-12-07 10:00/12:00"]

    async def test_a_time_without_a_zone_is_the_person_s(self, desk):
        await put(desk, vevent(":20261208T110000", "DTEND:20261208T120000"))
        assert await told(desk, timezone="Europe/Berlin") == ["2026-12-08 10:00/11:00"]

    async def test_what_is_transparent_cancelled_or_declined_blocks_nothing(self, desk):
        for line in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED"):
            await put(desk, vevent(":20261208T100000Z", "DURATION:PT1H", line))
        await put(desk, vevent(":20261208T120000Z", "DURATION:PT1H", "STATUS:TENTATIVE"))
        assert await told(desk) == ["2026-12-08 12:00/13:00?"]

    async def test_our_own_events_block_nothing(self, desk, event):
        ours = {desk.uid(event): (utc("2026-12-08T17:30"), utc("2026-12-08T18:30"))}
        assert await told(desk, ours=ours) == []

    async def test_many_are_read(self, desk):
        for n in range(110):
            await put(desk, vevent(f":202612{n % 28 + 1:02}T1{n // 28}0000Z", "DURATION:PT30M"))
        assert len((await read(desk)).times) == 110

    async def test_one_with_a_garbled_time_keeps_its_own_from_us_alone(self, desk, event):
        with suppress(PermanentError):  # some servers take no such thing
            await put(desk, vevent(":20261208T109000Z", "DURATION:PT1H"))
        assert await told(desk) == ONE

    async def test_an_awkward_uid_keeps_its_event_from_nobody(self, desk):
        for n, uid in enumerate(("a/b/c", 'say "hello"', "u" * 300)):
            await put(desk, vevent(f":2026120{n + 1}T100000Z", "DURATION:PT1H"), uid=uid)
        assert await told(desk) == [f"2026-12-0{n + 1} 10:00/11:00" for n in range(3)]

    async def test_a_calendar_that_is_gone_is_missing_not_free(self, desk):
        with pytest.raises((MissingError, AccessError)):
            await read(desk.nowhere())


class TestMarks:
    async def test_a_mark_stays_while_nothing_changes(self, desk, event):
        client = desk.client
        marks = {await client.mark(desk.account, desk.collection) for _ in range(3)}
        assert len(marks) == 1
        assert "" not in marks

    async def test_it_changes_with_every_change(self, desk, event):
        async def mark():
            return await desk.client.mark(desk.account, desk.collection)

        marks = [await mark()]
        other = await desk.create()
        marks.append(await mark())
        other = await desk.update(other, summary="Later")
        marks.append(await mark())
        await desk.delete(other)
        marks.append(await mark())
        assert len(set(marks[:3])) == 3
        assert marks[3] != marks[2]


class TestFreeBusy:
    async def test_every_server_tells_free_and_busy_too(self, desk, event):
        text = await freebusy.free_busy(OpenCalendar(desk.client._dav, desk.account, desk.collection), WINDOW)
        assert says(calendars.free_busy_times(text, query())) == ONE

    async def test_of_an_empty_calendar_they_tell_that_it_is_free(self, desk):
        text = await freebusy.free_busy(OpenCalendar(desk.client._dav, desk.account, desk.collection), WINDOW)
        assert calendars.free_busy_times(text, query()) == ()

    async def test_where_events_are_kept_from_us_free_and_busy_will_do(self, site):
        await site.desk.create()
        site.calendar.tells = "free/busy"
        reading = await read(site.desk)
        assert (says(reading.times), reading.events) == (ONE, False)

    async def test_of_it_our_own_events_are_taken_out(self, site):
        event = await site.desk.create()
        site.calendar.tells = "free/busy"
        ours = {site.desk.uid(event): (utc("2026-12-08T17:30"), utc("2026-12-08T18:00"))}
        assert await told(site.desk, ours=ours) == ["2026-12-08 18:00/18:30"]

    async def test_where_nothing_is_told_it_is_no_free_time(self, site):
        site.calendar.tells = "nothing"
        with pytest.raises(AccessError, match=r"keeps the calendar .* from the login 'alice'"):
            await read(site.desk)

    @pytest.mark.parametrize("body", ["<html>", "", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"])
    async def test_a_proxy_s_page_is_no_free_time(self, site, body):
        site.calendar.tells = "free/busy"

        def answers(request):
            return web.Response(text=body) if request.headers.get("Depth") == "1" and seen.pop(0) else None

        seen = [False, True]
        site.answers("REPORT", answers)
        with pytest.raises(TemporaryError, match="answers with what is no free/busy time"):
            await read(site.desk)

    async def test_a_server_that_takes_too_long_over_events_is_asked_for_free_and_busy(self, site, monkeypatch):
        await site.desk.create()
        monkeypatch.setattr(calendars, "READING", 0.0)
        assert (await read(site.desk)).events is False


class TestFaults:
    async def test_an_event_that_the_server_garbles_costs_no_other(self, site):
        await site.desk.create()
        site.calendar.put("bad.ics", calendar(vevent(":20261208T100000Z", "DURATION:PT1H")) + "\x07")
        assert await told(site.desk) == ["2026-12-08 10:00/11:00", *ONE]

    async def test_a_listing_that_is_cut_off_is_not_taken_for_all(self, site):
        await site.desk.create()
        site.answers("REPORT", lambda _: web.Response(status=207, text="<d:multistatus xmlns:d='DAV:'>"))
        with pytest.raises(TemporaryError):
            await read(site.desk)

    async def test_a_server_without_marks_says_so(self, site):
        site.calendar.marked = False
        assert await site.desk.client.mark(site.desk.account, site.desk.collection) == ""

    async def test_a_large_calendar_is_read_like_a_small_one(self, site):
        for n in range(60):
            site.calendar.put(
                f"{n}.ics",
                calendar(vevent(f":202612{n % 28 + 1:02}T1{n // 28}0000Z", "DURATION:PT1H", "X-A:" + "a" * 900)),
            )
        assert sum(map(len, site.calendar.bodies.values())) > calendars.SMALL
        assert len((await read(site.desk)).times) == 28

    async def test_a_long_list_is_read_like_a_short_one(self, site, monkeypatch):
        await site.desk.create()
        monkeypatch.setattr(freebusy, "SMALL", 0)
        assert await told(site.desk) == ONE

    async def test_a_list_of_tasks_is_not_read(self, site):
        site.dav.homes["alice"]["list"] = FakeCalendar("Groceries", site.dav.now, holds="VTODO")
        account = replace(site.desk.account, url=str(site.server.make_url("/")))
        assert [each.name for each in await site.desk.client.to_read(account)] == ["Personal"]


class TestTheOutbox:
    """People of the organizer's server, of whom we have no login (RFC 6638 §5)."""

    async def test_it_tells_when_others_are_busy_or_that_it_does_not(self, server, dav, stranger):
        alice, bob = server.account("alice"), server.account("bob")
        theirs = await dav.discover(bob)
        event = await stranger.create(bob, theirs, "outbox.ics", calendar(vevent(":20261208T100000Z", "DURATION:PT1H")))
        asked = ["alice@example.org", "bob@example.org", "who@example.org"]
        try:
            found = await dav.free_busy_of(alice, await dav.discover(alice), asked, WINDOW)
        except PermanentError:
            assert server.name in ("fake", "radicale")  # which have no outbox
        else:
            times = {who: says(times) for who, times in found.items()}
            assert times == ({"alice@example.org": []} | OF_OTHERS[server.name])
        finally:
            await stranger.delete(bob, theirs, event.href, event.etag)

    async def test_a_login_without_one_is_told_so(self, site):
        with pytest.raises(PermanentError, match="does not tell 'alice' when others are free"):
            await site.desk.client.free_busy_of(
                site.desk.account, Collection("", site.desk.collection.url), ["x@y"], WINDOW
            )
