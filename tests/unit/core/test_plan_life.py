"""What holds at every turn of every pair's life, whatever people did before it."""

import itertools
from datetime import datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.cadence import CLOSEST, TARGET, furthest, index_of, on_grid, period, period_of
from cadenced.core.model import Identity, Kind, State
from cadenced.core.stability import CHANGES, REST
from tests.support.lives import HORIZON, lives, turn
from tests.support.pairs import half_hours, standing, suits, wall

a_life = settings(max_examples=80, deadline=None)


@given(lives())
@a_life
def test_what_a_human_placed_or_called_off_or_is_near_stays_as_it_is(life):
    for each in life:
        found = {m.identity: m for m in each.plan.meetings}
        for meeting in each.standing:
            gives_way = each.overtaken(meeting) or each.forbidden(meeting)
            placed = each.fixed(meeting) and meeting.state is State.STANDING and not gives_way
            if placed or meeting.state is State.CANCELLED:
                assert found[meeting.identity].start == meeting.start
            if (placed and not meeting.touched) or meeting.state is State.CANCELLED:
                assert found[meeting.identity] == meeting


@given(lives())
@a_life
def test_no_meeting_vanishes_and_none_stands_twice(life):
    for each in life:
        kept, dropped = ([m.identity for m in some] for some in (each.plan.meetings, each.plan.dropped))
        assert len({*kept, *dropped}) == len(kept) + len(dropped)
        assert {m.identity for m in each.standing} <= {*kept, *dropped}
        assert all(m.reason for m in each.plan.dropped)


@given(lives())
@a_life
def test_planning_twice_changes_nothing_and_time_alone_moves_nothing(life):
    for each in life:
        again = turn("nothing", each.pair, each.plan.meetings, each.now, each.busy, fallen=each.plan.fallen)
        assert again.plan.meetings == each.plan.meetings
        assert not again.plan.dropped
    for before, each in pairwise(life):
        waited = before.plan.again is not None and before.plan.again <= each.now
        if each.quiet and not waited:
            assert set(each.standing) <= set(each.plan.meetings)


@given(lives())
@a_life
def test_new_times_suit_both_give_notice_and_are_free(life):
    for each in life:
        for meeting in each.fresh:
            length = each.pair.cadence(meeting.identity.kind).minutes
            assert meeting.start >= each.now + HORIZON.notice
            assert meeting.end - meeting.start == timedelta(minutes=length)
            assert suits(each.pair, meeting.identity.kind, meeting.start, meeting.end)
            assert is_free(each.busy, meeting.start, meeting.end)


@given(lives())
@a_life
def test_what_stands_in_nobody_s_hands_suits_both_and_meets_no_conflict_but_where_people_are_asked(life):
    for each in life:
        asked = {ask.meeting.identity for ask in each.plan.asks}
        for meeting in standing(each.plan.meetings):
            if not each.fixed(meeting):
                assert suits(each.pair, meeting.identity.kind, meeting.start, meeting.end)
                waits = meeting.tries.last is not None and meeting.tries.last + REST > each.now
                assert is_free(each.busy, meeting.start, meeting.end) or waits or meeting.identity in asked


@given(lives())
@a_life
def test_a_meeting_is_changed_once_a_day_and_three_times_in_all(life):
    for before, after in pairwise(life):
        tried = {m.identity: m.tries for m in before.plan.meetings}
        for meeting in after.plan.meetings:
            tries, last = meeting.tries, tried.get(meeting.identity)
            assert tries.changes <= CHANGES
            assert meeting.start not in tries.refused or meeting.pinned
            if last and tries.changes > last.changes:
                assert tries.changes == last.changes + 1
                assert last.last is None or last.last + REST <= after.now


