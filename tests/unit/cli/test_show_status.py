"""How the state of things is told: of a few pairs each, of many in numbers and with what needs somebody."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from cadenced.cli.many import MANY, SHOWN
from cadenced.cli.show_status import show_pair, show_status
from cadenced.core.model import DateRange, State
from cadenced.core.records import AccountRow, AccountStatus, AlertRow
from cadenced.service.needs import needs, totals
from cadenced.service.report import Planned
from cadenced.service.standing import Conflict, PairStatus, Status
from tests.support.programme import pair, programme
from tests.support.records import NOW, meeting

DAY = timedelta(days=1)


def meets(name, days, **more):
    start = NOW + days * DAY
    found = meeting(pair=name, **more)
    return replace(found, start=start, end=start + timedelta(hours=1), placed=(start, start + timedelta(hours=1)))


def stands(name, *meetings, busy=False, asked=(), **more) -> PairStatus:
    """How a pair stands; `busy`: something lies over its first meeting."""
    over = [Conflict(m, "jonas", "busy") for m in meetings[:1] if busy]
    return PairStatus(name, pair(name=name, **more), meetings, NOW, tuple(over), frozenset(asked))


def status(*pairs, alerts=(), accounts=()) -> Status:
    alerts = tuple(AlertRow(key, text, NOW) for key, text in alerts)
    return Status(NOW, pairs, tuple(accounts), alerts, {"sent": 12}, {}, "", ())


def shown(found, width=80, show=show_status, **more) -> list[str]:
    stream = io.StringIO()
    show(found, Console(file=stream, width=width, highlight=False, soft_wrap=True), **more)
    return stream.getvalue().splitlines()


def many(*others, count=MANY + 1):
    return (*others, *(stands(f"fine-{n:03}", meets(f"fine-{n:03}", 10)) for n in range(count - len(others))))


def test_each_pair_is_counted_once_by_what_a_coordinator_would_do_about_it():
    off = meets("off", 5, state=State.DECLINED)
    found = status(
        stands("fine", meets("fine", 3), meets("fine", 9)),
        stands("busy", meets("busy", 3), busy=True, pause=(DateRange(NOW.date(), NOW.date()),)),
        stands("off", off, asked=[off.identity]),
        stands("moving", replace(off, identity=meets("moving", 5).identity), meets("moving", 8, index=1)),
        stands("paused", meets("paused", 30), pause=(DateRange(NOW.date(), NOW.date()),)),
        stands("over", end=NOW.date() - DAY),
        stands("new"),
        alerts=[("pair/told/gap/1", "told: no time"), ("guard", "too much")],
    )
    assert totals(found, needs(found)) == {
        "on track": 2,
        "waiting for a human": 2,
        "paused": 1,
        "without a coming meeting": 1,
        "ended": 1,
        "meetings in the next 7 days": 2,
    }


def test_the_worst_comes_first_what_concerns_all_then_who_meets_no_more_then_who_meets_soonest():
    found = status(
        stands("late", meets("late", 20), busy=True),
        stands("soon", meets("soon", 2), busy=True),
        stands("recent", meets("recent", -10)),
        stands("long-ago", meets("long-ago", -90)),
        stands("fine", meets("fine", 1)),
        alerts=[
            ("pair/recent/gap/1", "recent: no time"),
            ("pair/long-ago/gap/1", "long-ago: no time"),
            ("pair/gone/garbled/1", "An event of gone cannot be read"),
            ("guard", "Nothing is moved so far"),
        ],
    )
    assert [need.pair for need in needs(found)] == ["", "long-ago", "recent", "soon", "late"]
    assert needs(found)[0].lines == ("An event of gone cannot be read", "Nothing is moved so far")


def test_a_meeting_of_which_both_were_asked_is_told_once_though_there_is_an_alert_about_it():
    off = meets("off", 5, state=State.DECLINED)
    found = status(
        stands("off", off, asked=[off.identity]), alerts=[("pair/off/asked/1", "off: needs its people's word")]
    )
    [need] = needs(found)
    assert need.lines == ("off, 29 Nov: somebody can't, both were asked",)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_of_many_pairs_numbers_are_told_and_what_needs_somebody(width):
    alerts = [("pair/busy/gap/1", "busy: no time"), ("pair/busy/gap/2", "busy: no time either")]
    accounts = [AccountRow("jonas"), AccountRow("maya", status=AccountStatus.UNREACHABLE, problem="no route")]
    found = status(*many(stands("busy", meets("busy", 1), busy=True)), alerts=alerts, accounts=accounts)
    assert shown(found, width) == [
        "51 pairs: 50 on track, 1 waiting for a human.",
        "1 meeting in the next 7 days.",
        "! busy, 25 Nov: Jonas is busy then (and 2 more)",
        "calendar maya: unreachable: no route",
        "1 calendar works.",
        "mail: 12 sent",
    ]


def test_what_needs_somebody_is_bounded_but_where_it_is_asked_for():
    busy = [stands(f"busy-{n:02}", meets(f"busy-{n:02}", 1 + n), busy=True) for n in range(SHOWN + 7)]
    found = status(*many(*busy))
    told = shown(found)
    assert sum(line.startswith("! busy-") for line in told) == SHOWN
    assert any(line.startswith("… and 7 more; `cadenced status --problems` shows all of them, and ") for line in told)
    assert sum(line.startswith("! busy-") for line in shown(found, problems=True)) == SHOWN + 7


def test_each_of_a_few_pairs_has_its_line():
    assert sum("fine-" in line for line in shown(status(*many(count=MANY)))) == MANY


def test_that_nothing_needs_anybody_is_said_to_who_asks():
    assert "Nothing needs anybody." in shown(status(stands("fine", meets("fine", 3))), problems=True)


def test_one_pair_is_told_with_all_its_coming_meetings():
    off = meets("maya-jonas", 12, index=1, state=State.DECLINED)
    one = stands("maya-jonas", meets("maya-jonas", -3), meets("maya-jonas", 5), off, asked=[off.identity])
    told = shown(status(one, alerts=[("pair/maya-jonas/gap/1", "maya-jonas: no time")]), show=show_pair)
    assert [line.rstrip() for line in told] == [
        "! maya-jonas, 6 Dec: somebody can't, both were asked",
        "! maya-jonas: no time",
        "maya-jonas: Maya and Jonas",
        "Sun 29 Nov 2026 09:00 London  face to face",
        "Sun 6 Dec 2026 09:00 London   call, declined",
        "last contact: 21 Nov 2026",
    ]


def test_what_commands_return_is_named_in_few_words_for_asyncio_asks_for_them():
    whole = programme(*(pair(name=each.name) for each in many(count=500)))
    for found in (status(*many(count=500)), Planned(NOW, whole, (), {})):
        assert len(repr(found)) < 200


def test_what_an_alert_says_of_a_calendar_is_said_once():
    frozen = AccountRow("maya", "https://dav/", status=AccountStatus.FROZEN, problem="all of its events are gone.")
    found = status(
        stands("fine", meets("fine", 3)), alerts=[("account/maya", f"maya: {frozen.problem}")], accounts=[frozen]
    )
    for told in (shown(found), shown(found, problems=True)):
        assert sum(frozen.problem in line for line in told) == 1
        assert "calendar maya: frozen" in told
