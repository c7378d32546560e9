"""DOMAIN's rules about a pair, each with its reason.

Must never know where in a file a pair stands.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cadenced.core.availability import DAY, OFFICE_HOURS, SharedHours
from cadenced.core.effort import Load, loads
from cadenced.core.model import Cadence, Pair, Person, WeeklyHours

# DOMAIN: the three formats and their cadence. "Once a month" is met by every four weeks, too.
FACE_TO_FACE = (timedelta(days=28), timedelta(days=92))
CALLS = (timedelta(days=14), timedelta(days=31))
LEEWAY = 1.01  # of a limit: an average is no sharper than that
HALVES = (1, 7)  # months: whatever the hemisphere, clocks are ahead in one of them, and changed in neither
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def broken_rules(pair: Pair) -> Iterator[tuple[str, str]]:
    """The key and the reason of each rule that the pair breaks."""
    mentor, protege = pair.people
    if mentor.id == protege.id:
        yield "mentor", "nobody mentors themselves: a mentor brings what the protégé can't see"
    elif mentor.email.lower() == protege.email.lower():
        yield "mentor", f"has the same address as {protege.id}, {protege.email}: each of the two needs their own"
    if protege.manager and protege.manager.lower() == mentor.email.lower():
        yield (
            "mentor",
            (
                f"{mentor.name} is {protege.name}'s manager. A mentor's advice must be disinterested, and much of it "
                "is about dealing with the manager; choose somebody outside the reporting line"
            ),
        )
    if pair.end is not None and pair.end < pair.start:
        yield "end", "lies before the start"


def outside_guidance(face_to_face: Cadence | None, calls: Cadence | None) -> Iterator[tuple[str, str]]:
    """The key and the reason of each cadence outside the bounds that make mentorships last."""
    if face_to_face is not None:
        if face_to_face.every.nominal < FACE_TO_FACE[0]:
            yield "face_to_face", "face to face more often than once a month overtaxes the mentor"
        if face_to_face.every.nominal > FACE_TO_FACE[1]:
            yield "face_to_face", "face to face more rarely than every three months, the relationship grows stale"
    if calls is not None:
        if calls.every.nominal < CALLS[0]:
            yield "calls", "calls more often than every two weeks overtax the mentor"
        if calls.every.nominal > CALLS[1]:
            yield "calls", "calls more rarely than once a month come too late; calls = false leaves them out"


def overlapping(pairs: Iterable[Pair]) -> Iterator[tuple[str, str]]:
    """The ids of pairs of the same two people that overlap in time: the later one and the earlier one."""
    found: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        found.setdefault((pair.mentor.id, pair.protege.id), []).append(pair)
    for same in found.values():
        same.sort(key=lambda pair: pair.start)
        longest = same[0]
        for pair in same[1:]:
            if pair.start <= (longest.end or date.max):
                yield pair.id, longest.id
            longest = max(longest, pair, key=lambda each: each.end or date.max)


def shared_addresses(people: Iterable[Person]) -> Iterator[tuple[str, str]]:
    """The person and the reason of each mail address that somebody else has, too."""
    first: dict[str, Person] = {}
    for person in people:
        other = first.setdefault(person.email.lower(), person)
        if other is not person:
            yield person.id, f"is that of {other.id!r}, too: what is meant for one of them, both will read"


def too_far_apart(pairs: Iterable[Pair]) -> Iterator[tuple[str, str]]:
    """The pair and the reason where two people's hours leave no room for a meeting, in one half of the year or in both.

    A format that has agreed times needs no hours. Reckoned once for all pairs whose people have the same hours in the
    same zones.
    """
    known: dict[object, tuple[int, ...]] = {}
    for pair in pairs:
        if not (needs := _needs(pair)):
            continue
        key = tuple((person.available, person.timezone) for person in pair.people)
        if (shared := known.get(key)) is None:
            shared = known[key] = tuple(_longest_shared(pair, _monday(pair, month)) for month in HALVES)
        if min(shared) < max(needs.values()):
            yield pair.id, _apart(pair, needs, shared)


def _needs(pair: Pair) -> dict[str, int]:
    """The minutes of each format that is placed within the hours of both."""
    formats = {"a meeting face to face": pair.face_to_face, "a call": pair.calls}
    return {words: each.minutes for words, each in formats.items() if each is not None and not each.at}


def _monday(pair: Pair, month: int) -> date:
    tenth = date(pair.start.year, month, 10)
    return tenth - timedelta(tenth.weekday())


def _longest_shared(pair: Pair, monday: date) -> int:
    """The most minutes at a stretch, in that week, that both are available; midnight ends nothing."""
    shared, longest, last = SharedHours(pair), 0, (0, 0)
    for day in range(8):  # the first night of the next week, too
        for start, end in shared.on(monday + timedelta(day)):
            begins, ends = start + day * DAY, end + day * DAY
            last = (last[0] if begins == last[1] else begins, ends)
            longest = max(longest, last[1] - last[0])
    return longest


def _apart(pair: Pair, needs: dict[str, int], shared: tuple[int, ...]) -> str:
    months = [f"{_monday(pair, month):%B}" for month in HALVES]
    most = [f"overlap by {minutes} minutes at most" if minutes else "never overlap" for minutes in shared]
    halves = [f"{words} in {month}" for words, month in zip(most, months, strict=True)]
    said = most[0] if len(set(most)) == 1 else " and ".join(halves)
    if any(shared):
        lacking = (f"{words} takes {minutes}" for words, minutes in needs.items() if minutes > min(shared))
        said = f"{said}, but {' and '.join(lacking)}"
    monday = _monday(pair, HALVES[shared.index(min(shared))])
    zones = [ZoneInfo(person.timezone) for person in pair.people]
    here, there = (zone.utcoffset(datetime.combine(monday, time(12))) or timedelta() for zone in zones)
    ahead = round((there - here).total_seconds() / 60)
    hours = [_elsewhere(pair.mentor, pair.protege, ahead), _elsewhere(pair.protege, pair.mentor, -ahead)]
    where = f"in {monday:%B} {hours[0]}, and {hours[1]}" if ahead else " and ".join(hours)
    then = " in that half of the year" if max(shared) >= max(needs.values()) else ""
    advice = "widen the hours of one of them (available), or let them agree on times (at)"
    return f"the hours of the two {said}: {where}. No time will be found{then}; {advice}"


def _elsewhere(person: Person, other: Person, ahead: int) -> str:
    """A person's hours, and what the other's clock shows then, so many minutes ahead."""
    available = person.available or OFFICE_HOURS
    mine = f"{_in_words(available, 0)} in {_city(person.timezone)}"
    return f"{mine} is {_in_words(available, ahead)} in {_city(other.timezone)}" if ahead else mine


def _in_words(available: Iterable[WeeklyHours], shift: int) -> str:
    """Weekly hours with the clock put ahead by `shift` minutes: "Mon–Fri 10:00–19:00". The days are those on which they
    begin by that clock.
    """
    days: dict[tuple[int, int], list[int]] = {}
    for each in available:
        over, start = divmod(each.start + shift, DAY)
        days.setdefault((start, start + each.end - each.start), []).append((each.weekday + over) % 7)
    return ", ".join(f"{_days(sorted(on))} {_clock(start)}–{_clock(end)}" for (start, end), on in sorted(days.items()))


def _days(weekdays: list[int]) -> str:
    begins = [day for day in weekdays if (day - 1) % 7 not in weekdays]
    if len(weekdays) < 3 or len(begins) > 1:
        return ", ".join(WEEKDAYS[day] for day in weekdays)
    first = begins[0] if begins else 0
    return f"{WEEKDAYS[first]}–{WEEKDAYS[(first + len(weekdays) - 1) % 7]}"


def _clock(minute: int) -> str:
    return "24:00" if minute == DAY else f"{minute % DAY // 60:02}:{minute % 60:02}"


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def more_than_given(pairs: Iterable[Pair]) -> Iterator[tuple[str, str, str]]:
    """The person, the key and the reason of each limit that is less than the policies of all of a person's pairs need.

    A limit that is kept on average is enough for weeks: their meetings can give way to each other. A month with a long
    meeting needs the room for it.
    """
    people: dict[str, tuple[Person, list[Pair]]] = {}
    for pair in pairs:
        for person in pair.people:
            if person.limits.per_week is not None or person.limits.minutes_per_month is not None:
                people.setdefault(person.id, (person, []))[1].append(pair)
    for person, theirs in people.values():
        for key, text in _above_limits(person, list(loads(theirs)), len(theirs)):
            yield person.id, key, text


def _above_limits(person: Person, found: list[Load], pairs: int) -> Iterator[tuple[str, str]]:
    weeks, minutes = person.limits.per_week, person.limits.minutes_per_month
    fullest = max(found, key=lambda load: load.meetings_a_week)
    if weeks is not None and fullest.meetings_a_week > weeks * LEEWAY:
        need = f"{_number(fullest.meetings_a_week)} meetings in an ordinary week"
        yield "max_per_week", f"{_who(person, fullest, pairs)} {need}, {_too_few(weeks, 'max_per_week')}"
    if minutes is None:
        return
    fullest, busiest = (max(found, key=key) for key in (lambda load: load.minutes_a_month, lambda load: load.busiest))
    if fullest.minutes_a_month > minutes * LEEWAY:
        need = f"{_number(fullest.minutes_a_month / 60)} hours in an ordinary month"
        yield "hours_per_month", f"{_who(person, fullest, pairs)} {need}, {_too_few(minutes / 60, 'hours_per_month')}"
    elif busiest.busiest > minutes * LEEWAY:
        need = f"{_number(busiest.busiest / 60)} hours in a month that begins with a meeting face to face"
        yield "hours_per_month", f"{_who(person, busiest, pairs)} {need}, {_too_few(minutes / 60, 'hours_per_month')}"


def _who(person: Person, load: Load, pairs: int) -> str:
    """Whose pairs need something; from when on, where not all of them run side by side."""
    count = len(load.pairs)
    since = f" from {load.since} on" if count < pairs else ""
    return f"{person.name}'s {f'{count} pairs{since} need' if count > 1 else f'pair{since} needs'}"


def _too_few(given: float, key: str) -> str:
    return (
        f"more than the {_number(given)} of {key}: not every meeting will find a time. "
        f"End or pause a pair, let a policy meet more rarely or more briefly, or raise {key}"
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