@given(lives(), st.data())
@a_life
def test_appointments_that_come_and_go_change_no_meeting_twice_a_day_nor_more_than_three_times(life, data):
    last, since, changes = life[-1], life[-1].now, dict[Identity, list[datetime]]()
    known = {m.identity: m.start for m in standing(last.plan.meetings) if on_grid(last.pair, m.identity)}
    for _ in range(data.draw(st.integers(1, 12))):
        now = last.now + timedelta(hours=data.draw(st.sampled_from([1, 7, 30])))
        aim = data.draw(st.sampled_from([None, *(start for start in known.values() if start and start > now)]))
        busy = [(aim - timedelta(days=15), aim + timedelta(days=15))] if aim else []
        last = turn("busy", last.pair, last.plan.meetings, now, busy, fallen=last.plan.fallen)
        found = {m.identity: m.start for m in standing(last.plan.meetings) if on_grid(last.pair, m.identity)}
        for each in known if now - since < timedelta(days=10) else ():  # later, places pass
            if known[each] != found.get(each):
                changes.setdefault(each, []).append(now)
        known = {each: found.get(each) for each in (*known, *found)}
    for times in changes.values():
        assert all(one + REST <= two for one, two in pairwise(times))
        assert len(times) <= CHANGES


@given(lives())
@a_life
def test_nobody_is_asked_to_two_meetings_at_once_but_by_a_human(life):
    for each in life:
        for one, two in itertools.combinations(standing(each.plan.meetings), 2):
            if one.start < two.end and two.start < one.end:
                assert each.fixed(one)
                assert each.fixed(two)


@given(lives())
@a_life
def test_each_period_has_one_meeting_or_a_reason_for_none(life):
    for each in life:
        p, meetings = each.pair, standing(each.plan.meetings, Kind.FACE_TO_FACE)
        ours = [period_of(p, wall(p, m.start).date()) for m in meetings if not each.fixed(m)]
        assert len(ours) == len(set(ours))
        if p.start > each.now.date():
            continue
        for number in coming(each):
            place = period(p, number)
            known = {m.identity for m in each.plan.meetings}
            inside = [m for m in each.plan.meetings if place.whole[0] <= wall(p, m.start) < place.whole[1]]
            filled = Identity(p.id, Kind.FACE_TO_FACE, place.first) in known or any(
                m.identity.kind is Kind.FACE_TO_FACE for m in inside
            )
            told = any(str(place.first) in gap for gap in each.plan.gaps)
            assert (
                filled or told or wholly_paused(p, place) or joins_late(each, place) or ends_before_its_middle(p, place)
            )


@given(lives())
@a_life
def test_meetings_keep_half_an_interval_between_them_while_something_is_free(life):
    for each, meeting in face_to_face_placed_in(life):
        if too_near(each, meeting, wall(each.pair, meeting.start)):
            assert not any(not too_near(each, meeting, here) for here in free_times(each, meeting))


@given(lives())
@a_life
def test_meetings_are_never_further_apart_than_they_may_be_while_something_is_free(life):
    for each, meeting in face_to_face_placed_in(life):
        p, here = each.pair, wall(each.pair, meeting.start)
        place = period(p, period_of(p, here.date()))
        before = max((other for other in neighbours(each, meeting) if other < here), default=None)
        if before is None or furthest(place, before) <= place.whole[0]:
            continue  # the first of all, or it is too long ago anyhow
        limit = furthest(place, before)
        if here >= limit:
            assert not any(x < limit and not too_near(each, meeting, x) for x in free_times(each, meeting))


@given(lives())
@a_life
def test_calls_lie_between_their_neighbours(life):
    for each in life:
        p, at = each.pair, {m.identity: m.start for m in standing(each.plan.meetings)}
        for call in standing(each.plan.meetings, Kind.CALL):
            waits = call.tries.last is not None and call.tries.last + REST > each.now
            if each.fixed(call) or not on_grid(p, call.identity) or waits or call.tries.changes == CHANGES:
                continue
            number = index_of(p.start, p.face_to_face.every, call.identity.period)
            own, following = (at.get(Identity(p.id, Kind.FACE_TO_FACE, period(p, number + n).first)) for n in (0, 1))
            assert own is None or own < call.start
            assert following is None or call.start < following


