"""When people's calendars are read for busy time, whom a change concerns, and what one that cannot be read costs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.records import AccountStatus
from cadenced.reconciler import busywatch
from tests.support.busy import calendar, hour, says, vevent
from tests.support.fakecalendar import FakeCalendar
from tests.support.house import living
from tests.support.programme import pair, person

DENTIST = hour(":20261215T100000Z", uid="dentist")
DENTIST_TIME = "2026-12-15 10:00/11:00"
DAY = timedelta(days=1)


@pytest.fixture
async def home(tmp_path):
    """Maya mentors Jonas, and Asha mentors Ben; only Maya has a second calendar."""
    async with living(tmp_path, "maya", "jonas", "asha") as house:
        house.dav.homes["maya"]["private"] = FakeCalendar("Private", house.clock.now)
        other = pair(name="asha-ben", mentor=person("asha", calendar="asha"), protege=person("ben"))
        await house.runs(pair(), other)
        await house.rests()
        yield house


async def busy(house, *accounts):
    found = await house.store.busy_of(accounts or ("maya", "jonas", "asha"))
    return {account: says(times) for account, times in found.items()}


async def looked(house, name="maya"):
    """A look, and the pairs that it woke."""
    house.clock.at += timedelta(minutes=1)
    (seen,) = await house.wheel.look([name])
    return seen.pairs


def asked(house):
    return sum(house.dav.requests.values())


class TestWhatIsRead:
    async def test_every_calendar_of_the_login_counts(self, home):
        home.calendar("maya").put("d.ics", DENTIST)
        home.calendar("maya", "private").put("e.ics", hour(":20261216T100000Z"))
        await home.rests()
        assert await busy(home) == {"maya": [DENTIST_TIME, "2026-12-16 10:00/11:00"]}

    async def test_our_own_meetings_keep_nobody_busy(self, home):
        assert len(home.calendar("maya").bodies) == 6
        assert await busy(home) == {}

    async def test_so_they_do_where_only_free_and_busy_is_told(self, home):
        home.calendar("maya").tells = "free/busy"
        home.calendar("maya").put("d.ics", calendar(vevent(":20261215T100000Z", "DTEND:20261215T110000Z")))
        await home.rests()
        assert await busy(home) == {"maya": [DENTIST_TIME]}

    async def test_a_day_is_one_of_its_person_s_zone(self, home):
        home.calendar("jonas").put("d.ics", calendar(vevent(";VALUE=DATE:20261215")))
        await home.rests()
        assert await busy(home) == {"jonas": ["2026-12-14 23:00/2026-12-15 23:00"]}

    async def test_who_declined_is_known_by_the_person_s_address(self, home):
        home.calendar("maya").put(
            "d.ics", hour(":20261215T100000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:MAYA@example.org")
        )
        await home.rests()
        assert await busy(home) == {}

    async def test_and_by_every_address_that_the_server_knows_them_by(self, home):
        home.dav.addresses["maya"] = ["mailto:M.Okafor@corp.example", "/maya/"]
        for n, attendee in enumerate(("mailto:m.okafor@corp.example", "/maya/")):
            body = hour(":20261215T100000Z", f"ATTENDEE;PARTSTAT=DECLINED:{attendee}", uid=f"d{n}")
            home.calendar("maya").put(f"d{n}.ics", body)
        await home.restarts()
        await home.rests()
        assert await busy(home) == {}

    async def test_only_the_named_calendars_are_read(self, home):
        home.calendar("maya").put("d.ics", DENTIST)
        home.calendar("maya", "private").put("e.ics", hour(":20261216T100000Z"))
        await home.rests()
        for read, expected in ((("Private",), ["2026-12-16 10:00/11:00"]), ((), None)):
            home.accounts["maya"] = replace(home.accounts["maya"], read=read)
            assert await looked(home) == {"maya-jonas"}
            assert (await busy(home)).get("maya") == expected

    async def test_a_new_calendar_is_found_within_a_day(self, home):
        home.dav.homes["jonas"]["new"] = FakeCalendar("New", home.clock.now)
        home.calendar("jonas", "new").put("d.ics", DENTIST)
        await home.later(hours=1)
        assert await busy(home) == {}
        await home.later(hours=24)
        assert await busy(home) == {"jonas": [DENTIST_TIME]}

    async def test_what_comes_nearer_is_found_within_a_day(self, home):
        far = home.clock.at + home.wheel.busy.horizon.ahead + busywatch.BEYOND
        home.calendar("maya").put("d.ics", hour(f":{far + 2 * DAY:%Y%m%dT%H%M%S}Z"))
        await home.rests()
        assert await busy(home) == {}
        await home.later(days=3)
        assert len((await busy(home))["maya"]) == 1


class TestWhomItConcerns:
    async def test_a_change_wakes_the_pairs_of_the_calendar_s_people_alone(self, home):
        home.calendar("maya", "private").put("d.ics", DENTIST)
        assert await looked(home, "asha") == frozenset()
        assert await looked(home) == {"maya-jonas"}
        assert await home.wheel.due() == ["maya-jonas"]

    async def test_another_title_wakes_nobody(self, home):
        home.calendar("maya").put("d.ics", DENTIST)
        await home.rests()
        home.calendar("maya").edit("dentist", summary="Orthodontist")
        assert await looked(home) == frozenset()

    async def test_what_is_over_wakes_nobody(self, home):
        home.calendar("maya").put("d.ics", hour(":20261124T070000Z", uid="dentist"))
        assert await looked(home) == frozenset()

    async def test_a_calendar_that_goes_away_takes_its_times_along(self, home):
        home.calendar("maya", "private").put("d.ics", DENTIST)
        await home.rests()
        del home.dav.homes["maya"]["private"]
        await looked(home)  # it is missed
        assert await looked(home) == {"maya-jonas"}  # and it is listed no more
        assert await busy(home) == {}

    async def test_an_account_that_leaves_the_configuration_is_forgotten(self, home):
        home.calendar("asha").put("d.ics", DENTIST)
        await home.rests()
        assert "asha" in await busy(home)
        del home.accounts["asha"]
        await home.loads(pair())
        await home.wheel.look()
        assert await busy(home) == {}


class TestHowOften:
    async def test_a_quiet_look_at_one_calendar_asks_no_more_than_its_sync(self, home):
        await home.later()
        before = asked(home)
        await looked(home, "jonas")
        assert asked(home) == before + 1

    async def test_a_quiet_look_at_two_asks_each_once(self, home):
        await home.later()
        before = asked(home)
        await looked(home)
        assert asked(home) == before + 2

    async def test_nor_does_a_restart_ask_more(self, home):
        await home.restarts()
        before = asked(home)
        await home.restarts()
        assert asked(home) == before + 4  # accounts and a second calendar

    async def test_a_calendar_without_marks_is_read_hourly(self, home):
        home.calendar("maya", "private").marked = False
        await home.later(hours=2)
        home.calendar("maya", "private").put("d.ics", DENTIST)
        await home.later(minutes=30)
        assert await busy(home) == {}
        await home.later(minutes=31)
        assert await busy(home) == {"maya": [DENTIST_TIME]}

    async def test_what_is_seen_offline_is_what_was_last_seen(self, home):
        home.calendar("maya").put("d.ics", DENTIST)
        await home.rests()
        await home.restarts()
        assert await busy(home) == {"maya": [DENTIST_TIME]}


class TestWhatCannotBeRead:
    @pytest.fixture
    async def seen(self, home):
        """Both of Maya's calendars have been read once, and something changed in both."""
        home.calendar("maya").put("d.ics", DENTIST)
        home.calendar("maya", "private").put("e.ics", hour(":20261216T100000Z", uid="e"))
        await home.rests()
        home.calendar("maya", "private").edit("e", transp="TRANSPARENT")
        return home

    async def test_a_calendar_that_is_kept_from_us_keeps_what_was_seen_and_a_human_hears_of_it_once(self, seen):
        seen.calendar("maya", "private").tells = "nothing"
        for _ in range(3):
            assert await looked(seen) == frozenset()
        assert (await busy(seen))["maya"] == [DENTIST_TIME, "2026-12-16 10:00/11:00"]
        text = (await seen.alerts())["busy/maya"].text
        assert "The calendar \"Private\" of the account 'maya' does not tell when its person is busy" in text
        assert "read = […] in [calendars.maya]" in text
        assert await seen.status("maya") is AccountStatus.OK

    async def test_when_it_is_open_again_the_alert_is_cleared(self, seen):
        seen.calendar("maya", "private").tells = "nothing"
        await looked(seen)
        seen.calendar("maya", "private").tells = "events"
        await seen.later(hours=1)
        assert "busy/maya" not in await seen.alerts()
        assert (await busy(seen))["maya"] == [DENTIST_TIME]

    async def test_it_is_not_asked_at_every_look(self, seen):
        seen.calendar("maya", "private").tells = "nothing"
        await looked(seen)
        before = asked(seen)
        await looked(seen)
        assert asked(seen) == before + 1

    async def test_the_other_calendars_and_accounts_go_on(self, seen):
        seen.calendar("maya", "private").tells = "nothing"
        seen.calendar("maya").put("f.ics", hour(":20261217T100000Z", uid="f"))
        seen.calendar("asha").put("d.ics", DENTIST)
        uid = (await seen.first()).uid
        seen.calendar("maya").move(uid, timedelta(hours=1))
        await seen.rests()
        assert "2026-12-17 10:00/11:00" in (await busy(seen))["maya"]
        assert (await busy(seen))["asha"] == [DENTIST_TIME]
        assert seen.times("jonas")[uid] == seen.times("maya")[uid]

    async def test_a_server_that_is_down_takes_no_busy_time_away(self, seen):
        seen.dav.faults.status = 503
        await seen.later()
        assert (await busy(seen))["maya"] == [DENTIST_TIME, "2026-12-16 10:00/11:00"]

    async def test_of_what_recurs_in_ways_that_are_not_followed_a_human_hears_until_it_is_gone(self, home):
        home.calendar("maya", "private").put("d.ics", hour(":20261215T100000Z", "RRULE:FREQ=HOURLY", uid="dentist"))
        for _ in range(3):
            await home.rests()
            assert await busy(home) == {"maya": [DENTIST_TIME]}
            text = (await home.alerts())["busy/maya"].text
            assert "Of the calendar \"Private\" of the account 'maya', 1 event is read for its first time alone" in text
            assert "read = […] in [calendars.maya]" in text
            await home.restarts()
        home.calendar("maya", "private").remove("d.ics")
        await home.later(hours=25)
        assert "busy/maya" not in await home.alerts()

    async def test_an_unknown_name_is_told_and_stops_nothing(self, home):
        home.accounts["maya"] = replace(home.accounts["maya"], read=("Wrok",))
        await home.rests()
        text = (await home.alerts())["busy/maya"].text
        assert 'calendars.maya: no calendar is called "Wrok"; there are: Personal, Private' in text
        assert home.wheel.blocked()["maya"].startswith("when its people are busy is not known: calendars.maya: no ")
        assert await home.status("maya") is AccountStatus.OK
        home.accounts["maya"] = replace(home.accounts["maya"], read=("Private",))
        await home.rests()
        assert "busy/maya" not in await home.alerts()
