"""What `status` says of a pair: what lies over its coming meetings, and what becomes of those that are off."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from rich.console import Console

from cadenced.cli.show_status import show_status
from cadenced.core.answers import Answer, Told
from cadenced.core.busytime import BusySeen, BusyTime
from cadenced.core.messages import times
from cadenced.core.model import DateRange, Horizon, Kind, Limits, State
from cadenced.core.scene import Ask
from cadenced.service.standing import PairStatus, Status, pairs_stand
from cadenced.shell.database import Database
from cadenced.shell.store import Store
from tests.support.busy import hour
from tests.support.house import living
from tests.support.programme import hours, pair, person, programme, utc
from tests.support.records import NOW, mail, meeting

HOUR = timedelta(hours=1)
MEETING = meeting()  # on 8 December, from 17:30 to 18:30 UTC
ALSO = pair(name="asha-jonas", mentor=person("asha", calendar="asha"))


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "store.db")
    yield store
    store.close()


async def stand(store, *meetings, p=None, more=(), now=NOW) -> PairStatus:
    """How Maya and Jonas stand, with these meetings."""
    loaded = programme(p or pair(), *more)
    await store.set_stanzas(loaded.stanzas)
    await store.save_turn("maya-jonas", meetings, NOW, None)
    found = await pairs_stand(store, loaded, loaded.pairs, Horizon(), now)
    return next(each for each in found if each.name == "maya-jonas")


async def busy(store, *starts, account="jonas", tentative=False):
    spans = [BusyTime(utc(start), utc(start) + HOUR, tentative) for start in starts]
    await store.save_busy(account, BusySeen("https://example.org/a/", "", NOW), spans)


def shown(*pairs, width=100) -> str:
    console = Console(width=width, record=True, color_system=None)
    with console.capture() as captured:
        show_status(Status(NOW, pairs, (), (), {}, {}, "", ()), console)
    return captured.get()


async def test_what_lies_over_a_coming_meeting_is_told_with_its_day_and_whose_it_is(store):
    await busy(store, "2026-12-08T18:00")
    found = await stand(store, MEETING)
    assert found.in_the_way == ["8 Dec: Jonas is busy then"]
    assert found.as_json()["conflicts"] == [
        {"meeting": "maya-jonas/face_to_face/2026-12-01", "person": "jonas", "cause": "busy"}
    ]
    assert "maya-jonas, 8 Dec: Jonas is busy then\n" in shown(found)


async def test_a_pinned_meeting_and_one_that_begins_soon_are_told_of_too(store):
    await busy(store, "2026-12-08T18:00")
    pinned = replace(MEETING, placed=(NOW, NOW + HOUR))
    assert (await stand(store, pinned)).in_the_way
    assert (await stand(store, MEETING, now=MEETING.start + HOUR / 2)).in_the_way


@pytest.mark.parametrize("start", ["2026-12-08T16:30", "2026-12-08T18:30", "2026-12-09T17:30"])
async def test_what_only_touches_it_is_not_in_the_way(store, start):
    await busy(store, start)
    assert (await stand(store, MEETING)).conflicts == ()


async def test_nor_what_is_not_for_certain(store):
    await busy(store, "2026-12-08T18:00", tentative=True)
    assert (await stand(store, MEETING)).conflicts == ()


@pytest.mark.parametrize("state", [State.DECLINED, State.CANCELLED])
async def test_nothing_is_in_the_way_of_a_meeting_that_is_off_or_over(store, state):
    await busy(store, "2026-12-08T18:00")
    assert (await stand(store, replace(MEETING, state=state))).conflicts == ()
    assert (await stand(store, MEETING, now=MEETING.end)).conflicts == ()


async def test_leave_and_a_holiday_are_told_by_their_names(store):
    away = person("maya", "Europe/London", calendar="maya", time_off=(DateRange(date(2026, 12, 8), date(2026, 12, 9)),))
    assert (await stand(store, MEETING, p=pair(mentor=away))).in_the_way == ["8 Dec: Maya is on leave then"]
    boxing = replace(MEETING, start=utc("2026-12-25T12:00"), end=utc("2026-12-25T13:00"))
    feast = person("maya", "Europe/London", calendar="maya", holidays="GB-ENG")
    assert (await stand(store, boxing, p=pair(mentor=feast))).in_the_way == [
        "25 Dec: Maya has a holiday then (Christmas Day)"
    ]


async def test_a_meeting_of_another_pair_is_in_the_way_of_both(store):
    loaded = programme(pair(), ALSO)
    await store.set_stanzas(loaded.stanzas)
    for name in loaded.pairs:
        await store.save_turn(name, [meeting(pair=name)], NOW, None)
    found = await pairs_stand(store, loaded, loaded.pairs, Horizon(), NOW)
    assert [each.in_the_way for each in found] == [
        ["8 Dec: Jonas meets somebody else then (maya-jonas)"],
        ["8 Dec: Jonas meets somebody else then (asha-jonas)"],
    ]


@pytest.mark.parametrize(
    ("limits", "which"),
    [(Limits(per_week=1), "max_per_week"), (Limits(minutes_per_month=90), "hours_per_month"), (Limits(per_week=2), "")],
)
async def test_a_limit_that_was_lowered_is_told_for_each_meeting_that_is_too_much(store, limits, which):
    maya = person("maya", "Europe/London", calendar="maya", limits=limits)
    call = replace(MEETING, identity=replace(MEETING.identity, kind=Kind.CALL, index=1))
    call = replace(call, start=MEETING.start + 48 * HOUR, end=MEETING.end + 48 * HOUR)
    last_month = replace(MEETING, start=MEETING.start - 240 * HOUR, end=MEETING.end - 240 * HOUR)
    told = (await stand(store, last_month, MEETING, call, p=pair(mentor=maya))).in_the_way
    assert told == [f"{day} Dec: Maya is over their limit then ({which})" for day in (8, 10) if which]


async def test_an_event_that_a_note_keeps_in_a_pause_is_told_of(store):
    away = pair(pause=(DateRange(date(2026, 12, 1), date(2026, 12, 31)),))
    found = await stand(store, replace(MEETING, touched=True), p=away)
    assert found.in_the_way == ["8 Dec: the pair pauses then"]
    assert (await stand(store, replace(MEETING, touched=True, placed=(NOW, NOW + HOUR)), p=away)).in_the_way == []
    over = pair(start=date(2026, 10, 1), end=date(2026, 12, 1))
    assert (await stand(store, replace(MEETING, touched=True), p=over)).in_the_way == [
        "8 Dec: the pair has ended by then"
    ]


async def test_a_pause_that_was_asked_for_by_mail_is_one(store):
    told = Answer("<1@x>#1", "maya-jonas", "jonas", Told.PAUSED, NOW, until=date(2026, 12, 31))
    await store.record_mail("<1@x>", "answer", [told], [], NOW)
    found = await stand(store, replace(MEETING, touched=True))
    assert found.in_the_way == ["8 Dec: the pair pauses then"]
    assert found.paused


async def test_the_same_cause_is_told_once_for_each_person_and_meeting(store):
    await busy(store, "2026-12-08T17:00", "2026-12-08T18:00")
    await busy(store, "2026-12-08T18:00", account="maya")
    said = (await stand(store, MEETING)).in_the_way
    assert sorted(said) == ["8 Dec: Jonas is busy then", "8 Dec: Maya is busy then"]


async def test_the_day_is_one_of_the_pair_s_zone(store):
    await busy(store, "2026-12-08T18:00")
    far = pair(mentor=person("maya", "Pacific/Auckland", hours("Mon-Fri 08:30-18:00"), calendar="maya"))
    assert (await stand(store, MEETING, p=far)).in_the_way == ["9 Dec: Jonas is busy then"]


async def ask(store, about):
    mails = times(pair(), Ask(about, (), ""), "jonas", NOW)
    await store.enqueue([mail(each.key, person=each.person, uid=about.uid, start=about.start) for each in mails])


async def test_off_says_whether_another_time_is_looked_for_or_both_were_asked(store):
    declined = replace(MEETING, state=State.DECLINED)
    cancelled = meeting(1, state=State.CANCELLED)
    found = await stand(store, declined, cancelled)
    assert found.off == ["8 Dec: somebody can't, another time is looked for", "8 Dec: cancelled"]
    await ask(store, declined)
    found = await stand(store, declined, cancelled)
    assert found.off == ["8 Dec: somebody can't, both were asked", "8 Dec: cancelled"]
    assert [each["asked"] for each in found.as_json()["coming"]] == [True, False]
    assert "maya-jonas, 8 Dec: somebody can't, both were asked\n" in shown(found)


async def test_a_call_that_fell_out_is_none_that_another_time_is_looked_for(store):
    found = await stand(store, MEETING, meeting(1, state=State.FALLEN))
    assert found.off == []
    assert found.coming == [MEETING]


async def test_having_been_asked_for_the_time_before_is_not_having_been_asked(store):
    await ask(store, replace(MEETING, start=MEETING.start - 24 * HOUR))
    found = await stand(store, replace(MEETING, state=State.DECLINED))
    assert found.off == ["8 Dec: somebody can't, another time is looked for"]


async def test_a_conflict_about_which_both_were_asked_is_told_as_one(store):
    await busy(store, "2026-12-08T18:00")
    await ask(store, MEETING)
    assert (await stand(store, MEETING)).in_the_way == ["8 Dec: Jonas is busy then; both were asked"]


async def test_of_a_pair_that_the_programme_has_lost_the_meetings_are_told(store):
    await busy(store, "2026-12-08T18:00")
    await store.set_stanzas({"maya-jonas": "1"})
    await store.save_turn("maya-jonas", [replace(MEETING, state=State.DECLINED)], NOW, None)
    [found] = await pairs_stand(store, programme(), ["maya-jonas"], Horizon(), NOW)
    assert found.off == ["8 Dec: somebody can't, another time is looked for"]
    assert found.as_json()["conflicts"] == []


async def test_many_pairs_are_read_in_as_many_queries_as_one(store, monkeypatch):
    asked, run = [], Database.run
    monkeypatch.setattr(Database, "run", lambda self, work: asked.append(work) or run(self, work))

    async def queries(count) -> int:
        pairs = [pair(name=f"pair-{n}", protege=person(f"p{n}", calendar=f"p{n}")) for n in range(count)]
        loaded = programme(*pairs)
        await store.set_stanzas(loaded.stanzas)
        for each in pairs:
            await store.save_turn(each.id, [meeting(pair=each.id)], NOW, None)
        asked.clear()
        found = await pairs_stand(store, loaded, loaded.pairs, Horizon(), NOW)
        assert all(each.coming for each in found)
        return len(asked)

    assert await queries(1) == await queries(30)


async def test_it_follows_what_people_do_in_their_calendars(tmp_path):
    async with living(tmp_path, "maya", "jonas") as house:

        async def says() -> list[str]:
            loaded = house.programme
            [found] = await pairs_stand(house.store, loaded, loaded.pairs, Horizon(), house.clock.now())
            return [*found.off, *found.in_the_way]

        await house.runs(pair())
        uid = (await house.first()).uid
        for _ in range(2):
            house.calendar("jonas").delete(uid)
            await house.later(hours=25)
            assert await says() == []
        house.clock.at = (await house.first()).start - timedelta(days=2)
        house.calendar("maya").put("dentist.ics", hour(f":{(await house.first()).start:%Y%m%dT%H%M%SZ}", uid="dentist"))
        await house.later()
        assert await says() == ["9 Dec: Maya is busy then"]
        house.calendar("jonas").delete(uid)
        await house.later()
        assert await says() == ["9 Dec: somebody can't, both were asked"]
        house.calendar("maya").move(uid, by=timedelta(hours=24))
        await house.later()
        assert await says() == []


async def test_before_anything_was_done_it_says_what_does_it(store):
    assert "Nothing was written or sent yet: `cadenced apply` does it once" in shown(await stand(store))
    assert "Nothing was written" not in shown()