@given(lives())
@a_life
def test_a_policy_edit_drops_only_what_lies_ahead_and_no_human_touched(life):
    for each in life:
        for meeting in each.plan.dropped:
            assert not each.fixed(meeting) or meeting.state is State.DECLINED
            assert not each.near(meeting)


@given(lives())
@a_life
def test_a_new_meeting_is_a_place_of_today_s_grid_and_lies_in_it(life):
    for each in life:
        known = {m.identity for m in each.standing}  # one that was declined keeps its identity, of whatever grid
        for meeting in (m for m in each.fresh if m.identity not in known):
            assert on_grid(each.pair, meeting.identity)
            if meeting.identity.kind is Kind.FACE_TO_FACE:
                place = period(each.pair, period_of(each.pair, wall(each.pair, meeting.start).date()))
                assert meeting.identity == Identity(each.pair.id, Kind.FACE_TO_FACE, place.first)


def coming(each):
    """The numbers of the periods that end between now and the horizon."""
    p = each.pair
    first = period_of(p, wall(p, each.now + HORIZON.notice + timedelta(days=1)).date())
    last = period_of(p, wall(p, each.now + HORIZON.ahead).date())
    return range(first, last)


def joins_late(each, place):
    """Nothing is known of the time before, and what is left of the period is nearer to the next meeting than half."""
    p, earlier = each.pair, [m for m in each.plan.meetings if wall(each.pair, m.start) < place.whole[1]]
    left = place.length * (CLOSEST - TARGET) // 100
    late = wall(p, each.now + HORIZON.notice) > place.whole[1] - left
    return late and not any(m.identity.kind is Kind.FACE_TO_FACE for m in earlier)


def wholly_paused(p, place):
    days = (place.first + timedelta(n) for n in range((place.end - place.first).days))
    return all(any(each.first <= day <= each.last for each in p.closed) for day in days)


def ends_before_its_middle(p, place):
    return p.end is not None and p.end < (place.whole[0] + (place.whole[1] - place.whole[0]) / 2).date()


def is_free(busy, start, end):
    return not any(a < end and start < b for a, b in busy)


def face_to_face_placed_in(life):
    return [(each, m) for each in life for m in each.fresh if m.identity.kind is Kind.FACE_TO_FACE]


def neighbours(each, meeting):
    """The other meetings, but for new ones of later periods, which are placed after it."""
    later = [m for m in each.fresh if m.identity.period > meeting.identity.period]
    found = standing(each.plan.meetings, Kind.FACE_TO_FACE)
    return [wall(each.pair, m.start) for m in found if m.identity != meeting.identity and m not in later]


def too_near(each, meeting, here):
    """Half of the shorter of the two periods: months differ."""
    p = each.pair
    length = period(p, period_of(p, here.date())).length
    return any(
        abs(other - here) < min(length, period(p, period_of(p, other.date())).length) / 2
        for other in neighbours(each, meeting)
    )


def free_times(each, meeting):
    """The wall times in a meeting's period at which it could be, by a plain search."""
    p = each.pair
    place = period(p, index_of(p.start, p.face_to_face.every, meeting.identity.period))
    human = [m for m in standing(each.plan.meetings) if each.fixed(m) and m.identity != meeting.identity]
    taken = each.busy + [(m.start, m.end) for m in human]
    length = timedelta(minutes=p.face_to_face.minutes)
    for start in half_hours(p, datetime.combine(place.first, time()), datetime.combine(place.end, time())):
        fine = start >= each.now + HORIZON.notice and is_free(taken, start, start + length)
        if fine and suits(p, Kind.FACE_TO_FACE, start, start + length):
            yield wall(p, start)
